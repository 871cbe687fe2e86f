// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
package import Archive
package import Core
private import Glibc
private import HostOS
package import OCI

/// Writes images as OCI layouts and archives. The same image and names give the same bytes.
package enum LayoutExport {
    /// Writes into a layout on disk, which is made when it is missing; other images in it stay.
    ///
    /// Blobs that are there with the right size are left alone; others share their bytes with the provider's files
    /// where the file system can. Each file appears whole, `index.json` last. Without names the image takes the place
    /// of the one that has no name.
    /// - Parameter manifest: describes an image's manifest or an index, which is then written with all its images.
    package static func writeDirectory(
        _ manifest: Descriptor, names: [LayoutName], to path: String, from provider: some BlobProvider
    ) throws {
        let blobs = try ImageBlobs(manifest, from: provider)
        try Directory.create(path + "/blobs/sha256")
        for blob in blobs.all { try copy(blob, to: "\(path)/\(OCILayoutFile.blobPath(blob.digest))", provider) }
        // Two writers of one layout take turns, so that neither loses the other's entry.
        let directory = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)
        try check("lock", path) { flock(directory.raw, LOCK_EX) }
        defer { withExtendedLifetime(directory) {} }
        let markerPath = "\(path)/\(OCILayoutFile.name)"
        if try FileInfo.of(markerPath, followLinks: true) == nil {
            try AtomicFile.write(CanonicalJSON.encode(OCILayoutFile()), to: markerPath)
        } else {
            _ = try OCILayoutFile(decoding: WholeFile.read(markerPath, limit: 64 << 10))
        }
        var index = ImageIndex(manifests: [])
        let indexPath = "\(path)/\(OCILayoutFile.indexName)"
        if try FileInfo.of(indexPath, followLinks: true) != nil {
            index = try ImageIndex(decodingLayoutIndex: WholeFile.read(indexPath, limit: Manifest.byteLimit))
        }
        try enter(manifest, names, in: &index)
        try AtomicFile.write(CanonicalJSON.encode(index), to: indexPath)
    }

    /// Writes an `oci-archive`: a layout of its own as an uncompressed tar.
    package static func writeArchive(
        _ manifest: Descriptor, names: [LayoutName], to sink: any ByteSink, from provider: some BlobProvider
    ) throws {
        let blobs = try ImageBlobs(manifest, from: provider)
        try writeArchive(blobs, manifest, names, extra: nil, sink, provider)
    }

    /// Writes what `docker save` writes and `docker load` reads: a layout with a `manifest.json` beside it.
    /// - Parameter names: tags of the image; references without a tag are left out.
    package static func writeDockerArchive(
        _ manifest: Descriptor, names: [Reference], to sink: any ByteSink, from provider: some BlobProvider
    ) throws {
        let blobs = try ImageBlobs(manifest, from: provider)
        let layoutNames = LayoutName.names(for: names)
        let entries = blobs.images.map { image in
            DockerManifestEntry(
                config: OCILayoutFile.blobPath(image.manifest.config.digest).description,
                repoTags: layoutNames.compactMap(\.imageName),
                layers: image.manifest.layers.map { OCILayoutFile.blobPath($0.digest).description })
        }
        try writeArchive(blobs, manifest, layoutNames, extra: CanonicalJSON.encode(entries), sink, provider)
    }

    private static func writeArchive(
        _ blobs: ImageBlobs, _ manifest: Descriptor, _ names: [LayoutName], extra dockerManifest: [UInt8]?,
        _ sink: any ByteSink, _ provider: some BlobProvider
    ) throws {
        var index = ImageIndex(manifests: [])
        try enter(manifest, names, in: &index)
        var archive = ArchiveWriter(sink)
        try archive.directory("blobs")
        try archive.directory("blobs/sha256")
        for blob in blobs.all {
            let name = OCILayoutFile.blobPath(blob.digest).description
            let file = DescriptorSource(try provider.openBlob(blob.digest))
            try archive.file(name, Int64(blob.size), VerifyingSource(file, blob, name: name))
        }
        try archive.file(OCILayoutFile.indexName, CanonicalJSON.encode(index))
        if let dockerManifest { try archive.file(DockerManifestEntry.fileName, dockerManifest) }
        try archive.file(OCILayoutFile.name, CanonicalJSON.encode(OCILayoutFile()))
        try archive.finish()
    }

    private static func copy(_ blob: Descriptor, to path: String, _ provider: some BlobProvider) throws {
        if let info = try FileInfo.of(path), info.kind == .file, info.size == Int64(blob.size) { return }
        let file = try AtomicFile(path)
        try file.descriptor.copyContents(of: provider.openBlob(blob.digest))
        let size = try file.descriptor.info().size
        guard size == Int64(blob.size) else {
            throw ImageLayoutError.wrongSize(blob.digest.description, expected: blob.size, actual: Int(size))
        }
        try file.publish()
    }

    /// Enters an image in a layout's index; without names it takes the place of the one that has none.
    package static func enter(_ manifest: Descriptor, _ names: [LayoutName], in index: inout ImageIndex) throws {
        // What the place it comes from said of it is not said of it here.
        var entry = manifest
        entry.annotations = [:]
        entry.urls = []
        entry.data = nil
        if names.isEmpty {
            index.manifests.removeAll { $0.annotations[Annotation.refName] == nil }
            index.manifests.append(entry)
        }
        for name in names {
            entry.annotations[Annotation.containerdName] = name.imageName
            index.setEntry(entry, named: name.refName)
        }
    }
}

/// One image in the `manifest.json` of a docker archive.
package struct DockerManifestEntry: Codable {
    package static let fileName = "manifest.json"

    var config: String
    var repoTags: [String]?
    var layers: [String]

    private enum CodingKeys: String, CodingKey {
        case config = "Config"
        case repoTags = "RepoTags"
        case layers = "Layers"
    }

    package init(config: String, repoTags: [String]?, layers: [String]) {
        self.config = config
        self.repoTags = repoTags
        self.layers = layers
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        config = try container.decode(String.self, forKey: .config)
        repoTags = try container.decodeIfPresent([String].self, forKey: .repoTags)
        // An image without layers is written as null.
        layers = try container.decodeIfPresent([String].self, forKey: .layers) ?? []
    }
}
