package import ContentStore
package import Core
import HostOS
package import OCI
package import RegistryClient
import Synchronization

/// A repository of a registry.
package final class RegistryTarget: ImageTarget {
    private let session: RegistrySession
    private let reference: Reference
    private let store: Store?
    /// Manifests that the registry said it has.
    private let known = Mutex<Set<Digest>>([])
    /// What the tag of ``reference`` named when that was asked, which is done once; nil in it: nothing.
    private let tagged = Once<Digest?>()
    /// Blobs that are in the repository now.
    private let blobs = Mutex<[Digest]>([])

    /// - Parameters:
    ///   - reference: names the repository; its tag is the image's name when ``finish(_:names:)`` is given none.
    ///   - store: remembers which blobs the repository has afterwards, so that others can mount them.
    package init(_ session: RegistrySession, _ reference: Reference, store: Store? = nil) {
        self.session = session
        self.reference = reference
        self.store = store
    }

    private func exact(_ digest: Digest) -> Reference {
        Reference(registry: reference.registry, repository: reference.repository, digest: digest)
    }

    /// A registry takes a manifest only when it has what that names, so having one is having all.
    package func isComplete(_ document: Descriptor) async throws -> Bool {
        // When the tag is right already, one request says all there is to know.
        if try await digest(of: reference.tag) != document.digest {
            guard try await session.head(exact(document.digest), beforePush: true) != nil else { return false }
        }
        known.withLock { _ = $0.insert(document.digest) }
        return true
    }

    /// What a tag of the repository names.
    private func digest(of tag: String?) async throws -> Digest? {
        guard let tag else { return nil }
        if tag == reference.tag { return try await tagged.value { try await head(tag) } }
        return try await head(tag)
    }

    private func head(_ tag: String) async throws -> Digest? {
        try await session.head(named(tag), beforePush: true)?.digest
    }

    private func named(_ tag: String) -> Reference {
        Reference(registry: reference.registry, repository: reference.repository, tag: tag)
    }

    /// All of them: each is looked for when it is put, where a mount says it without another request.
    package func missing(of blobs: [Descriptor]) async throws -> [Descriptor] { blobs }

    package func put(
        _ blob: Descriptor, _ content: any BlobContent, from places: [BlobOrigin], progress: @escaping BlobProgress
    ) async throws -> BlobOutcome {
        let mountable = places.filter { $0.registry == reference.registry }.map(\.repository)
        let push = try await session.pushBlob(
            blob, content, into: reference, mountableFrom: mountable, progress: progress)
        blobs.withLock { $0.append(blob.digest) }
        switch push {
        case .present: return .present
        case .mounted: return .mounted
        case .uploaded: return .written
        }
    }

    package func put(document: ImageDocument) async throws {
        let digest = document.descriptor.digest
        if known.withLock({ $0.contains(digest) }) { return }
        _ = try await session.pushManifest(
            document.bytes, mediaType: document.descriptor.mediaType, as: exact(digest))
    }

    package func put(referrer: ImageDocument, of subject: Digest) async throws {
        _ = try await session.pushReferrer(referrer.bytes, of: subject, into: reference)
    }

    package func finish(_ root: ImageDocument, names: [Reference]) async throws -> FinishedImage {
        let digest = root.descriptor.digest
        for name in names.isEmpty ? [reference] : names {
            guard name.registry == reference.registry, name.repository == reference.repository else {
                throw DistributionError.otherRepository(name.familiar, target: reference.familiar)
            }
            guard let tag = name.tag else {
                try await put(document: root)
                continue
            }
            // A tag that is right already may be one that must not be written again.
            if known.withLock({ $0.contains(digest) }), try await self.digest(of: tag) == digest { continue }
            _ = try await session.pushManifest(root.bytes, mediaType: root.descriptor.mediaType, as: named(tag))
        }
        try await remember()
        return FinishedImage(root.descriptor)
    }

    private func remember() async throws {
        guard let store else { return }
        let digests = blobs.withLock { $0 }
        let place = BlobOrigin(registry: reference.registry, repository: reference.repository)
        try await BlockingPool.waiting.run { try store.recordOrigins(digests, place) }
    }
}
