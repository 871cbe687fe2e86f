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
        let writer = try LayoutDirectoryWriter(path, .oci)
        for blob in blobs.all where try !writer.contains(blob) {
            let file = try provider.openBlob(blob.digest)
            try writer.write(blob, from: BlobFile(file, size: file.info().size, isVerified: true))
        }
        try writer.finish(manifest, ImageBlobs.read(manifest, from: provider), names: names)
    }

    /// Writes an `oci-archive`: a layout of its own as an uncompressed tar.
    package static func writeArchive(
        _ manifest: Descriptor, names: [LayoutName], to sink: any ByteSink, from provider: some BlobProvider
    ) throws {
        let blobs = try ImageBlobs(manifest, from: provider)
        var index = ImageIndex(manifests: [])
        try enter(manifest, names, in: &index)
        try writeArchive(blobs.all, index, docker: nil, to: sink) { try provider.openSource($0) }
    }

    /// Writes what `docker save` writes and `docker load` reads: a layout with a `manifest.json` beside it.
    /// - Parameter names: tags of the image; references without a tag are left out.
    package static func writeDockerArchive(
        _ manifest: Descriptor, names: [Reference], to sink: any ByteSink, from provider: some BlobProvider
    ) throws {
        let blobs = try ImageBlobs(manifest, from: provider)
        let layoutNames = LayoutName.names(for: names)
        var index = ImageIndex(manifests: [])
        try enter(manifest, layoutNames, in: &index)
        let entries = blobs.images.map { DockerManifestEntry($0.manifest, layoutNames) }
        try writeArchive(blobs.all, index, docker: entries, to: sink) { try provider.openSource($0) }
    }

    /// Writes a layout as an uncompressed tar. The same arguments give the same bytes.
    /// - Parameters:
    ///   - blobs: everything that the images consist of, documents included.
    ///   - index: names the images.
    ///   - docker: what `docker load` reads of them; nil leaves it out.
    ///   - open: gives a blob's bytes, and has them verified.
    package static func writeArchive(
        _ blobs: [Descriptor], _ index: ImageIndex, docker: [DockerManifestEntry]?, to sink: any ByteSink,
        open: (Descriptor) throws -> any ByteSource
    ) throws {
        var archive = ArchiveWriter(sink)
        try archive.directory("blobs")
        try archive.directory("blobs/sha256")
        for blob in blobs.sorted(by: { $0.digest < $1.digest }) {
            try archive.file(OCILayoutFile.blobPath(blob.digest).description, Int64(blob.size), open(blob))
        }
        try archive.file(OCILayoutFile.indexName, CanonicalJSON.encode(index))
        if let docker { try archive.file(DockerManifestEntry.fileName, CanonicalJSON.encode(docker)) }
        try archive.file(OCILayoutFile.name, CanonicalJSON.encode(OCILayoutFile()))
        try archive.finish()
    }

    /// Enters an image in a layout's index; without names it takes the place of the one that has none.
    package static func enter(_ manifest: Descriptor, _ names: [LayoutName], in index: inout ImageIndex) throws {
        // What the place it comes from said of it is not said of it here.
        var entry = manifest
        entry.annotations = [:]
        entry.urls = []
        entry.data = nil
        if names.isEmpty {
            index.manifests.removeAll { $0.annotations[Annotation.refName] == nil && $0.artifactType == nil }
            index.manifests.append(entry)
        }
        for name in names {
            entry.annotations[Annotation.containerdName] = name.imageName
            index.setEntry(entry, named: name.refName)
        }
    }
}

extension BlobProvider {
    /// A blob's bytes, verified.
    fileprivate func openSource(_ blob: Descriptor) throws -> any ByteSource {
        VerifyingSource(DescriptorSource(try openBlob(blob.digest)), blob, name: blob.digest.description)
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

    /// - Parameter names: of these, those with a full name become tags.
    package init(_ image: ImageManifest, _ names: [LayoutName]) {
        self.init(
            config: OCILayoutFile.blobPath(image.config.digest).description,
            repoTags: names.compactMap(\.imageName),
            layers: image.layers.map { OCILayoutFile.blobPath($0.digest).description })
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        config = try container.decode(String.self, forKey: .config)
        repoTags = try container.decodeIfPresent([String].self, forKey: .repoTags)
        // An image without layers is written as null.
        layers = try container.decodeIfPresent([String].self, forKey: .layers) ?? []
    }
}
