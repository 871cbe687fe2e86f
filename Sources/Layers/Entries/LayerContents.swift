package import Core
package import HostOS

/// The entries of one layer, in byte order of their paths, each path once, the root itself left out.
package struct LayerContents: Sendable {
    package let entries: [Entry]

    package static let empty = LayerContents(sorted: [])

    /// Sorts entries; of several with one path the last wins. An entry for the root is dropped. Of the names of a hard
    /// linked file the first becomes the file.
    package init(_ entries: [Entry]) {
        var entries = entries
        entries.removeAll { $0.path.isRoot }
        if !Self.isAscending(entries) {
            // The position breaks ties, so that the last of equal paths comes last.
            let order = entries.indices.sorted { left, right in
                let (a, b) = (entries[left].path, entries[right].path)
                return a == b ? left < right : a < b
            }
            var sorted: [Entry] = []
            sorted.reserveCapacity(entries.count)
            for index in order {
                if let last = sorted.last, last.path == entries[index].path { sorted.removeLast() }
                sorted.append(entries[index])
            }
            entries = sorted
        }
        if entries.contains(where: \.isHardlink) { HardlinkOrder.normalize(&entries) }
        self.entries = entries
    }

    /// Takes entries that are in order already, hard linked files under the first of their names.
    package init(sorted entries: [Entry]) { self.entries = entries }

    private static func isAscending(_ entries: [Entry]) -> Bool {
        for index in entries.indices.dropFirst() where !(entries[index - 1].path < entries[index].path) { return false }
        return true
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// The same entries, all modified at one time.
    package func stamped(_ time: FileTime) -> LayerContents {
        LayerContents(
            sorted: entries.map { entry in
                var entry = entry
                entry.modified = time
                return entry
            })
    }

    /// The entry of exactly this path.
    package func entry(at path: BytePath) -> Entry? { index(of: path).map { entries[$0] } }

    package func index(of path: BytePath) -> Int? {
        let index = PathOrder.lowerBound(entries.count, path.bytes) { entries[$0].path.bytes }
        return index < entries.count && entries[index].path == path ? index : nil
    }

    /// The indices of everything strictly below a directory; they are contiguous.
    package func range(below directory: BytePath) -> Range<Int> {
        PathOrder.range(below: directory, entries.count) { entries[$0].path.bytes }
    }

    /// The identity of what the layer holds, without time stamps.
    /// - Parameter digestOf: gives the digest of a file's bytes; whoever remembers digests answers from memory.
    package func contentID(digestOf: (FileContent) throws -> Digest = { try $0.digest() }) throws -> Digest {
        try ContentID.of(entries, digestOf: digestOf)
    }
}

/// Searching in arrays that are sorted by path.
enum PathOrder {
    /// The first index whose path is not before `path`.
    static func lowerBound(_ count: Int, _ path: [UInt8], from: Int = 0, _ bytes: (Int) -> [UInt8]) -> Int {
        var low = from
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if precedes(bytes(middle), path) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The indices strictly below a directory: from `directory/` up to `directory0`, the byte after the slash.
    static func range(below directory: BytePath, _ count: Int, _ bytes: (Int) -> [UInt8]) -> Range<Int> {
        if directory.isRoot { return 0..<count }
        var bound = directory.bytes
        bound.append(UInt8(ascii: "/"))
        let low = lowerBound(count, bound, bytes)
        bound[bound.count - 1] = UInt8(ascii: "/") + 1
        return low..<lowerBound(count, bound, from: low, bytes)
    }

    static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        BytePath(normalized: left) < BytePath(normalized: right)
    }
}
