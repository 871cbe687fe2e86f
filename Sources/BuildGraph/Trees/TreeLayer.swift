package import Core
package import Layers

/// One layer as a ``StackTree`` asks it: by exact path, without following links.
package protocol TreeLayer: Sendable {
    /// What the layer says about a path; nil when it says nothing. A whiteout is an entry.
    func entry(at path: BytePath) throws -> Entry?
    /// What the layer says about the direct children of a directory, in byte order.
    func children(of directory: BytePath) throws -> [Entry]
    /// What all names of a file with several names in the layer have in common; nil for a file of one name.
    func sharedIdentity(of entry: Entry) -> FileIdentity?
}

/// What tells a file from others of its layer, whatever name it is asked for by.
package enum FileIdentity: Hashable, Sendable {
    case inode(device: UInt64, inode: UInt64)
    case path(BytePath)
}

/// A layer whose entries are in memory.
package struct ListedLayer: TreeLayer {
    private let contents: LayerContents
    /// What the hard links of the layer lead to, by all names of each file.
    private let hardlinks: [BytePath: BytePath]

    package init(_ contents: LayerContents) {
        self.contents = contents
        var hardlinks: [BytePath: BytePath] = [:]
        for entry in contents.entries {
            guard case .hardlink(let target) = entry.kind else { continue }
            hardlinks[entry.path] = target
            hardlinks[target] = target
        }
        self.hardlinks = hardlinks
    }

    package func sharedIdentity(of entry: Entry) -> FileIdentity? { hardlinks[entry.path].map { .path($0) } }

    package func entry(at path: BytePath) throws -> Entry? {
        if let entry = contents.entry(at: path) { return try resolvingHardlink(entry) }
        // A directory that only its children imply.
        return contents.range(below: path).isEmpty ? nil : .directory(path)
    }

    package func children(of directory: BytePath) throws -> [Entry] {
        var out: [Entry] = []
        let entries = contents.entries
        let range = contents.range(below: directory)
        let prefix = directory.isRoot ? 0 : directory.bytes.count + 1
        // Directories that only what is below them tells of, which may come before or after neighbours in byte order.
        var implied: Set<BytePath> = []
        var index = range.lowerBound
        while index < range.upperBound {
            let path = entries[index].path
            guard let slash = path.bytes[prefix...].firstIndex(of: UInt8(ascii: "/")) else {
                out.append(try resolvingHardlink(entries[index]))
                index += 1
                continue
            }
            // All of what is below one child lies together and is passed over at once.
            let child = BytePath(normalized: Array(path.bytes[..<slash]))
            if contents.entry(at: child) == nil { implied.insert(child) }
            index = max(index + 1, contents.range(below: child).upperBound)
        }
        if implied.isEmpty { return out }
        return (out + implied.map { .directory($0) }).sorted { $0.path < $1.path }
    }

    private func resolvingHardlink(_ entry: Entry) throws -> Entry {
        guard case .hardlink(let target) = entry.kind, let file = contents.entry(at: target), file.isFile else {
            return entry
        }
        var copy = file
        copy.path = entry.path
        return copy
    }
}
