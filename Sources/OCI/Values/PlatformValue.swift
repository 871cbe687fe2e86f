// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions

package import Core

/// A platform as an index or a configuration spells it: kept as written, so that encoding gives it back unchanged.
package struct PlatformValue: Hashable, Sendable, Codable {
    package var architecture: String
    package var os: String
    package var osVersion: String?
    package var osFeatures: [String]
    package var variant: String?

    package init(
        architecture: String, os: String, osVersion: String? = nil, osFeatures: [String] = [], variant: String? = nil
    ) {
        self.architecture = architecture
        self.os = os
        self.osVersion = osVersion
        self.osFeatures = osFeatures
        self.variant = variant
    }

    package init(_ platform: Platform) {
        self.init(architecture: platform.architecture, os: platform.os, variant: platform.variant)
    }

    /// The same in normal form; nil for an entry that names no platform (`unknown/unknown`, as attestations have).
    package var platform: Platform? {
        guard !os.isEmpty, !architecture.isEmpty, os != "unknown", architecture != "unknown" else { return nil }
        return Platform(os: os, architecture: architecture, variant: variant)
    }

    private enum CodingKeys: String, CodingKey {
        case architecture, os, variant
        case osVersion = "os.version"
        case osFeatures = "os.features"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        architecture = try container.decodeIfPresent(String.self, forKey: .architecture) ?? ""
        os = try container.decodeIfPresent(String.self, forKey: .os) ?? ""
        osVersion = try container.decodeIfPresent(String.self, forKey: .osVersion)
        osFeatures = try container.decodeIfPresent([String].self, forKey: .osFeatures) ?? []
        variant = try container.decodeIfPresent(String.self, forKey: .variant)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(architecture, forKey: .architecture)
        try container.encode(os, forKey: .os)
        try container.encodeIfPresent(osVersion, forKey: .osVersion)
        try container.encodeUnlessEmpty(osFeatures, forKey: .osFeatures)
        try container.encodeIfPresent(variant, forKey: .variant)
    }
}
