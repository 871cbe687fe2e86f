import Core
import Layers

/// The files of a tree in path order, with what each directory holds in bytes: what tree views are drawn from.
struct TreeListing: Sendable {
    enum Change: Sendable { case none, added, changed, removed }

    struct Item: Sendable {
        var path: BytePath
        var entry: Entry
        /// Whose layer's it is; of what was removed, whose it was. -1 for directories that no layer mentions.
        var layer: Int
        /// Of contents, in the tree: every name of a linked file but one has none.
        var bytes: Int64
        var change = Change.none
    }

    let items: [Item]
    /// Bytes of all items before each, and of all.
    private let sums: [Int64]
    /// Likewise how many changes there are.
    private let changes: [Int]

    init(_ items: [Item]) {
        self.items = items
        var (sums, changes) = ([Int64(0)], [0])
        sums.reserveCapacity(items.count + 1)
        changes.reserveCapacity(items.count + 1)
        for item in items {
            let bytes = item.change == .removed ? 0 : item.bytes
            sums.append(sums[sums.count - 1] &+ bytes)
            changes.append(changes[changes.count - 1] + (item.change == .none ? 0 : 1))
        }
        self.sums = sums
        self.changes = changes
    }

    /// Where its items are from; empty for a listing that was made of items.
    private var upper = FileTree(layers: [])
    private var lower = FileTree(layers: [])

    /// A tree as it is.
    init(_ tree: FileTree) throws {
        self.init(try Self.items(tree))
        upper = tree
    }

    /// The node of an item, to open it by.
    func node(_ index: Int) throws -> FileTree.Node? {
        try (items[index].change == .removed ? lower : upper).lookup(items[index].path, followLinks: false)
    }

    /// A tree of layers with what the last of them changed; what it removed is there and marked.
    init(layers: [LayerContents]) throws {
        let last = layers.count - 1
        let (upperTree, lowerTree) = (FileTree(layers: layers), FileTree(layers: layers.dropLast()))
        let (upper, lower) = (try Self.items(upperTree), try Self.items(lowerTree))
        var items: [Item] = []
        items.reserveCapacity(upper.count)
        var old = lower.startIndex
        func remove(before path: BytePath?) {
            while old < lower.count, path.map({ lower[old].path < $0 }) ?? true {
                var item = lower[old]
                item.change = .removed
                items.append(item)
                old += 1
            }
        }
        for var item in upper {
            remove(before: item.path)
            if old < lower.count, lower[old].path == item.path {
                if item.layer == last, !Self.isSameDirectory(item.entry, lower[old].entry) { item.change = .changed }
                old += 1
            } else {
                item.change = .added
            }
            items.append(item)
        }
        remove(before: nil)
        self.init(items)
        (self.upper, self.lower) = (upperTree, lowerTree)
    }

    /// Layers name the directories of what they change; that alone is no change.
    private static func isSameDirectory(_ one: Entry, _ other: Entry) -> Bool {
        one.isDirectory && other.isDirectory && one.mode == other.mode && one.uid == other.uid && one.gid == other.gid
    }

    private struct Origin: Hashable {
        var layer: Int
        var name: BytePath
    }

    private static func items(_ tree: FileTree) throws -> [Item] {
        var links: Set<Origin> = []
        return try tree.nodes().map { node in
            var bytes = node.entry.isFile ? node.entry.size : 0
            if let first = node.hardlink {
                // The first name counts, unless a later layer took it away: then the first that is left does.
                let isThere = try tree.lookup(first, followLinks: false)?.layer == node.layer
                if isThere || !links.insert(Origin(layer: node.layer, name: first)).inserted { bytes = 0 }
            }
            return Item(path: node.path, entry: node.entry, layer: node.layer, bytes: bytes)
        }
    }

    var bytes: Int64 { sums[items.count] }

    /// The indices of everything below a directory.
    func range(below directory: BytePath) -> Range<Int> {
        if directory.isRoot { return items.indices }
        let slash = directory.bytes + [UInt8(ascii: "/")]
        let end = directory.bytes + [UInt8(ascii: "/") + 1]
        return lowerBound(slash)..<lowerBound(end)
    }

    func index(of path: BytePath) -> Int? {
        let index = lowerBound(path.bytes)
        return index < items.count && items[index].path == path ? index : nil
    }

    private func lowerBound(_ path: [UInt8]) -> Int {
        let wanted = BytePath(normalized: path)
        var (low, high) = (0, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle].path < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The indices of what lies directly in a directory, in byte order of their names.
    func children(of directory: BytePath) -> [Int] {
        let range = range(below: directory)
        let prefix = directory.isRoot ? 0 : directory.bytes.count + 1
        var children: [Int] = []
        var at = range.lowerBound
        while at < range.upperBound {
            let path = items[at].path
            if let slash = path.bytes[prefix...].firstIndex(of: UInt8(ascii: "/")) {
                at = max(at + 1, self.range(below: BytePath(normalized: Array(path.bytes[..<slash]))).upperBound)
            } else {
                children.append(at)
                at += 1
            }
        }
        return children
    }

    /// Bytes of an item and all below it.
    func bytes(_ index: Int) -> Int64 {
        let item = items[index]
        guard item.entry.isDirectory else { return item.bytes }
        if item.change == .removed { return range(below: item.path).reduce(0) { $0 &+ items[$1].bytes } }
        let below = range(below: item.path)
        return sums[below.upperBound] - sums[below.lowerBound]
    }

    /// Whether an item or anything below it changed.
    func isChanged(_ index: Int) -> Bool {
        if items[index].change != .none { return true }
        guard items[index].entry.isDirectory else { return false }
        let below = range(below: items[index].path)
        return changes[below.upperBound] > changes[below.lowerBound]
    }

    func files(below directory: BytePath) -> Int {
        range(below: directory).count { !items[$0].entry.isDirectory && items[$0].change != .removed }
    }
}
