package import Archive
package import Core
package import Inventory

/// What tells two images apart, by what they hold and not by how their layers came to be.
package struct ImageDiff: Sendable, Hashable {
    /// One of the two, in figures.
    package struct Side: Sendable, Hashable {
        /// As the user named it.
        package var name: String
        package var manifest: Digest
        package var platform: Platform
        package var layers: Int
        /// Of all blobs of layers.
        package var compressedBytes: Int64
        /// Of all contents in all layers.
        package var contentBytes: Int64
        /// Of all files that the tree shows, each once.
        package var treeBytes: Int64
        package var files: Int
        package var wastedBytes: Int64
    }

    package struct FileChange: Sendable, Hashable {
        package enum Kind: String, Sendable, Hashable, CaseIterable { case added, removed, changed }

        /// What differs in a path that both images have.
        package enum Aspect: String, Sendable, Hashable, CaseIterable {
            /// A file on one side, a link or directory on the other.
            case type
            case content
            case mode, owner
            /// Extended attributes, capabilities among them.
            case attributes
            /// Where a link points, which device a node is.
            case target
        }

        package var path: BytePath
        package var kind: Kind
        /// In the order of their declaration; empty unless the kind is `changed`.
        package var aspects: [Aspect]
        /// Of the content on either side; 0 where there is none.
        package var bytesBefore: Int64
        package var bytesAfter: Int64

        /// What it was; nil of what was added.
        package var before: FileState?
        /// Nil of what was removed.
        package var after: FileState?

        package var growth: Int64 { bytesAfter - bytesBefore }
    }

    /// A file as one image has it, but for its content.
    package struct FileState: Sendable, Hashable {
        package enum FileType: String, Sendable, Hashable {
            /// By any of its names.
            case file
            case directory, link, pipe, whiteout
            case characterDevice = "character device"
            case blockDevice = "block device"
        }

        package var type: FileType
        /// Permission bits with setuid, setgid and sticky.
        package var mode: UInt32
        package var uid: UInt32
        package var gid: UInt32
        /// In byte order of their names.
        package var attributes: [ExtendedAttribute]
        /// Of a link where it points, of a device its numbers as `8:1`.
        package var target: [UInt8]?
    }

    package struct PackageChange: Sendable, Hashable {
        package var ecosystem: Component.Ecosystem
        package var namespace: String?
        package var name: String
        /// Nil of a package that was added; several versions stand one after another, in order.
        package var before: String?
        /// Nil of a package that was removed.
        package var after: String?
        package var bytesBefore: Int64
        package var bytesAfter: Int64

        package var growth: Int64 { bytesAfter - bytesBefore }
    }

    package struct ConfigChange: Sendable, Hashable {
        /// Such as `user` or `env.PATH`.
        package var key: String
        package var before: String?
        package var after: String?
    }

    /// What an instruction brings to either image.
    package struct CauseChange: Sendable, Hashable {
        package var instruction: String
        /// Of the later image where it has the instruction.
        package var place: LayerCause.Place?
        /// Of all contents of its layers; nil where an image has no such layer.
        package var bytesBefore: Int64?
        package var bytesAfter: Int64?
        /// Whether the layers hold the same on both sides.
        package var isSame: Bool

        package var growth: Int64 { (bytesAfter ?? 0) - (bytesBefore ?? 0) }
    }

    package var before: Side
    package var after: Side
    /// In path order; directories alone, too.
    package var files: [FileChange]
    /// In the order of ecosystem, namespace and name.
    package var packages: [PackageChange]
    /// In the order of keys.
    package var config: [ConfigChange]
    /// In the order of the later image's layers, then what it has no longer.
    package var causes: [CauseChange]

    /// Whether both hold the same and start in the same way.
    package var isEmpty: Bool { files.isEmpty && packages.isEmpty && config.isEmpty }
}
