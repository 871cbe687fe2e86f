import Binaries
import Cataloging
import Core
import Inventory

/// An image's files in memory, of which content is given as it is asked for.
struct MemoryTree: CatalogTree {
    private var contents: [BytePath: [UInt8]]
    var binaries: [(path: BytePath, facts: BinaryFacts)] = []
    /// Whether to give what is kept of files rather than the files.
    var isCondensed = false

    init(_ contents: [BytePath: [UInt8]]) { self.contents = contents }

    init(_ files: [String: String]) {
        contents = Dictionary(
            uniqueKeysWithValues: files.map { (BytePath(cleaning: $0.key), Array($0.value.utf8)) })
    }

    var paths: [BytePath] { contents.keys.sorted() }

    func content(_ path: BytePath) throws -> [UInt8]? {
        guard let content = contents[path], Catalog.wants(path, size: Int64(content.count)) else { return nil }
        return isCondensed ? Catalog.condensed(path, content) : content
    }

    subscript(path: BytePath) -> [UInt8]? {
        get { contents[path] }
        set { contents[path] = newValue }
    }

    /// The packages, and what was remarked.
    func catalog() throws -> (packages: [InstalledPackage], remarks: [String]) {
        var remarks: [String] = []
        let packages = try Catalog.packages(self) { remarks.append($0) }
        return (packages, remarks)
    }
}

extension InstalledPackage {
    var url: String { component.packageURL?.description ?? "?" }
    var fileNames: [String] { files.map(\.description) }
}
