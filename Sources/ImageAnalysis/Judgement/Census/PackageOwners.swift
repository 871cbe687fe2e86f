internal import Cataloging
internal import Core
internal import Inventory
internal import Layers

/// Which package each file of the tree belongs to. A file that several packages name belongs to the first of them.
struct PackageOwners {
    private let packages: [InstalledPackage]
    /// By the layer and first name of a file.
    private var owners: [FileID: Int32] = [:]

    struct FileID: Hashable {
        var layer: Int32
        var path: BytePath
    }

    init(_ packages: [InstalledPackage], _ tree: FileTree) throws {
        self.packages = packages
        for (index, package) in packages.enumerated() {
            for path in package.files {
                // Names go through links to directories, as /bin does where it is /usr/bin; loops end nowhere.
                guard let node = try? tree.lookup(path, followLinks: false), node.entry.isFile, node.layer >= 0 else {
                    continue
                }
                let id = FileID(layer: Int32(node.layer), path: node.hardlink ?? node.path)
                if owners[id] == nil { owners[id] = Int32(index) }
            }
        }
    }

    func owner(_ record: FileCensus.Record, _ path: BytePath) -> InstalledPackage? {
        owners[FileID(layer: record.layer, path: path)].map { packages[Int($0)] }
    }

    /// What of the tree belongs to each package: largest first, then in the order of the catalog.
    func shares(_ census: FileCensus) -> [PackageShare] {
        var shares = packages.map { PackageShare(package: $0, files: 0, bytes: 0) }
        for record in census.living {
            let entry = census.entry(record)
            guard let owner = owners[FileID(layer: record.layer, path: entry.path)] else { continue }
            shares[Int(owner)].files += 1
            shares[Int(owner)].bytes += entry.size
        }
        return shares.enumerated().sorted { ($1.element.bytes, $0.offset) < ($0.element.bytes, $1.offset) }
            .map(\.element)
    }
}
