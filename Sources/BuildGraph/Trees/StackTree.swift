private import Archive
package import Core
private import HostOS
package import Layers
private import Synchronization

/// A stack of layers seen as one file tree, asked path by path.
///
/// Where a whole tree has to be known `Layers.FileTree` merges all entries; a build asks for a few paths of stages with
/// a hundred thousand files, so here only what is asked for is looked at, and remembered.
package final class StackTree: Sendable {
    /// A path as the stack shows it, and the layers (indices, top first) that have it as a directory.
    private struct Node {
        var entry: Entry
        var directories: [Int]
        /// The layer that the entry is of.
        var layer = 0
    }

    /// What all names of one file have in common: the layer it is of and its name there.
    package struct FileName: Hashable, Sendable {
        var layer: Int
        var identity: FileIdentity
    }

    private let layers: [any TreeLayer]
    private let known = Mutex<[BytePath: Node?]>([:])

    /// - Parameter layers: lowest first.
    package init(_ layers: [any TreeLayer]) { self.layers = layers }

    /// How many links one path may lead through.
    private static let linkLimit = 40

    /// The entry at a real path (no link in its parents), itself not followed.
    package func entry(at path: BytePath) throws -> Entry? { try node(at: path)?.entry }

    private func node(at path: BytePath) throws -> Node? {
        if path.isRoot {
            return Node(entry: .directory(path), directories: Array(layers.indices.reversed()))
        }
        if let known = known.withLock({ $0[path] }) { return known }
        let found = try look(at: path)
        known.withLock { $0[path] = .some(found) }
        return found
    }

    private func look(at path: BytePath) throws -> Node? {
        guard let parent = try node(at: path.parent), parent.entry.isDirectory else { return nil }
        var top: Entry?
        var layer = 0
        var directories: [Int] = []
        search: for index in parent.directories {
            guard let entry = try layers[index].entry(at: path) else { continue }
            if entry.isWhiteout { break }
            guard case .directory(let opaque) = entry.kind else {
                if top == nil { (top, layer) = (entry, index) }
                break search
            }
            if top == nil { (top, layer) = (entry, index) }
            directories.append(index)
            if opaque { break }
        }
        return top.map { Node(entry: $0, directories: directories, layer: layer) }
    }

    /// What the other names of a file in this tree have in common with it; nil for a file of one name, as far as is known.
    package func sharedName(of entry: Entry) throws -> FileName? {
        guard entry.isFile, entry.size > 0 else { return nil }
        if case .file(let file) = entry.content, file.info.links < 2 { return nil }
        guard let layer = try node(at: entry.path)?.layer, let identity = layers[layer].sharedIdentity(of: entry) else {
            return nil
        }
        return FileName(layer: layer, identity: identity)
    }

    /// The real path that a path leads to: links in it are followed inside the tree. Parts that don't exist stay as they are.
    ///
    /// - Parameter followLast: whether a link at the very end is followed too.
    package func resolve(_ path: BytePath, followLast: Bool = true) throws -> BytePath {
        var pending = path.components.map { Array($0) }.reversed() as [[UInt8]]
        var real = BytePath()
        var links = 0
        while let name = pending.popLast() {
            if name == [UInt8(ascii: "."), UInt8(ascii: ".")] {
                real = real.parent
                continue
            }
            let next = real.appending(name)
            guard let entry = try entry(at: next), case .symlink(let target) = entry.kind,
                followLast || !pending.isEmpty
            else {
                real = next
                continue
            }
            links += 1
            guard links <= Self.linkLimit else {
                throw Diagnostic(
                    code: "tree.link-loop", "too many symbolic links in '\(path.absolute)'",
                    causes: ["a link at '\(next.absolute)' leads on"])
            }
            if target.first == UInt8(ascii: "/") { real = BytePath() }
            for part in target.split(separator: UInt8(ascii: "/")).reversed()
            where !part.elementsEqual([UInt8(ascii: ".")]) {
                pending.append(Array(part))
            }
        }
        return real
    }

    /// The entry that a path leads to, links followed; its path is the real one. Nil when there is nothing.
    package func lookup(_ path: BytePath) throws -> Entry? { try entry(at: resolve(path)) }

    /// The children of a directory given by its real path, in byte order.
    package func children(of directory: BytePath) throws -> [Entry] {
        guard let node = try node(at: directory), node.entry.isDirectory else { return [] }
        var seen: [BytePath: Entry?] = [:]
        for index in node.directories {
            for entry in try layers[index].children(of: directory) where seen[entry.path] == nil {
                seen[entry.path] = entry.isWhiteout ? .some(nil) : entry
            }
        }
        return seen.values.compactMap { $0 }.sorted { $0.path < $1.path }
    }

    /// Everything below a directory given by its real path: a directory before what is in it. Links are not followed.
    ///
    /// - Parameter enter: whether to look below a directory.
    package func walk(below directory: BytePath, enter: (Entry) throws -> Bool = { _ in true }) throws -> [Entry] {
        var out: [Entry] = []
        var pending = try Array(children(of: directory).reversed())
        while let entry = pending.popLast() {
            out.append(entry)
            if entry.isDirectory, try enter(entry) {
                pending.append(contentsOf: try children(of: entry.path).reversed())
            }
        }
        return out
    }

    /// The bytes of a regular file, at most `limit`; nil when there is no such file.
    package func readFile(_ path: BytePath, limit: Int = 4 << 20) throws -> [UInt8]? {
        guard let entry = try lookup(path), entry.isFile, entry.size <= limit else { return nil }
        let source = try entry.content.open()
        var out: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while out.count <= limit {
            let count = try source.read(into: buffer)
            if count == 0 { return out }
            out.append(contentsOf: buffer[..<count])
        }
        return nil
    }
}
