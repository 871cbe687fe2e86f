// https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md

package import Core
import FoundationEssentials

/// Names some content: what it is, its digest and its exact size in bytes.
package struct Descriptor: Hashable, Sendable, Codable {
    package var mediaType: MediaType
    package var digest: Digest
    /// In bytes; never negative.
    package var size: Int
    /// Where else the content may be fetched; only foreign layers use it.
    package var urls: [String]
    package var annotations: [String: String]
    /// What the image runs on; only inside an index.
    package var platform: PlatformValue?
    package var artifactType: MediaType?
    /// The content itself, when it is small and was embedded. It is untrusted until its digest has been compared.
    package var data: [UInt8]?

    package init(
        mediaType: MediaType, digest: Digest, size: Int, urls: [String] = [], annotations: [String: String] = [:],
        platform: PlatformValue? = nil, artifactType: MediaType? = nil, data: [UInt8]? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.urls = urls
        self.annotations = annotations
        self.platform = platform
        self.artifactType = artifactType
        self.data = data
    }

    /// Describes bytes at hand.
    package init(mediaType: MediaType, describing content: [UInt8], annotations: [String: String] = [:]) {
        self.init(
            mediaType: mediaType, digest: SHA256.digest(of: content), size: content.count, annotations: annotations)
    }

    private enum CodingKeys: String, CodingKey {
        case mediaType, digest, size, urls, annotations, platform, artifactType, data
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        mediaType = try container.decodeIfPresent(MediaType.self, forKey: .mediaType) ?? ""
        digest = try container.decode(Digest.self, forKey: .digest)
        size = try container.decode(Int.self, forKey: .size)
        guard size >= 0 else {
            throw DecodingError.dataCorruptedError(forKey: .size, in: container, debugDescription: "size is negative")
        }
        urls = try container.decodeIfPresent([String].self, forKey: .urls) ?? []
        annotations = try container.decodeIfPresent([String: String].self, forKey: .annotations) ?? [:]
        platform = try container.decodeIfPresent(PlatformValue.self, forKey: .platform)
        artifactType = try container.decodeIfPresent(MediaType.self, forKey: .artifactType)
        data = try container.decodeIfPresent(Data.self, forKey: .data).map { Array($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(mediaType, forKey: .mediaType)
        try container.encode(digest, forKey: .digest)
        try container.encode(size, forKey: .size)
        try container.encodeUnlessEmpty(urls, forKey: .urls)
        try container.encodeUnlessEmpty(annotations, forKey: .annotations)
        try container.encodeIfPresent(platform, forKey: .platform)
        try container.encodeIfPresent(artifactType, forKey: .artifactType)
        try container.encodeIfPresent(data.map { Data($0) }, forKey: .data)
    }
}
