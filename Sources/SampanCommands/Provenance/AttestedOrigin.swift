import ContentStore
import Core
import Distribution
import HostOS
import OCI

/// An image of the store with what is told about it. The attestations lie in the store too.
struct AttestedOrigin: ImageOrigin {
    private let image: StoreOrigin
    /// By the manifest that they are about.
    private let attached: [Digest: [Descriptor]]

    init(_ image: StoreOrigin, _ attestations: [(Attestation, Digest)], store: Store) async throws {
        self.image = image
        attached = try await BlockingPool.waiting.run {
            var attached: [Digest: [Descriptor]] = [:]
            for (attestation, subject) in attestations {
                for blob in attestation.blobs { try store.putBlob(blob.bytes) }
                try store.putBlob(attestation.manifest)
                attached[subject, default: []].append(attestation.descriptor)
            }
            return attached
        }
    }

    func root() async throws -> ImageDocument { try await image.root() }
    func document(_ descriptor: Descriptor) async throws -> [UInt8] { try await image.document(descriptor) }
    func blob(_ descriptor: Descriptor) async throws -> any BlobContent { try await image.blob(descriptor) }
    func places(of blob: Digest) async throws -> [BlobOrigin] { try await image.places(of: blob) }
    func referrers(of digest: Digest) async throws -> [Descriptor] { attached[digest] ?? [] }
}
