// https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format
internal import Archive
internal import Core
internal import OCI

/// Reads an image out of what `docker save` wrote before it wrote OCI layouts.
struct DockerArchiveReader {
    private let files: any LayoutFiles
    private let entries: [DockerManifestEntry]

    /// An image of the archive with the manifest that it lacks.
    struct Image {
        var config: ImageConfig
        var configBytes: [UInt8]
        var manifest: ImageManifest
        var manifestBytes: [UInt8]
        var descriptor: Descriptor
        /// Full names.
        var names: [String]
        /// Where the configuration and each layer lie.
        var paths: [Digest: BytePath]
        /// What compressed layers must unpack to, which is all that the archive says of their bytes.
        var unpacked: [Digest: Set<Digest>]
    }

    /// Nil when there is no `manifest.json`.
    init?(_ files: any LayoutFiles) throws {
        let path = BytePath(cleaning: DockerManifestEntry.fileName)
        guard let bytes = try files.read(path, limit: Manifest.byteLimit) else { return nil }
        self.files = files
        do {
            entries = try CanonicalJSON.decode(
                [DockerManifestEntry].self, from: bytes, kind: .manifest, limit: Manifest.byteLimit)
        } catch .malformed(_, let path, let reason) {
            throw ImageLayoutError.malformedManifest(path.isEmpty ? reason : "\(reason) at \(path)")
        }
    }

    var names: [String] { entries.flatMap { $0.repoTags ?? [] } }

    /// The names of each image; the digest of its configuration, as the file's name has it, where it has none.
    var selectors: [String] {
        entries.flatMap { entry in
            let names = entry.repoTags ?? []
            return names.isEmpty ? [Self.configDigest(entry)?.description].compactMap { $0 } : names
        }
    }

    private static func configDigest(_ entry: DockerManifestEntry) -> Digest? {
        Digest(hex: BytePath(cleaning: entry.config).name.prefix { $0 != UInt8(ascii: ".") }.text)
    }

    func read(name: String?, into receiver: some BlobReceiver) throws -> ImportedImage {
        let image = try image(named: name)
        for layer in image.manifest.layers where try !receiver.containsBlob(layer.digest) {
            guard let path = image.paths[layer.digest], let (source, _) = try files.open(path) else { continue }
            try Self.check(layer, image, files)
            try receiver.receiveBlob(layer, from: VerifyingSource(source, layer, name: path.description))
        }
        try put(image.configBytes, image.manifest.config, receiver)
        try put(image.manifestBytes, image.descriptor, receiver)
        return ImportedImage(
            manifest: image.descriptor, image: image.manifest, config: image.config, names: image.names)
    }

    /// Describes an image. Layers are plain tar as a rule, and then their digests are their diff IDs, which is compared
    /// when they are copied; compressed ones are read here, and compared by ``check(_:_:_:)``.
    func image(named name: String?) throws -> Image {
        let entry = try entry(named: name)
        let path = BytePath(cleaning: entry.config)
        guard let bytes = try files.read(path, limit: ImageConfig.byteLimit) else {
            throw ImageLayoutError.missing(entry.config)
        }
        let config = try ImageConfig(decoding: bytes)
        guard config.rootfs.diffIDs.count == entry.layers.count else {
            throw OCIError.layerCount(config: config.rootfs.diffIDs.count, manifest: entry.layers.count)
        }
        let configDescriptor = Descriptor(mediaType: .ociConfig, describing: bytes)
        // The file is named by what it should hash to.
        if let stated = Self.configDigest(entry), stated != configDescriptor.digest {
            throw ImageLayoutError.wrongContent(entry.config, expected: stated, actual: configDescriptor.digest)
        }
        var layers: [Descriptor] = []
        var paths = [configDescriptor.digest: path]
        var unpacked: [Digest: Set<Digest>] = [:]
        // A file that is listed often is read once.
        var known: [String: Descriptor] = [:]
        for (name, diffID) in zip(entry.layers, config.rootfs.diffIDs) {
            let key = "\(diffID) \(name)"
            let layer = try known[key] ?? describe(name, diffID)
            known[key] = layer
            layers.append(layer)
            paths[layer.digest] = BytePath(cleaning: name)
            if layer.mediaType != .ociLayerTar { unpacked[layer.digest, default: []].insert(diffID) }
        }
        let manifest = ImageManifest(config: configDescriptor, layers: layers)
        let manifestBytes = try CanonicalJSON.encode(manifest)
        return Image(
            config: config, configBytes: bytes, manifest: manifest, manifestBytes: manifestBytes,
            descriptor: Descriptor(mediaType: .ociManifest, describing: manifestBytes),
            names: (entry.repoTags ?? []).compactMap { (try? Reference(parsing: $0))?.description }, paths: paths,
            unpacked: unpacked)
    }

    /// Unpacks a compressed layer to compare it with its diff ID. Nothing else in the archive tells whether its bytes are
    /// the right ones, so who keeps it without unpacking it must not go without.
    static func check(_ layer: Descriptor, _ image: Image, _ files: any LayoutFiles) throws {
        guard let expected = image.unpacked[layer.digest], let path = image.paths[layer.digest] else { return }
        let name = path.description
        guard let (source, _) = try files.open(path) else { throw ImageLayoutError.missing(name) }
        let content = HashingSource(try Compression.open(source).source)
        try content.drain()
        let actual = content.digest
        for diffID in expected where diffID != actual {
            throw ImageLayoutError.wrongContent(name, expected: diffID, actual: actual)
        }
    }

    private func entry(named name: String?) throws -> DockerManifestEntry {
        guard let name else {
            if entries.count == 1 { return entries[0] }
            throw ImageLayoutError.nameNeeded(available: names)
        }
        let wanted = (try? Reference(parsing: name))?.description ?? name
        let found = entries.first { entry in
            (entry.repoTags ?? []).contains { $0 == name || (try? Reference(parsing: $0))?.description == wanted }
        }
        if let found { return found }
        if let digest = try? Digest(parsing: name),
            let found = entries.first(where: { Self.configDigest($0) == digest })
        {
            return found
        }
        // A bare tag, as the name of an OCI layout's image is.
        let tagged = entries.filter { ($0.repoTags ?? []).contains { $0.hasSuffix(":" + name) } }
        guard tagged.count == 1 else { throw ImageLayoutError.noSuchImage(name, available: names) }
        return tagged[0]
    }

    private func describe(_ name: String, _ diffID: Digest) throws -> Descriptor {
        guard let (probe, size) = try files.open(BytePath(cleaning: name)) else {
            throw ImageLayoutError.missing(name)
        }
        guard let bytes = Int(exactly: size) else { throw ArchiveError.tooLong(name, limit: Int64(Int.max)) }
        let raw = HashingSource(probe)
        let type: MediaType
        switch try Compression.detect(startOf: raw) {
        case .none: return Descriptor(mediaType: .ociLayerTar, digest: diffID, size: bytes)
        case .gzip: type = .ociLayerGzip
        case .zstd: type = .ociLayerZstd
        case let compression:
            throw ImageLayoutError.malformedManifest("layer '\(name)' is compressed with \(compression.rawValue)")
        }
        try raw.drain()
        return Descriptor(mediaType: type, digest: raw.digest, size: bytes)
    }

    private func put(_ bytes: [UInt8], _ descriptor: Descriptor, _ receiver: some BlobReceiver) throws {
        if try receiver.containsBlob(descriptor.digest) { return }
        let source = VerifyingSource(BytesSource(bytes), descriptor, name: descriptor.digest.description)
        try receiver.receiveBlob(descriptor, from: source)
    }
}

extension Collection<UInt8> {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
