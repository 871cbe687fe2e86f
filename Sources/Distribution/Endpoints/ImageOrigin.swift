package import ContentStore
package import Core
package import OCI

/// Told the position in a blob, in bytes, as it moves. It falls back when a transfer starts over. Must return at once.
package typealias BlobProgress = @Sendable (Int64) -> Void

/// Where an image is read from. All calls may come from several tasks at a time.
package protocol ImageOrigin: Sendable {
    /// The manifest or index that the origin stands for, its bytes compared with its digest where one is known.
    func root() async throws -> ImageDocument

    /// The bytes of a manifest, an index or a configuration, verified against the descriptor.
    /// - Throws: when it is not there, is something else, or is larger than such a document may be.
    func document(_ descriptor: Descriptor) async throws -> [UInt8]

    /// The bytes of a layer or another blob. The call returns when reading can begin; the blob may still be arriving.
    func blob(_ descriptor: Descriptor) async throws -> any BlobContent

    /// The repository that all of the image lies in; nil when it is no registry's.
    var place: BlobOrigin? { get }

    /// Repositories that have a blob, best first, from which a registry may mount it. By default ``place``.
    func places(of blob: Digest) async throws -> [BlobOrigin]

    /// What one should know about what is read, in words; shown with the result.
    var remarks: [String] { get }

    /// What is attached to a manifest: signatures, SBOMs, provenance. By default nothing.
    func referrers(of digest: Digest) async throws -> [Descriptor]
}

extension ImageOrigin {
    package var place: BlobOrigin? { nil }
    package var remarks: [String] { [] }
    package func places(of blob: Digest) async throws -> [BlobOrigin] { place.map { [$0] } ?? [] }
    package func referrers(of digest: Digest) async throws -> [Descriptor] { [] }
}
