/// What a manifest's bytes hold: one image, or an index of several.
package enum Manifest: Hashable, Sendable {
    case image(ImageManifest)
    case index(ImageIndex)

    /// What it says it is; the OCI type when it says nothing.
    package var mediaType: MediaType {
        switch self {
        case .image(let manifest): manifest.mediaType ?? .ociManifest
        case .index(let index): index.mediaType ?? .ociIndex
        }
    }

    /// What it is attached to; nil for one that stands for itself.
    package var subject: Descriptor? {
        switch self {
        case .image(let manifest): manifest.subject
        case .index(let index): index.subject
        }
    }

    /// The largest manifest that is read, in bytes; registries take no larger ones either.
    package static let byteLimit = 4 << 20

    /// Decodes a manifest or an index of OCI or docker.
    ///
    /// The kind follows from the media type inside the document, then from the one it was delivered under, then from
    /// its fields. A document that could be read as both kinds is refused: two clients would see two images in it.
    /// - Parameter mediaType: what the descriptor or the `Content-Type` said, if anything.
    /// - Throws: ``OCIError``.
    package init(decoding bytes: [UInt8], mediaType delivered: MediaType? = nil) throws(OCIError) {
        let probe = try CanonicalJSON.decode(Probe.self, from: bytes, kind: .manifest, limit: Self.byteLimit)
        if probe.schemaVersion == 1 || delivered?.isSchema1 ?? false { throw .schema1 }
        guard probe.schemaVersion == 2 else { throw .schemaVersion(probe.schemaVersion) }
        let looksLikeImage = probe.hasConfig || probe.hasLayers
        if looksLikeImage, probe.hasManifests { throw .ambiguous }
        let named = [probe.mediaType, delivered].compactMap { $0 }.filter { $0.isIndex || $0.isImageManifest }
        if let inside = probe.mediaType, let delivered, delivered.isIndex || delivered.isImageManifest,
            inside != delivered
        {
            throw .mediaTypeMismatch(inside: inside, delivered: delivered)
        }
        let isIndex: Bool
        if let type = named.first {
            isIndex = type.isIndex
        } else if let type = probe.mediaType {
            throw .unsupportedManifest(type)
        } else if looksLikeImage || probe.hasManifests {
            isIndex = probe.hasManifests
        } else {
            throw .unsupportedManifest(delivered ?? "")
        }
        if isIndex ? looksLikeImage : probe.hasManifests { throw .ambiguous }
        if isIndex {
            self = .index(try CanonicalJSON.decode(ImageIndex.self, from: bytes, kind: .index, limit: Self.byteLimit))
        } else {
            self = .image(
                try CanonicalJSON.decode(ImageManifest.self, from: bytes, kind: .manifest, limit: Self.byteLimit))
        }
    }

    /// What decides the kind of a document, without its content.
    private struct Probe: Decodable {
        var schemaVersion: Int
        var mediaType: MediaType?
        var hasConfig: Bool
        var hasLayers: Bool
        var hasManifests: Bool

        private enum CodingKeys: String, CodingKey { case schemaVersion, mediaType, config, layers, manifests }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            schemaVersion = try container.decodeIfPresent(Int.self, forKey: .schemaVersion) ?? 0
            mediaType = try container.decodeIfPresent(MediaType.self, forKey: .mediaType)
            if mediaType?.rawValue.isEmpty ?? false { mediaType = nil }
            hasConfig = container.contains(.config)
            hasLayers = container.contains(.layers)
            hasManifests = container.contains(.manifests)
        }
    }
}
