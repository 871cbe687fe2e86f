import BuildGraph
import ContentStore
import Core
import HostOS
import OCI

/// What a build made: an image for one platform, or an index of several. Its documents are in the store.
struct BuildResult: Sendable {
    struct Part: Sendable {
        var platform: Platform
        var image: BuiltImage
        var state: StageState
    }

    var parts: [Part]
    /// Of the only image, or of the index.
    var root: Descriptor

    init(_ parts: [Part], annotations: AnnotationList, store: Store) async throws {
        self.parts = parts
        let entries = parts.map { part in
            var entry = part.image.manifest
            entry.platform = PlatformValue(part.platform)
            entry.annotations = annotations.values(.manifestDescriptor, part.platform)
            return entry
        }
        root = try await BlockingPool.waiting.run {
            try PlatformIndex.join(entries, annotations: annotations.values(.index), store)
        }
    }

    /// Sees to it that every layer's bytes are in the store.
    func fetch() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in parts { group.addTask { try await part.image.fetch() } }
            try await group.waitForAll()
        }
    }

    /// Bytes of all layers as they are shipped, equal ones once.
    var size: Int64 {
        var sizes: [Digest: Int] = [:]
        for layer in parts.flatMap(\.image.layers) { sizes[layer.descriptor.digest] = layer.descriptor.size }
        return sizes.values.reduce(0) { $0 + Int64($1) }
    }
}
