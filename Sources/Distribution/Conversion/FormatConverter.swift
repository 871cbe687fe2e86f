// https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md#compatibility-matrix
import Core
import OCI

/// Rewrites documents for OCI's or docker's media types. Layers and configurations stay as they are, byte for byte.
struct FormatConverter: Sendable {
    let format: CopyOptions.Format
    /// Leaves out what docker's format has no place for.
    let drops: Bool

    /// - Throws: ``DistributionError/dockerLacks(_:)``.
    func convert(_ image: ImageManifest) throws -> ImageManifest {
        switch format {
        case .keep: return image
        case .oci:
            var image = image
            image.mediaType = .ociManifest
            image.config.mediaType = image.config.mediaType.inOCI
            for index in image.layers.indices { image.layers[index].mediaType = image.layers[index].mediaType.inOCI }
            return image
        case .docker: return try inDocker(image)
        }
    }

    private func inDocker(_ image: ImageManifest) throws -> ImageManifest {
        guard image.config.mediaType.isImageConfig else {
            throw DistributionError.dockerLacks("an artifact of type '\(image.config.mediaType.rawValue.prefix(100))'")
        }
        if image.subject != nil { throw DistributionError.dockerLacks("a reference to a subject") }
        try lose(image.annotations, "annotations of a manifest")
        return ImageManifest(
            mediaType: .dockerManifest, config: try inDocker(image.config), layers: try image.layers.map(inDocker))
    }

    private func inDocker(_ part: Descriptor) throws -> Descriptor {
        try lose(part.annotations, "annotations of a layer or configuration")
        guard let type = part.mediaType.inDocker else {
            if part.mediaType.layerCompression == .zstd { throw DistributionError.dockerZstd }
            throw DistributionError.dockerLacks("a layer of type '\(part.mediaType.rawValue.prefix(100))'")
        }
        return Descriptor(mediaType: type, digest: part.digest, size: part.size, urls: part.urls)
    }

    /// - Parameter children: what the entries' documents became.
    func convert(_ index: ImageIndex, children: [Digest: Descriptor]) throws -> ImageIndex {
        var index = index
        if format == .oci { index.mediaType = .ociIndex }
        if format == .docker {
            if index.subject != nil { throw DistributionError.dockerLacks("a reference to a subject") }
            try lose(index.annotations, "annotations of an index")
            index = ImageIndex(mediaType: .dockerList, manifests: try index.manifests.filter(fitsDocker))
        }
        index.manifests = try index.manifests.map { entry in
            guard let child = children[entry.digest] else { return entry }
            var entry = entry
            (entry.mediaType, entry.digest, entry.size) = (child.mediaType, child.digest, child.size)
            entry.data = nil
            // An attestation names the image that it is about.
            if let about = entry.annotations[Annotation.dockerReferenceDigest].flatMap({ try? Digest(parsing: $0) }),
                let image = children[about]
            {
                entry.annotations[Annotation.dockerReferenceDigest] = image.digest.description
            }
            if format == .docker {
                try lose(entry.annotations, "annotations of an index's entry")
                (entry.annotations, entry.artifactType) = ([:], nil)
            }
            return entry
        }
        return index
    }

    /// Whether an entry can be in a list of docker's; attestations can't.
    func fitsDocker(_ entry: Descriptor) throws -> Bool {
        guard format == .docker, entry.isAttestation else { return true }
        guard drops else { throw DistributionError.dockerLacks("attestations") }
        return false
    }

    private func lose(_ annotations: [String: String], _ what: String) throws {
        guard annotations.isEmpty || drops else { throw DistributionError.dockerLacks(what) }
    }
}

extension MediaType {
    /// The OCI type for the same content; itself when there is none.
    fileprivate var inOCI: MediaType {
        switch self {
        case .dockerConfig: .ociConfig
        case .dockerLayerTar: .ociLayerTar
        case .dockerLayerGzip: .ociLayerGzip
        case .dockerLayerZstd: .ociLayerZstd
        case .dockerForeignLayerTar: .ociForeignLayerTar
        case .dockerForeignLayerGzip: .ociForeignLayerGzip
        default: self
        }
    }

    /// The type of docker's schema 2 for the same content.
    fileprivate var inDocker: MediaType? {
        switch self {
        case .ociConfig, .dockerConfig: .dockerConfig
        case .ociLayerTar, .dockerLayerTar: .dockerLayerTar
        case .ociLayerGzip, .dockerLayerGzip: .dockerLayerGzip
        case .ociForeignLayerTar, .dockerForeignLayerTar: .dockerForeignLayerTar
        case .ociForeignLayerGzip, .dockerForeignLayerGzip: .dockerForeignLayerGzip
        default: nil
        }
    }

    /// The type of the same layer packed in another way; nil when the format has none.
    func compressed(_ compression: LayerCompression) -> MediaType? {
        switch self {
        case .dockerLayerTar, .dockerLayerGzip, .dockerLayerZstd:
            switch compression {
            case .none: .dockerLayerTar
            case .gzip: .dockerLayerGzip
            case .zstd: nil
            }
        default: .ociLayer(compression)
        }
    }
}
