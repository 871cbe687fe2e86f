internal import Binaries
internal import Core
internal import Inventory

/// What the catalogers share while they look at an image, and what they found.
struct Survey<Tree: CatalogTree> {
    let tree: Tree
    /// The paths that tell something, by what they tell.
    private let evidence: [Evidence: [BytePath]]
    private let paths: [BytePath]
    private let known: Set<BytePath>
    let distribution: Distribution
    private(set) var packages: [InstalledPackage] = []
    private(set) var remarks: [String] = []
    private var isFull = false
    /// Names of files that are looked up, and files that packages are given, at most: databases and directories inside
    /// of each other may name the same file again and again.
    private var lookups = 4_000_000
    private var listed = 4_000_000

    init(_ tree: Tree) throws {
        self.tree = tree
        paths = tree.paths
        var evidence: [Evidence: [BytePath]] = [:]
        for path in paths {
            if let found = Evidence.of(path) { evidence[found, default: []].append(path) }
        }
        self.evidence = evidence
        // Databases name files, which have to be found among those that are there.
        let lists: [Evidence] = [.dpkgList, .dpkgSums, .apkInstalled, .rpmDatabase, .pythonFiles]
        known = lists.contains { evidence[$0] != nil } ? Set(paths) : []
        distribution = Distribution(
            try (evidence[.osRelease] ?? []).first.flatMap { try tree.content($0) } ?? [])
    }

    /// The paths that tell something, in byte order.
    func paths(_ kind: Evidence) -> [BytePath] { evidence[kind] ?? [] }

    /// The content of a file; nil, with a remark, when there is none to look at.
    mutating func content(_ path: BytePath) throws -> [UInt8]? {
        if let content = try tree.content(path) { return content }
        note(path, "is empty or too large to look into")
        return nil
    }

    /// Takes a package in; one with a name or version that no ecosystem would take is left out.
    mutating func add(_ package: InstalledPackage) {
        let component = package.component
        guard component.name.utf8.count <= 1024, component.version.utf8.count <= 1024,
            (component.namespace?.utf8.count ?? 0) <= 1024
        else { return note(package.evidence, "names a package too long to be one") }
        guard packages.count < Catalog.packageLimit else {
            if !isFull { remarks.append("more than \(Catalog.packageLimit) packages: the rest is left out") }
            isFull = true
            return
        }
        if listed < package.files.count {
            if listed >= 0 { remarks.append("packages name more files than are looked at: some have none here") }
            listed = -1
            packages.append(InstalledPackage(component, evidence: package.evidence))
            return
        }
        listed -= package.files.count
        packages.append(package)
    }

    /// Tells of a file that something about it could not be understood.
    mutating func note(_ path: BytePath, _ what: String) {
        if remarks.count < 1000 { remarks.append("\(path.absolute): \(what)") }
    }

    /// The file of the tree that a package database names: where `/lib` and the like became links into `/usr`, the
    /// database may still know the old place. Nil for directories, links and what isn't there.
    mutating func file(_ path: BytePath) -> BytePath? {
        guard lookups > 0 else { return nil }
        lookups -= 1
        if lookups == 0 { remarks.append("packages name more files than are looked at: some are missing here") }
        if known.contains(path) { return path }
        for directory in Self.merged where path.isSameOrBelow(directory) {
            let moved = BytePath("usr").appending(path)
            return known.contains(moved) ? moved : nil
        }
        return nil
    }

    private static var merged: [BytePath] { ["lib", "bin", "sbin", "lib64", "lib32", "libx32"] }

    /// All files below a directory, without those in directories of a name that have others below them.
    func files(below directory: BytePath, except nested: StaticString? = nil) -> [BytePath] {
        let prefix = directory.isRoot ? [] : directory.bytes + [UInt8(ascii: "/")]
        let skipped = nested.map { name in name.withUTF8Buffer { Array($0) } + [UInt8(ascii: "/")] }
        var found: [BytePath] = []
        var index = firstIndex(notBefore: prefix)
        // What is beyond the bound is left out with the package's other files.
        while index < paths.count, found.count <= max(listed, 0), paths[index].bytes.starts(with: prefix) {
            if let skipped, let end = Self.end(of: skipped, in: paths[index].bytes, from: prefix.count) {
                // The byte behind a slash is the first that is not below it.
                let past = Array(paths[index].bytes[..<(end - 1)]) + [UInt8(ascii: "/") + 1]
                index = max(index + 1, firstIndex(notBefore: past))
                continue
            }
            found.append(paths[index])
            index += 1
        }
        return found
    }

    private func firstIndex(notBefore bytes: [UInt8]) -> Int {
        let wanted = BytePath(normalized: bytes)
        var (low, high) = (0, paths.count)
        while low < high {
            let middle = (low + high) / 2
            if paths[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Where a component, with its slash, ends in a path.
    private static func end(of component: [UInt8], in path: [UInt8], from start: Int) -> Int? {
        var position = start
        while position + component.count <= path.count {
            if path[position...].starts(with: component) { return position + component.count }
            guard let slash = path[position...].firstIndex(of: UInt8(ascii: "/")) else { return nil }
            position = slash + 1
        }
        return nil
    }
}
