package import Core
package import Layers

/// One layer as a ``StackTree`` asks it: by exact path, without following links.
package protocol TreeLayer: Sendable {
    /// What the layer says about a path; nil when it says nothing. A whiteout is an entry.
    func entry(at path: BytePath) throws -> Entry?
    /// What the layer says about the direct children of a directory, in byte order.
    func children(of directory: BytePath) throws -> [Entry]
}

/// A layer whose entries are in memory.
package struct ListedLayer: TreeLayer {
    private let contents: LayerContents
    private let hardlinks: Bool

    package init(_ contents: LayerContents) {
        self.contents = contents
        hardlinks = contents.entries.contains { if case .hardlink = $0.kind { true } else { false } }
    }

    package func entry(at path: BytePath) throws -> Entry? {
        if let entry = contents.entry(at: path) { return try resolvingHardlink(entry) }
        // A directory that only its children imply.
        return contents.range(below: path).isEmpty ? nil : .directory(path)
    }

    package func children(of directory: BytePath) throws -> [Entry] {
        var out: [Entry] = []
        let entries = contents.entries
        let range = contents.range(below: directory)
        var index = range.lowerBound
        while index < range.upperBound {
            guard let below = entries[index].path.relative(to: directory), let name = below.components.first else {
                index += 1
                continue
            }
            let child = directory.appending(name)
            out.append(try entry(at: child) ?? .directory(child))
            // Everything below the child follows it, though names such as `a-b` may lie between `a` and `a/x`.
            index += 1
            while index < range.upperBound, entries[index].path.isSameOrBelow(child) { index += 1 }
        }
        // Because of such names a child can come up twice.
        var seen: Set<BytePath> = []
        return out.filter { seen.insert($0.path).inserted }.sorted { $0.path < $1.path }
    }

    private func resolvingHardlink(_ entry: Entry) throws -> Entry {
        guard hardlinks, case .hardlink(let target) = entry.kind, let file = contents.entry(at: target), file.isFile
        else {
            return entry
        }
        var copy = file
        copy.path = entry.path
        return copy
    }
}
