import Core
import OCI

/// The documents that are copied: one image, or an index with all that it names.
struct ImageTree: Sendable {
    struct Node: Sendable {
        var document: ImageDocument
        var manifest: Manifest
    }

    /// How much of an index is followed.
    struct Limits: Sendable {
        var depth = 4
        var documents = 2000
        var bytes = 64 << 20
    }

    private(set) var root: Node
    /// All documents by digest, the root among them.
    private(set) var nodes: [Digest: Node]
    /// Children that the target has with all that they name; they were not read.
    private(set) var complete: Set<Digest> = []

    /// Documents, children before their parents, the root last.
    var order: [Node] { order { _ in true } }

    /// - Parameter isWanted: whether an entry of an index is followed.
    func order(_ isWanted: (Descriptor) throws -> Bool) rethrows -> [Node] {
        var done: Set<Digest> = []
        var result: [Node] = []
        // As deep as the indexes that were read, which is bounded.
        func visit(_ node: Node) throws {
            guard done.insert(node.document.descriptor.digest).inserted else { return }
            if case .index(let index) = node.manifest {
                for child in index.manifests where try isWanted(child) {
                    if let node = nodes[child.digest] { try visit(node) }
                }
            }
            result.append(node)
        }
        try visit(root)
        return result
    }

    /// The images of the documents, in order.
    var images: [(document: ImageDocument, manifest: ImageManifest)] {
        order.compactMap { node in
            if case .image(let manifest) = node.manifest { (node.document, manifest) } else { nil }
        }
    }

    /// - Parameter isKnown: whether the target has a document with all that it names; asked for children of an index.
    static func read(
        _ root: ImageDocument, from origin: any ImageOrigin, platforms: CopyOptions.Platforms,
        limits: Limits = Limits(),
        isKnown: @escaping @Sendable (Descriptor) async throws -> Bool
    ) async throws -> ImageTree {
        var node = try Node(root)
        if case .one(let platform) = platforms {
            for _ in 0..<limits.depth {
                guard case .index(let index) = node.manifest else { break }
                let entry = try index.select(platform: platform)
                node = try await Node(entry, from: origin)
            }
            guard case .image = node.manifest else { throw DistributionError.tooDeep(limit: limits.depth) }
        }
        var tree = ImageTree(root: node, nodes: [node.document.descriptor.digest: node])
        try await tree.follow(origin, limits, isKnown)
        return tree
    }

    private init(root: Node, nodes: [Digest: Node]) {
        self.root = root
        self.nodes = nodes
    }

    /// Reads the children of indexes, level by level.
    private mutating func follow(
        _ origin: any ImageOrigin, _ limits: Limits, _ isKnown: @escaping @Sendable (Descriptor) async throws -> Bool
    ) async throws {
        var level = [root]
        var seen: [Digest: Int] = [root.document.descriptor.digest: root.document.bytes.count]
        var bytes = root.document.bytes.count
        var depth = 0
        while true {
            var children: [Descriptor] = []
            for case .index(let index) in level.map(\.manifest) {
                for child in index.manifests {
                    if let size = seen[child.digest] {
                        guard size == child.size else {
                            throw DistributionError.conflictingSizes(child.digest, size, child.size)
                        }
                        continue
                    }
                    seen[child.digest] = child.size
                    children.append(child)
                    guard seen.count <= limits.documents else {
                        throw DistributionError.tooManyDocuments(limit: limits.documents)
                    }
                    guard child.size <= Manifest.byteLimit else {
                        throw OCIError.tooLarge(.manifest, limit: Manifest.byteLimit)
                    }
                    bytes += child.size
                    guard bytes <= limits.bytes else { throw DistributionError.tooManyBytes(limit: limits.bytes) }
                }
            }
            if children.isEmpty { return }
            depth += 1
            guard depth <= limits.depth else { throw DistributionError.tooDeep(limit: limits.depth) }
            let read = try await concurrently(children, width: 8) { child -> Node? in
                try await isKnown(child) ? nil : try await Node(child, from: origin)
            }
            for (child, node) in zip(children, read) {
                if let node { nodes[child.digest] = node } else { complete.insert(child.digest) }
            }
            level = read.compactMap { $0 }
        }
    }
}

extension ImageTree.Node {
    init(_ document: ImageDocument) throws {
        self.document = document
        manifest = try Manifest(decoding: document.bytes, mediaType: document.descriptor.mediaType)
    }

    /// Reads and verifies what an entry of an index names.
    init(_ entry: Descriptor, from origin: any ImageOrigin) async throws {
        guard entry.size <= Manifest.byteLimit else { throw OCIError.tooLarge(.manifest, limit: Manifest.byteLimit) }
        let bytes = try await origin.document(entry)
        try check(bytes, entry)
        let manifest = try Manifest(decoding: bytes, mediaType: entry.mediaType)
        let descriptor = Descriptor(mediaType: manifest.mediaType, digest: entry.digest, size: entry.size)
        self.init(document: ImageDocument(descriptor: descriptor, bytes: bytes), manifest: manifest)
    }
}

/// Compares the bytes of a document with its descriptor.
func check(_ bytes: [UInt8], _ descriptor: Descriptor) throws {
    guard bytes.count == descriptor.size else {
        throw DistributionError.wrongSize(descriptor.digest, expected: descriptor.size, actual: bytes.count)
    }
    let actual = SHA256.digest(of: bytes)
    guard actual == descriptor.digest else { throw DistributionError.wrongDocument(descriptor.digest, actual: actual) }
}

/// Works on several things at a time; results in their order. The first error cancels the rest.
func concurrently<Item: Sendable, Value: Sendable>(
    _ items: [Item], width: Int, _ body: @escaping @Sendable (Item) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
        var results: [Value?] = Array(repeating: nil, count: items.count)
        for (index, item) in items.enumerated() {
            if index >= max(1, width), let (done, value) = try await group.next() { results[done] = value }
            group.addTask { (index, try await body(item)) }
        }
        for try await (index, value) in group { results[index] = value }
        return results.compactMap { $0 }
    }
}
