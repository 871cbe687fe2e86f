// https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
// https://github.com/distribution/distribution/blob/main/docs/content/spec/manifest-v2-2.md

/// One image for one platform: its configuration and its layers from the lowest up. Docker's second schema has the
/// same form under other media types.
package struct ImageManifest: Hashable, Sendable, Codable {
    package var mediaType: MediaType?
    package var artifactType: MediaType?
    package var config: Descriptor
    package var layers: [Descriptor]
    /// What this manifest is attached to.
    package var subject: Descriptor?
    package var annotations: [String: String]

    package init(
        mediaType: MediaType? = .ociManifest, artifactType: MediaType? = nil, config: Descriptor,
        layers: [Descriptor], subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) {
        self.mediaType = mediaType
        self.artifactType = artifactType
        self.config = config
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
    }

    /// Refuses the manifest of an artifact, whose configuration must not be read as that of an image: it may be empty or
    /// anything else.
    package func checkIsImage() throws(OCIError) {
        guard config.mediaType.isImageConfig else { throw .notAnImage(artifactType ?? config.mediaType) }
    }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion, mediaType, artifactType, config, layers, subject, annotations
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        mediaType = try container.decodeIfPresent(MediaType.self, forKey: .mediaType)
        artifactType = try container.decodeIfPresent(MediaType.self, forKey: .artifactType)
        config = try container.decode(Descriptor.self, forKey: .config)
        layers = try container.decodeIfPresent([Descriptor].self, forKey: .layers) ?? []
        subject = try container.decodeIfPresent(Descriptor.self, forKey: .subject)
        annotations = try container.decodeIfPresent([String: String].self, forKey: .annotations) ?? [:]
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(2, forKey: .schemaVersion)
        try container.encodeIfPresent(mediaType, forKey: .mediaType)
        try container.encodeIfPresent(artifactType, forKey: .artifactType)
        try container.encode(config, forKey: .config)
        try container.encode(layers, forKey: .layers)
        try container.encodeIfPresent(subject, forKey: .subject)
        try container.encodeUnlessEmpty(annotations, forKey: .annotations)
    }
}
