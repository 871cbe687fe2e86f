// https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md
// https://github.com/distribution/distribution/blob/main/docs/content/spec/manifest-v2-2.md

/// The media type of a piece of content, without parameters. Any text is kept; the ones with a meaning here have names.
package struct MediaType: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }

    /// Takes the value of a `Content-Type` header: parameters and blanks are dropped, letters are lowered.
    package init(header: String) {
        let end = header.utf8.firstIndex(of: UInt8(ascii: ";")) ?? header.utf8.endIndex
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let word = header.utf8[..<end].drop(while: isBlank)
        let blanks = word.reversed().prefix(while: isBlank).count
        rawValue = String(decoding: word.dropLast(blanks), as: UTF8.self).lowercased()
    }

    package var description: String { rawValue }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension MediaType {
    package static let ociManifest: MediaType = "application/vnd.oci.image.manifest.v1+json"
    package static let ociIndex: MediaType = "application/vnd.oci.image.index.v1+json"
    package static let ociConfig: MediaType = "application/vnd.oci.image.config.v1+json"
    package static let ociEmpty: MediaType = "application/vnd.oci.empty.v1+json"
    package static let ociLayerTar: MediaType = "application/vnd.oci.image.layer.v1.tar"
    package static let ociLayerGzip: MediaType = "application/vnd.oci.image.layer.v1.tar+gzip"
    package static let ociLayerZstd: MediaType = "application/vnd.oci.image.layer.v1.tar+zstd"
    package static let ociForeignLayerTar: MediaType = "application/vnd.oci.image.layer.nondistributable.v1.tar"
    package static let ociForeignLayerGzip: MediaType = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
    package static let ociForeignLayerZstd: MediaType = "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"

    package static let dockerManifest: MediaType = "application/vnd.docker.distribution.manifest.v2+json"
    package static let dockerList: MediaType = "application/vnd.docker.distribution.manifest.list.v2+json"
    package static let dockerConfig: MediaType = "application/vnd.docker.container.image.v1+json"
    package static let dockerLayerTar: MediaType = "application/vnd.docker.image.rootfs.diff.tar"
    package static let dockerLayerGzip: MediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    package static let dockerLayerZstd: MediaType = "application/vnd.docker.image.rootfs.diff.tar.zstd"
    package static let dockerForeignLayerTar: MediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar"
    package static let dockerForeignLayerGzip: MediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

    /// Docker's first schema, which is only recognised so that it can be refused by name.
    package static let dockerSchema1: MediaType = "application/vnd.docker.distribution.manifest.v1+json"
    package static let dockerSchema1Signed: MediaType = "application/vnd.docker.distribution.manifest.v1+prettyjws"

    /// What a client asks for when it wants an image or an index, in order of preference.
    package static let manifests: [MediaType] = [.ociIndex, .ociManifest, .dockerList, .dockerManifest]
}

/// How the tar of a layer is packed.
package enum LayerCompression: String, Hashable, Sendable, CaseIterable {
    case none, gzip, zstd
}

extension MediaType {
    /// True for an index of OCI and a manifest list of docker.
    package var isIndex: Bool { self == .ociIndex || self == .dockerList }

    /// True for an image manifest of OCI and of docker's second schema.
    package var isImageManifest: Bool { self == .ociManifest || self == .dockerManifest }

    package var isSchema1: Bool { self == .dockerSchema1 || self == .dockerSchema1Signed }

    /// True for the configuration of a runnable image, not of some other artifact.
    package var isImageConfig: Bool { self == .ociConfig || self == .dockerConfig }

    /// How a layer of this type is packed; nil when it is no file system layer.
    package var layerCompression: LayerCompression? {
        switch self {
        case .ociLayerTar, .ociForeignLayerTar, .dockerLayerTar, .dockerForeignLayerTar: LayerCompression.none
        case .ociLayerGzip, .ociForeignLayerGzip, .dockerLayerGzip, .dockerForeignLayerGzip: .gzip
        case .ociLayerZstd, .ociForeignLayerZstd, .dockerLayerZstd: .zstd
        default: nil
        }
    }

    /// True for layers that registries may refuse to hold and whose descriptor names where they lie (`urls`).
    package var isForeignLayer: Bool {
        switch self {
        case .ociForeignLayerTar, .ociForeignLayerGzip, .ociForeignLayerZstd, .dockerForeignLayerTar,
            .dockerForeignLayerGzip:
            true
        default: false
        }
    }

    /// The OCI type of a layer packed so.
    package static func ociLayer(_ compression: LayerCompression) -> MediaType {
        switch compression {
        case .none: .ociLayerTar
        case .gzip: .ociLayerGzip
        case .zstd: .ociLayerZstd
        }
    }
}
