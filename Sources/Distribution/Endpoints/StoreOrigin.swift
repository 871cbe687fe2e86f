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
    /// Manifests by what they are attached to.
    private let attached = Once<[Digest: [Descriptor]]>()

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
        let references = try await references(of: descriptor.digest)
        return try await firstOf(references, descriptor.digest) { [session] reference in
            try await RegistryOrigin(session(), reference, store: store).document(descriptor)
        }
    }

    package func blob(_ descriptor: Descriptor) async throws -> any BlobContent {
        let store = store
        if let file = try await BlockingPool.waiting.run({ try store.file(of: descriptor) }) {
            return StoredContent(file)
        }
        let references = try await references(of: descriptor.digest)
        return ArrivingBlob(descriptor, into: store, isKept: true) { [self] sink in
            // What arrived from one repository is gone on with from the next.
            try await firstOf(references, descriptor.digest) { reference in
                try await session().fetchBlob(descriptor, of: reference, into: &sink)
            }
        }
    }

    package func places(of blob: Digest) async throws -> [BlobOrigin] {
        let store = store
        return try await BlockingPool.waiting.run { try store.origins(of: blob) }
    }

    /// Images of the store without a name whose subject is a manifest.
    package func referrers(of digest: Digest) async throws -> [Descriptor] {
        let store = store
        return try await attached.value {
            try await BlockingPool.waiting.run { try Self.attached(in: store) }
        }[digest] ?? []
    }

    private static func attached(in store: Store) throws -> [Digest: [Descriptor]] {
        var attached: [Digest: [Descriptor]] = [:]
        for image in try store.images().filter({ $0.name == nil }).map(\.manifest) {
            guard try store.containsBlob(image.digest) else { continue }
            let bytes = try store.readBlob(image.digest, limit: Manifest.byteLimit)
            if let subject = try Manifest(decoding: bytes, mediaType: image.mediaType).subject {
                attached[subject.digest, default: []].append(image)
            }
        }
        return attached
    }

    /// Where the repositories that are known to have something have it.
    private func references(of digest: Digest) async throws -> [Reference] {
        let references = try await places(of: digest).map {
            Reference(registry: $0.registry, repository: $0.repository, digest: digest)
        }
        if references.isEmpty { throw DistributionError.unknownBlob(digest) }
        return references
    }

    /// Tries repositories until one has something; one that says that it hasn't is forgotten. If none has, the first
    /// error is the one that counts.
    private nonisolated(nonsending) func firstOf<Value>(
        _ references: [Reference], _ digest: Digest,
        _ body: nonisolated(nonsending) (Reference) async throws -> Value
    ) async throws -> Value {
        var first: (any Error)?
        for reference in references {
            do {
                return try await body(reference)
            } catch {
                try Task.checkCancellation()
                if first == nil { first = error }
                guard case RegistryError.notFound = error else { continue }
                let place = BlobOrigin(registry: reference.registry, repository: reference.repository)
                try store.forgetOrigin(of: digest, place)
            }
        }
        throw first ?? DistributionError.unknownBlob(digest)
    }
}
