// https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
import Core
import OCI

/// A statement about images.
struct Statement<Predicate: Encodable>: Encodable {
    struct Subject: Encodable {
        var name: String
        var digest: [String: String]
    }

    var subject: [Subject]
    var predicateType: String
    var predicate: Predicate

    private enum CodingKeys: String, CodingKey {
        case type = "_type"
        case subject, predicateType, predicate
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("https://in-toto.io/Statement/v1", forKey: .type)
        try container.encode(subject, forKey: .subject)
        try container.encode(predicateType, forKey: .predicateType)
        try container.encode(predicate, forKey: .predicate)
    }
}

/// A statement as an artifact that refers to the image it is about.
///
/// https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
struct Attestation: Sendable {
    static let mediaType: MediaType = "application/vnd.in-toto+json"
    private static let empty = Array("{}".utf8)

    /// The artifact's manifest.
    let manifest: [UInt8]
    let descriptor: Descriptor
    /// What the manifest names: its configuration, which is empty, and the statement.
    let blobs: [(descriptor: Descriptor, bytes: [UInt8])]

    init(_ statement: Statement<some Encodable>, about subject: Descriptor) throws {
        let bytes = try CanonicalJSON.encode(statement)
        let layer = Descriptor(
            mediaType: Self.mediaType, describing: bytes,
            annotations: ["in-toto.io/predicate-type": statement.predicateType])
        let config = Descriptor(mediaType: .ociEmpty, describing: Self.empty)
        let manifest = ImageManifest(
            artifactType: Self.mediaType, config: config, layers: [layer],
            subject: Descriptor(mediaType: subject.mediaType, digest: subject.digest, size: subject.size))
        self.manifest = try CanonicalJSON.encode(manifest)
        var descriptor = Descriptor(mediaType: .ociManifest, describing: self.manifest)
        descriptor.artifactType = Self.mediaType
        self.descriptor = descriptor
        blobs = [(config, Self.empty), (layer, bytes)]
    }
}
