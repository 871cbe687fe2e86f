package import ContentStore
package import Core
package import OCI

/// What became of a blob at the target.
package enum BlobOutcome: String, Sendable, Hashable {
    /// It was there.
    case present
    /// A registry took it from another of its repositories.
    case mounted
    /// Its bytes were written.
    case written
}

/// Where an image goes. All calls may come from several tasks at a time; ``finish(_:names:)`` comes last and alone.
/// Until then nothing that was put may be visible as an image.
package protocol ImageTarget: Sendable {
    /// Whether a manifest or index is there with all that it names, so that none of it has to be looked at.
    func isComplete(_ document: Descriptor) async throws -> Bool

    /// Whether what reads images there can unpack layers that are packed so; others are unpacked on the way. By default
    /// true.
    func accepts(_ compression: LayerCompression) -> Bool

    /// Those of some blobs that are not there, in the given order.
    func missing(of blobs: [Descriptor]) async throws -> [Descriptor]

    /// Takes a blob. Its bytes are compared with its descriptor unless the content says that they have been.
    /// - Parameters:
    ///   - content: asked for bytes only when they are needed.
    ///   - places: repositories that have the blob.
    ///   - progress: told how much has been written.
    func put(
        _ blob: Descriptor, _ content: any BlobContent, from places: [BlobOrigin], progress: @escaping BlobProgress
    ) async throws -> BlobOutcome

    /// Takes a manifest or index below the root; those that it names have been put.
    func put(document: ImageDocument) async throws

    /// Takes something attached to a manifest; its own blobs have been put. By default an error.
    func put(referrer: ImageDocument, of subject: Digest) async throws

    /// Takes the root, then makes the image visible under its names.
    /// - Returns: what changed on the way, in words; the root as it can be found at the target.
    func finish(_ root: ImageDocument, names: [Reference]) async throws -> FinishedImage
}

/// How an image lies at its target.
package struct FinishedImage: Sendable, Hashable {
    /// What the image is known by there.
    package var descriptor: Descriptor
    /// Why its digest is not the one that was given, in words; empty when it is.
    package var changes: [String]

    package init(_ descriptor: Descriptor, changes: [String] = []) {
        self.descriptor = descriptor
        self.changes = changes
    }
}

extension ImageTarget {
    package func isComplete(_ document: Descriptor) async throws -> Bool { false }
    package func accepts(_ compression: LayerCompression) -> Bool { true }
    package func put(referrer: ImageDocument, of subject: Digest) async throws {
        throw DistributionError.noReferrers
    }
}
