package import ContentStore
package import Core
import HTTPTransport
import HostOS
package import OCI
package import RegistryClient

/// An image of a registry. What the store has of it is not fetched; what is fetched arrives in files of the store, and is
/// kept there when it is broken off.
package struct RegistryOrigin: ImageOrigin {
    private let session: RegistrySession
    private let reference: Reference
    private let store: Store

    package init(_ session: RegistrySession, _ reference: Reference, store: Store) {
        self.session = session
        self.reference = reference
        self.store = store
    }

    package var place: BlobOrigin? { BlobOrigin(registry: reference.registry, repository: reference.repository) }

    package func root() async throws -> ImageDocument {
        if let digest = reference.digest, let bytes = try await stored(digest, limit: Manifest.byteLimit) {
            let manifest = try Manifest(decoding: bytes)
            return ImageDocument(
                descriptor: Descriptor(mediaType: manifest.mediaType, digest: digest, size: bytes.count), bytes: bytes)
        }
        let fetched = try await session.resolve(reference)
        try await record(fetched.manifest)
        return ImageDocument(descriptor: fetched.descriptor, bytes: fetched.bytes)
    }

    package func document(_ descriptor: Descriptor) async throws -> [UInt8] {
        if let bytes = try await stored(descriptor.digest, limit: ImageConfig.byteLimit) { return bytes }
        guard descriptor.mediaType.isIndex || descriptor.mediaType.isImageManifest else {
            return try await session.readBlob(descriptor, of: reference)
        }
        let fetched = try await session.resolve(descriptor, of: reference)
        try await record(fetched.manifest)
        return fetched.bytes
    }

    package func blob(_ descriptor: Descriptor) async throws -> any BlobContent {
        let (session, reference) = (session, reference)
        return ArrivingBlob(descriptor, into: store, isKept: false) { sink in
            try await session.fetchBlob(descriptor, of: reference, into: &sink)
        }
    }

    package func referrers(of digest: Digest) async throws -> [Descriptor] {
        try await session.referrers(of: digest, in: reference)
    }

    private func stored(_ digest: Digest, limit: Int) async throws -> [UInt8]? {
        let store = store
        return try await BlockingPool.waiting.run {
            try store.containsBlob(digest) ? store.readBlob(digest, limit: limit) : nil
        }
    }

    /// Remembers that the repository has what a manifest names.
    private func record(_ manifest: Manifest) async throws {
        guard let place else { return }
        let store = store
        let digests =
            switch manifest {
            case .image(let image): ([image.config] + image.layers).map(\.digest)
            case .index(let index): index.manifests.map(\.digest)
            }
        try await BlockingPool.waiting.run { try store.recordOrigins(digests, place) }
    }
}
