package import ContentStore
package import Core
import HostOS
import ImageLayouts
package import OCI
package import RegistryClient

/// An image of the store. A blob that the store lacks is fetched from a repository that is known to have it, unless the
/// target's registry can mount it from there.
package struct StoreOrigin: ImageOrigin {
    private let store: Store
    private let image: Descriptor
    private let session: @Sendable () throws -> RegistrySession

    /// - Parameters:
    ///   - image: of its manifest or index.
    ///   - session: asked for when something has to be fetched.
    package init(_ store: Store, _ image: Descriptor, session: @escaping @Sendable () throws -> RegistrySession) {
        self.store = store
        self.image = image
        self.session = session
    }

    package func root() async throws -> ImageDocument {
        ImageDocument(descriptor: image, bytes: try await document(image))
    }

    package func document(_ descriptor: Descriptor) async throws -> [UInt8] {
        let store = store
        let bytes = try await BlockingPool.waiting.run {
            try store.containsBlob(descriptor.digest)
                ? store.readBlob(descriptor.digest, limit: ImageConfig.byteLimit) : nil
        }
        if let bytes { return bytes }
        return try await elsewhere(descriptor) { try await $0.document(descriptor) }
    }

    package func blob(_ descriptor: Descriptor) async throws -> any BlobContent {
        let store = store
        let file = try await BlockingPool.waiting.run {
            try store.containsBlob(descriptor.digest) ? store.openBlob(descriptor.digest) : nil
        }
        if let file { return StoredContent(BlobFile(file, size: Int64(descriptor.size), isVerified: true)) }
        return try await elsewhere(descriptor) { try await $0.blob(descriptor) }
    }

    package func places(of blob: Digest) async throws -> [BlobOrigin] {
        let store = store
        return try await BlockingPool.waiting.run { try store.origins(of: blob) }
    }

    /// Images of the store without a name whose subject is a manifest.
    package func referrers(of digest: Digest) async throws -> [Descriptor] {
        let store = store
        return try await BlockingPool.waiting.run {
            try store.images().filter { $0.name == nil }.map(\.manifest).filter { image in
                guard try store.containsBlob(image.digest) else { return false }
                let bytes = try store.readBlob(image.digest, limit: Manifest.byteLimit)
                switch try Manifest(decoding: bytes, mediaType: image.mediaType) {
                case .image(let manifest): return manifest.subject?.digest == digest
                case .index(let index): return index.subject?.digest == digest
                }
            }
        }
    }

    /// Tries the repositories that are known to have something.
    private func elsewhere<Value: Sendable>(
        _ descriptor: Descriptor, _ body: (RegistryOrigin) async throws -> Value
    ) async throws -> Value {
        var first: (any Error)?
        for place in try await places(of: descriptor.digest) {
            let reference = Reference(registry: place.registry, repository: place.repository, digest: descriptor.digest)
            do {
                return try await body(RegistryOrigin(session(), reference, store: store))
            } catch {
                try Task.checkCancellation()
                if first == nil { first = error }
            }
        }
        throw first ?? DistributionError.unknownBlob(descriptor.digest)
    }
}
