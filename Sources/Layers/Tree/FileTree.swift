package import Core
private import Synchronization

/// A stack of layers seen as one file system, without unpacking anything.
///
/// Links are followed inside the root, whiteouts and opaque directories hide what is below them, and a hard link shows
/// as the file it names. Directories that no layer mentions are made up (0755, owned by root), so that every path has
/// its parents. The merged index is made on first use and costs a few bytes an entry.
package final class FileTree: Sendable {
    /// Lowest first.
    package let layers: [LayerContents]
    private let cached = Mutex<TreeIndex?>(nil)

    package init(layers: [LayerContents]) { self.layers = layers }

    /// One path of the tree.
    package struct Node: Sendable {
        /// The real path, after links; also that of `entry`.
        package let path: BytePath
        package let entry: Entry
        /// The index of the layer that the path is from; -1 for what no layer mentions.
        package let layer: Int
        /// When the path is a hard link: the first name of the file, in the same layer.
        package let hardlink: BytePath?
    }

    /// How many symbolic links one path may go through, as in Linux.
    static let linkLimit = 40

    var index: TreeIndex {
        cached.withLock { cached in
            if let cached { return cached }
            let index = TreeIndex(layers)
            cached = index
            return index
        }
    }

    /// The node at a path; nil when there is none. Links on the way are always followed, inside the root.
    /// - Parameter followLinks: whether a link at the very end is followed too.
    /// - Throws: ``LayerError/tooManyLinks(path:)``, ``LayerError/danglingHardlink(path:target:)``.
    package func lookup(_ path: BytePath, followLinks: Bool = true) throws -> Node? {
        let index = index
        // Most paths have no link in them: whatever is in the index has nothing but directories above it.
        if let found = index.find(path.bytes) {
            if !followLinks || !index.entry(found).isSymlink { return try node(found, index) }
        }
        if path.isRoot { return rootNode }
        let real = try resolve(path, followLast: followLinks)
        if real.isRoot { return rootNode }
        return try index.find(real.bytes).map { try node($0, index) }
    }

    /// The real path of a path: links are followed inside the root; what does not exist is kept as it is, `..` in the
    /// target of a link is taken step by step.
    /// - Throws: ``LayerError/tooManyLinks(path:)``, ``LayerError/tooDeep(path:)``.
    package func resolve(_ path: BytePath, followLast: Bool = true) throws -> BytePath {
        let index = index
        var walk = LinkWalk(path)
        while let name = walk.next() {
            let here = walk.current.appending(name)
            if let found = index.find(here.bytes), case .symlink(let target) = index.entry(found).kind,
                followLast || !walk.isAtEnd
            {
                try walk.follow(target, from: path)
            } else {
                try walk.enter(here)
            }
        }
        return walk.current
    }

    /// The children of a directory in byte order of their names; empty when it is no directory. Links in the
    /// directory's path are followed.
    package func list(_ directory: BytePath) throws -> [Node] {
        let index = index
        let real = try resolve(directory)
        let prefix = real.isRoot ? 0 : real.bytes.count + 1
        let range = index.range(below: real)
        var nodes: [Node] = []
        var at = range.lowerBound
        while at < range.upperBound {
            let bytes = index.entry(at).path.bytes
            if let slash = bytes[prefix...].firstIndex(of: UInt8(ascii: "/")) {
                // Below a child: go on behind all of it.
                at = index.range(below: BytePath(normalized: Array(bytes[..<slash]))).upperBound
            } else {
                nodes.append(try node(at, index))
                at += 1
            }
        }
        return nodes
    }

    /// Everything strictly below a directory in path order; links in the tree are not followed, those in the
    /// directory's own path are.
    package func walk(below directory: BytePath) throws -> [Node] {
        let index = index
        return try index.range(below: try resolve(directory)).map { try node($0, index) }
    }

    /// The whole tree without its root, in path order.
    package func nodes() throws -> [Node] { try walk(below: BytePath()) }

    /// Calls with each node of the whole tree in path order, without holding them all.
    package func forEachNode(_ body: (Node) throws -> Void) throws {
        let index = index
        for position in 0..<index.count { try body(try node(position, index)) }
    }

    /// An entry of a layer that a later one hides, replaces or removes.
    package struct Removal: Sendable {
        /// Its layer, and its place among the layer's entries.
        package let layer: Int
        package let entry: Int
        /// The layer that took it away.
        package let by: Int
        /// The place, among that layer's entries, of what it has at the same path.
        package let replacement: Int?
    }

    /// Calls with each entry that was in the tree of the first layers and is not in that of all, in the order of the
    /// layers that took them away. What a layer has and hides itself is not told.
    package func forEachRemoval(_ body: (Removal) -> Void) {
        withoutActuallyEscaping(body) { body in
            var merger = TreeMerger(layers) { lower, layer, upper in
                guard lower.layer >= 0 else { return }
                let replacement = upper.flatMap { $0.layer == Int32(layer) ? Int($0.entry) : nil }
                body(Removal(layer: Int(lower.layer), entry: Int(lower.entry), by: layer, replacement: replacement))
            }
            for layer in layers.indices { merger.apply(layer) }
        }
    }

    /// The tree as a single layer: no whiteouts, nothing opaque, hard links where all their names are still there.
    package func flattened() throws -> LayerContents {
        let index = index
        // A linked file is known by the layer it is from and its first name there.
        var first: [Origin: BytePath] = [:]
        var entries: [Entry] = []
        entries.reserveCapacity(index.count)
        for position in 0..<index.count {
            let node = try node(position, index)
            var entry = node.entry
            if entry.isOpaque { entry.kind = .directory(opaque: false) }
            if entry.isLeaf {
                let origin = Origin(layer: node.layer, name: node.hardlink ?? node.path)
                if let file = first[origin] {
                    HardlinkOrder.link(&entry, like: entry, to: file)
                } else {
                    first[origin] = node.path
                }
            }
            entries.append(entry)
        }
        return LayerContents(sorted: entries)
    }

    private struct Origin: Hashable {
        var layer: Int
        var name: BytePath
    }

    private var rootNode: Node { Node(path: BytePath(), entry: .directory(BytePath()), layer: -1, hardlink: nil) }

    private func node(_ position: Int, _ index: TreeIndex) throws -> Node {
        let layer = index.layer(position)
        let entry = index.entry(position)
        guard case .hardlink(let first) = entry.kind else {
            return Node(path: entry.path, entry: entry, layer: layer, hardlink: nil)
        }
        var target = first
        for _ in 0..<16 {
            guard layer >= 0, var file = layers[layer].entry(at: target) else { break }
            if case .hardlink(let next) = file.kind {
                target = next
                continue
            }
            guard file.isLeaf else { break }
            file.path = entry.path
            return Node(path: entry.path, entry: file, layer: layer, hardlink: target)
        }
        throw LayerError.danglingHardlink(path: entry.path.description, target: first.description)
    }
}
