internal import Core

/// Hard links are written and unpacked in path order, so of the names of one file the first must be the file itself.
enum HardlinkOrder {
    /// Moves the content of linked files to the first of their names. Links to nothing stay as they are.
    static func normalize(_ entries: inout [Entry]) {
        var groups: [Int: [Int]] = [:]
        for index in entries.indices {
            guard case .hardlink = entries[index].kind, let root = root(of: index, entries) else { continue }
            groups[root, default: [root]].append(index)
        }
        for (root, members) in groups {
            guard let first = members.min(by: { entries[$0].path < entries[$1].path }) else { continue }
            let path = entries[first].path
            var file = entries[root]
            file.path = path
            for member in members where member != first { link(&entries[member], like: file, to: path) }
            entries[first] = file
        }
    }

    /// Makes an entry a further name of a file; what it says of itself is then what the file says.
    static func link(_ entry: inout Entry, like file: Entry, to target: BytePath) {
        let path = entry.path
        entry = file
        entry.path = path
        entry.kind = .hardlink(target: target)
        entry.size = 0
        entry.content = .empty
        entry.attributes = []
    }

    /// The entry that a chain of links ends at; nil when it ends nowhere, in a circle, or at a directory or whiteout.
    private static func root(of index: Int, _ entries: [Entry]) -> Int? {
        var at = index
        for _ in 0..<16 {
            guard case .hardlink(let target) = entries[at].kind else { return entries[at].isLeaf ? at : nil }
            let next = PathOrder.lowerBound(entries.count, target.bytes) { entries[$0].path.bytes }
            guard next < entries.count, entries[next].path == target else { return nil }
            at = next
        }
        return nil
    }
}
