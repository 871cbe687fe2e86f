// https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md

package import Core

/// The configuration of an image: what it runs on, how it is started, and the uncompressed layers it is made of.
///
/// Times are RFC 3339 text, kept as written. Empty and absent are one thing, as in the specification, and are not
/// written.
package struct ImageConfig: Hashable, Sendable, Codable {
    package var created: String?
    package var author: String?
    package var architecture: String
    package var os: String
    package var osVersion: String?
    package var osFeatures: [String]
    package var variant: String?
    package var config: ContainerConfig
    package var rootfs: RootFS
    package var history: [History]

    package init(
        created: String? = nil, author: String? = nil, platform: Platform, config: ContainerConfig = .init(),
        diffIDs: [Digest] = [], history: [History] = []
    ) {
        self.created = created
        self.author = author
        architecture = platform.architecture
        os = platform.os
        osVersion = nil
        osFeatures = []
        variant = platform.variant
        self.config = config
        rootfs = RootFS(diffIDs: diffIDs)
        self.history = history
    }

    /// The largest configuration that is read, in bytes.
    package static let byteLimit = 8 << 20

    /// Decodes a configuration.
    /// - Throws: ``OCIError``.
    package init(decoding bytes: [UInt8]) throws(OCIError) {
        self = try CanonicalJSON.decode(ImageConfig.self, from: bytes, kind: .config, limit: Self.byteLimit)
    }

    /// What the image runs on, in normal form.
    package var platform: Platform { Platform(os: os, architecture: architecture, variant: variant) }

    /// Checks that the configuration describes as many layers as its manifest lists.
    /// - Throws: ``OCIError/layerCount(config:manifest:)``.
    package func check(against manifest: ImageManifest) throws(OCIError) {
        guard rootfs.diffIDs.count == manifest.layers.count else {
            throw .layerCount(config: rootfs.diffIDs.count, manifest: manifest.layers.count)
        }
    }

    /// The digests of the uncompressed layers, from the lowest up.
    package struct RootFS: Hashable, Sendable, Codable {
        package var diffIDs: [Digest]

        package init(diffIDs: [Digest]) { self.diffIDs = diffIDs }

        private enum CodingKeys: String, CodingKey {
            case type
            case diffIDs = "diff_ids"
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let type = try container.decodeIfPresent(String.self, forKey: .type) ?? "layers"
            guard type == "layers" else {
                throw DecodingError.dataCorruptedError(
                    forKey: .type, in: container, debugDescription: "the type of rootfs is not 'layers'")
            }
            diffIDs = try container.decodeIfPresent([Digest].self, forKey: .diffIDs) ?? []
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode("layers", forKey: .type)
            try container.encode(diffIDs, forKey: .diffIDs)
        }
    }

    /// One step that made the image.
    package struct History: Hashable, Sendable, Codable {
        package var created: String?
        package var createdBy: String?
        package var author: String?
        package var comment: String?
        /// True when the step added no layer.
        package var emptyLayer: Bool

        package init(
            created: String? = nil, createdBy: String? = nil, author: String? = nil, comment: String? = nil,
            emptyLayer: Bool = false
        ) {
            self.created = created
            self.createdBy = createdBy
            self.author = author
            self.comment = comment
            self.emptyLayer = emptyLayer
        }

        private enum CodingKeys: String, CodingKey {
            case created, author, comment
            case createdBy = "created_by"
            case emptyLayer = "empty_layer"
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            created = try container.decodeIfPresent(String.self, forKey: .created)
            createdBy = try container.decodeIfPresent(String.self, forKey: .createdBy)
            author = try container.decodeIfPresent(String.self, forKey: .author)
            comment = try container.decodeIfPresent(String.self, forKey: .comment)
            emptyLayer = try container.decodeIfPresent(Bool.self, forKey: .emptyLayer) ?? false
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(created, forKey: .created)
            try container.encodeUnlessEmpty(createdBy, forKey: .createdBy)
            try container.encodeUnlessEmpty(author, forKey: .author)
            try container.encodeUnlessEmpty(comment, forKey: .comment)
            if emptyLayer { try container.encode(true, forKey: .emptyLayer) }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case created, author, architecture, os, variant, config, rootfs, history
        case osVersion = "os.version"
        case osFeatures = "os.features"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        created = try container.decodeIfPresent(String.self, forKey: .created)
        author = try container.decodeIfPresent(String.self, forKey: .author)
        architecture = try container.decodeIfPresent(String.self, forKey: .architecture) ?? ""
        os = try container.decodeIfPresent(String.self, forKey: .os) ?? ""
        osVersion = try container.decodeIfPresent(String.self, forKey: .osVersion)
        osFeatures = try container.decodeIfPresent([String].self, forKey: .osFeatures) ?? []
        variant = try container.decodeIfPresent(String.self, forKey: .variant)
        config = try container.decodeIfPresent(ContainerConfig.self, forKey: .config) ?? ContainerConfig()
        rootfs = try container.decode(RootFS.self, forKey: .rootfs)
        history = try container.decodeIfPresent([History].self, forKey: .history) ?? []
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeUnlessEmpty(created, forKey: .created)
        try container.encodeUnlessEmpty(author, forKey: .author)
        try container.encode(architecture, forKey: .architecture)
        try container.encode(os, forKey: .os)
        try container.encodeUnlessEmpty(osVersion, forKey: .osVersion)
        try container.encodeUnlessEmpty(osFeatures, forKey: .osFeatures)
        try container.encodeUnlessEmpty(variant, forKey: .variant)
        try container.encode(config, forKey: .config)
        try container.encode(rootfs, forKey: .rootfs)
        try container.encodeUnlessEmpty(history, forKey: .history)
    }
}
