package import Core

/// Finds out what software an image has.
package enum Catalog {
    /// Bytes of the largest file whose content is looked at.
    package static let sizeLimit: Int64 = 64 << 20

    /// Whether the content of a file is needed, by its path. Called for every file of every layer.
    package static func wants(_ path: BytePath, size: Int64) -> Bool {
        size > 0 && size <= sizeLimit && Evidence.of(path) != nil
    }

    /// What has to be kept of a file that was wanted, for reading it again later: large ones (archives of Java, RPM's
    /// database, licences) come down to what they tell. ``CatalogTree/content(_:)`` may give either form.
    package static func condensed(_ path: BytePath, _ content: [UInt8]) -> [UInt8] { content }

    /// The packages in the order of ecosystem, name and evidence. What can't be read is left out and told.
    package static func packages(
        _ tree: some CatalogTree, remark: (String) -> Void = { _ in }
    ) throws -> [InstalledPackage] { [] }
}
