// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
internal import Archive
internal import Core
internal import OCI

/// Reads an image out of an OCI layout.
struct OCILayoutReader {
    private let files: any LayoutFiles
    let index: ImageIndex

    /// Nil when there is no `oci-layout` file.
    init?(_ files: any LayoutFiles) throws {
        guard let marker = try files.read(BytePath(cleaning: OCILayoutFile.name), limit: 64 << 10) else { return nil }
        _ = try OCILayoutFile(decoding: marker)
        let path = BytePath(cleaning: OCILayoutFile.indexName)
        guard let bytes = try files.read(path, limit: Manifest.byteLimit) else {
            throw ImageLayoutError.missing(OCILayoutFile.indexName)
        }
        self.files = files
        index = try ImageIndex(decodingLayoutIndex: bytes)
    }

    /// What a name stands for, without a choice of platform.
    func root(named name: String?) throws -> LayoutReader.Root {
        var entry = try index.entry(imageNamed: name)
        let bytes = try small(entry, limit: Manifest.byteLimit)
        entry = Descriptor(
            mediaType: try Manifest(decoding: bytes, mediaType: entry.mediaType).mediaType, digest: entry.digest,
            size: entry.size)
        return LayoutReader.Root(descriptor: entry, bytes: bytes, names: names(of: entry.digest), isMade: false)
    }

    /// Full names of an image.
    private func names(of digest: Digest) -> [String] {
        index.manifests.filter { $0.digest == digest }.compactMap { $0.annotations[Annotation.containerdName] }
    }

    func read(name: String?, platform: Platform, into receiver: some BlobReceiver) throws -> ImportedImage {
        let entry = try index.entry(imageNamed: name)
        let (descriptor, bytes, image) = try select(entry, platform)
        var config: ImageConfig?
        if image.config.mediaType.isImageConfig {
            let decoded = try ImageConfig(decoding: small(image.config, limit: ImageConfig.byteLimit))
            try decoded.check(against: image)
            config = decoded
        }
        for blob in [image.config] + image.layers where try !receiver.containsBlob(blob.digest) {
            try receiver.receiveBlob(blob, from: open(blob))
        }
        if try !receiver.containsBlob(descriptor.digest) {
            let source = VerifyingSource(BytesSource(bytes), descriptor, name: descriptor.digest.description)
            try receiver.receiveBlob(descriptor, from: source)
        }
        return ImportedImage(manifest: descriptor, image: image, config: config, names: names(of: entry.digest))
    }

    /// Goes down through indexes to the image of a platform.
    private func select(
        _ entry: Descriptor, _ platform: Platform
    ) throws -> (Descriptor, [UInt8], ImageManifest) {
        var descriptor = entry
        for _ in 0...4 {
            let bytes = try small(descriptor, limit: Manifest.byteLimit)
            switch try Manifest(decoding: bytes, mediaType: descriptor.mediaType) {
            case .image(let image):
                descriptor.mediaType = image.mediaType ?? descriptor.mediaType
                descriptor.annotations = [:]
                descriptor.platform = nil
                descriptor.data = nil
                return (descriptor, bytes, image)
            case .index(let inner): descriptor = try inner.select(platform: platform)
            }
        }
        throw ImageLayoutError.nestedIndexes
    }

    private func small(_ descriptor: Descriptor, limit: Int) throws -> [UInt8] {
        guard descriptor.size <= limit else {
            throw ArchiveError.tooLong(descriptor.digest.description, limit: Int64(limit))
        }
        return try open(descriptor).readAll(limit: limit, what: descriptor.digest.description)
    }

    private func open(_ descriptor: Descriptor) throws -> VerifyingSource {
        let path = OCILayoutFile.blobPath(descriptor.digest)
        guard let (source, _) = try files.open(path) else { throw ImageLayoutError.missing(path.description) }
        return VerifyingSource(source, descriptor, name: path.description)
    }
}

extension ImageIndex {
    /// The entry of a name; a full name finds what containerd and docker wrote under it, else its tag counts.
    fileprivate func entry(imageNamed name: String?) throws(OCIError) -> Descriptor {
        guard let name else { return try entry(named: nil) }
        let full = (try? Reference(parsing: name))?.description
        if let full, let entry = manifests.last(where: { $0.annotations[Annotation.containerdName] == full }) {
            return entry
        }
        return try entry(named: name)
    }
}
