internal import Core
internal import ImageAnalysis
internal import Layers

/// Turns single files into what is copied: the files, or directories that are better copied whole.
struct ItemCollector {
    let planner: SlimPlanner
    private(set) var items: [SlimPlan.Item] = []
    private(set) var remarks: [String] = []

    private var tree: FileTree { planner.image.tree }

    /// Fewer files of a directory are named one by one.
    private static let languageFiles = 4
    private static let crowd = 12
    /// More paths than that make no Dockerfile that anyone reads.
    private static let pathLimit = 160

    init(planner: SlimPlanner) { self.planner = planner }

    static func directory(
        _ path: BytePath, _ reason: SlimPlan.Reason, _ tree: FileTree, isFromObservation: Bool = true
    ) throws -> SlimPlan.Item {
        var (bytes, files): (Int64, Int) = (0, 0)
        for node in try tree.walk(below: path) where !node.entry.isDirectory {
            bytes += node.entry.size
            files += 1
        }
        return SlimPlan.Item(
            path: path, isDirectory: true, reason: reason, bytes: bytes, files: files,
            isFromObservation: isFromObservation)
    }

    mutating func collect(_ wanted: [BytePath: SlimPlanner.Wanted], listed: Set<BytePath>) throws {
        var left = wanted
        let isInterpreted = wanted.values.contains { value in
            value.isProgram && Language.isInterpreter(value.node.path)
        }
        takeNames(&left)
        try takeLanguages(&left)
        try takeData(&left, listed, isInterpreted: isInterpreted)
        try takeCrowds(&left)
        for (path, value) in left {
            items.append(
                SlimPlan.Item(
                    path: path, isDirectory: false,
                    reason: value.isProgram ? .program : value.isLibrary ? .libraries : .observed,
                    bytes: value.node.entry.size, files: 1, isFromObservation: value.isObserved))
        }
        // What COPY would take for a pattern goes with its directory.
        for (index, item) in items.enumerated() where !item.isDirectory && !Self.isPlain(item.path) {
            let parent = item.path.parent
            guard Self.isPlain(parent), !Self.isSystemDirectory(parent) else {
                remarks.append("\(item.path.absolute) is not copied: COPY can't name it")
                continue
            }
            items[index] = try Self.directory(parent, item.reason, tree)
        }
        items.removeAll { !Self.isPlain($0.path) }
    }

    /// In order, each path once, and nothing twice: what lies in a directory that is copied is left out.
    static func tidied(_ items: [SlimPlan.Item]) -> [SlimPlan.Item] {
        let directories = Set(items.filter(\.isDirectory).map(\.path))
        var seen: Set<BytePath> = []
        return items.sorted { ($0.reason, $0.path) < ($1.reason, $1.path) }.filter { item in
            var above = item.isDirectory ? item.path.parent : item.path
            while !above.isRoot, item.destination == nil, item.links.isEmpty {
                if directories.contains(above), above != item.path || !item.isDirectory { return false }
                above = above.parent
            }
            return seen.insert(item.destination ?? item.path).inserted
        }
    }

    private mutating func take(
        _ directory: BytePath, _ reason: SlimPlan.Reason, _ left: inout [BytePath: SlimPlanner.Wanted]
    ) throws {
        items.append(try Self.directory(directory, reason, tree))
        for path in left.keys where path.isSameOrBelow(directory) { left[path] = nil }
    }

    /// A file that is used under several names (as all tools of BusyBox are one) is copied once, and the names are
    /// links to it. Links are made where there is a shell.
    private mutating func takeNames(_ left: inout [BytePath: SlimPlanner.Wanted]) {
        guard (try? tree.lookup("bin/sh"))??.entry.isFile == true else { return }
        var groups: [BytePath: [BytePath]] = [:]
        for (path, value) in left where value.isProgram || !value.isLibrary {
            groups[value.node.hardlink ?? value.node.path, default: []].append(path)
        }
        for (target, names) in groups where names.count > 1 && Self.isPlain(target) {
            let values = names.compactMap { left[$0] }
            guard values.contains(where: \.isProgram), let size = values.first?.node.entry.size else { continue }
            items.append(
                SlimPlan.Item(
                    path: target, isDirectory: false, reason: .program, bytes: size, files: 1,
                    isFromObservation: values.allSatisfy(\.isObserved),
                    links: names.filter { $0 != target && Self.isLinkable($0) }.sorted()))
            for name in names { left[name] = nil }
        }
    }

    /// Whether a shell takes a path, in single quotes, for itself.
    private static func isLinkable(_ path: BytePath) -> Bool {
        path.bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x27 && $0 != 0x5c }
    }

    private mutating func takeLanguages(_ left: inout [BytePath: SlimPlanner.Wanted]) throws {
        var counts: [Language.Root: Int] = [:]
        for path in left.keys { if let root = Language.root(of: path) { counts[root, default: 0] += 1 } }
        for (root, count) in counts.sorted(by: { $0.key.path < $1.key.path }) where count >= Self.languageFiles {
            try take(root.path, .languageLibrary(root.language), &left)
        }
    }

    // MARK: - Files of the project

    private mutating func takeData(
        _ left: inout [BytePath: SlimPlanner.Wanted], _ listed: Set<BytePath>, isInterpreted: Bool
    ) throws {
        var directories: Set<BytePath> = []
        for (path, value) in left
        where planner.ownLayers.contains(value.node.layer) && !value.isProgram && !value.isLibrary {
            directories.insert(path.parent)
        }
        for path in listed {
            let nodes = (try? tree.list(path)) ?? []
            if nodes.contains(where: { planner.ownLayers.contains($0.layer) }) { directories.insert(path) }
        }
        for directory in directories.sorted() {
            guard !Self.isSystemDirectory(directory), !items.contains(where: { directory.isSameOrBelow($0.path) }),
                try isData(directory, isInterpreted: isInterpreted)
            else { continue }
            try take(directory, .data, &left)
        }
    }

    /// Whether a directory holds what programs read, and not what they are built from.
    private func isData(_ directory: BytePath, isInterpreted: Bool) throws -> Bool {
        for node in try tree.walk(below: directory) {
            guard planner.ownLayers.contains(node.layer) || node.layer < 0 else { return false }
            let name = String(decoding: node.path.name, as: UTF8.self)
            if name == ".git" || name == "go.mod" || name == "Cargo.toml" || name == "CMakeLists.txt" { return false }
            if !isInterpreted, Language.isCompiledSource(name) { return false }
        }
        return true
    }

    // MARK: - Crowds

    /// Directories of the system of which many files are read go whole, so that the Dockerfile stays readable.
    private mutating func takeCrowds(_ left: inout [BytePath: SlimPlanner.Wanted]) throws {
        for limit in [Self.crowd, 4, 2] {
            if limit != Self.crowd, left.count <= Self.pathLimit { return }
            var counts: [BytePath: Int] = [:]
            for (path, value) in left where !value.isProgram && !value.isLibrary {
                counts[path.parent, default: 0] += 1
            }
            for (directory, count) in counts.sorted(by: { $0.key < $1.key })
            where count >= limit && !Self.isSystemDirectory(directory) {
                try take(directory, .observed, &left)
            }
        }
        if left.count > Self.pathLimit {
            remarks.append("\(left.count) files are named one by one: the program looks at very many")
        }
    }

    /// Directories that hold parts of everything; a copy of one would be a copy of the fat image.
    static func isSystemDirectory(_ path: BytePath) -> Bool {
        let parts = path.components.map { String(decoding: $0, as: UTF8.self) }
        if parts.count <= 1 {
            let own = ["app", "srv", "data", "opt", "workspace", "code", "src", "site", "config"]
            return !(parts.first.map { own.contains($0) || !Self.roots.contains($0) } ?? false)
        }
        if parts[0] == "usr" {
            let rest = parts.dropFirst().first == "local" ? parts.dropFirst(2) : parts.dropFirst()
            return rest.count <= 1 || (rest.first == "lib" && rest.count == 2 && rest.last?.contains("-linux-") == true)
        }
        if parts[0] == "lib" || parts[0] == "lib64" { return parts.count <= 2 }
        if parts[0] == "var" { return parts.count <= 2 }
        return false
    }

    private static let roots: Set<String> = [
        "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "media", "mnt", "proc", "root", "run", "sbin",
        "sys", "tmp", "usr", "var",
    ]

    /// Whether COPY takes a path for itself: no pattern, no variable, no blank.
    static func isPlain(_ path: BytePath) -> Bool {
        path.bytes.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !"*?[]\\$\"'#".utf8.contains(byte)
        }
    }
}
