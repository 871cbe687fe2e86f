package import Binaries
package import Core

/// The files of an image as catalogers see them.
package protocol CatalogTree {
    /// The paths of all files (no directories, no links) of the image, in byte order.
    var paths: [BytePath] { get }

    /// The content of a file that ``Catalog/wants(_:size:)`` asked for; nil when it isn't there or was too large.
    func content(_ path: BytePath) throws -> [UInt8]?

    /// What programs say of themselves.
    var binaries: [(path: BytePath, facts: BinaryFacts)] { get }
}
