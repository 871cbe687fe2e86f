internal import Archive
package import Core
package import HostOS
package import OCI

/// Gives out the documents and blobs of a layout or an archive as they lie there, one by one.
///
/// What it gives has not been compared with its digest, except for what it read itself.
package struct LayoutReader: Sendable {
    /// What a name in a layout stands for.
    package struct Root: Sendable {
        /// Of the manifest or index.
        package var descriptor: Descriptor
        package var bytes: [UInt8]
        /// Full names that the layout has for it.
        package var names: [String]
        /// The archive has no manifest; this one was made of its configuration and layers.
        package var isMade: Bool
    }

    private enum Kind: Sendable {
        case oci(OCILayoutReader)
        case docker(DockerArchiveReader.Image)
        case plain(PlainDirectoryReader)
    }

    private let kind: Kind
    private let files: any LayoutFiles
    package let root: Root

    /// Opens a layout and finds an image in it.
    /// - Parameters:
    ///   - name: a tag or full name; nil for the only image.
    ///   - scratch: gives an empty file to decompress an archive into; asked for only when it is compressed.
    /// - Throws: ``ImageLayoutError``, `OCIError`, `ArchiveError`, `SystemError`.
    package init(_ source: LayoutSource, name: String?, scratch: () throws -> FileDescriptor) throws {
        files = try source.open(scratch: scratch)
        if case .plain(let path) = source {
            guard let plain = try PlainDirectoryReader(files) else { throw ImageLayoutError.notAnImage(path: path) }
            if let name { throw ImageLayoutError.noSuchImage(name, available: []) }
            let type = try Manifest(decoding: plain.manifest).mediaType
            let descriptor = Descriptor(mediaType: type, describing: plain.manifest)
            root = Root(descriptor: descriptor, bytes: plain.manifest, names: [], isMade: false)
            kind = .plain(plain)
        } else if let layout = try OCILayoutReader(files) {
            root = try layout.root(named: name)
            kind = .oci(layout)
        } else if let archive = try DockerArchiveReader(files) {
            let image = try archive.image(named: name)
            root = Root(
                descriptor: image.descriptor, bytes: image.manifestBytes, names: image.names, isMade: true)
            kind = .docker(image)
        } else {
            throw ImageLayoutError.notAnImage(path: source.path)
        }
    }

    /// Where a document or a blob lies.
    /// - Throws: ``ImageLayoutError/missing(_:)``; ``ImageLayoutError/wrongSize(_:expected:actual:)``.
    package func find(_ descriptor: Descriptor) throws -> BlobFile {
        let found: BlobFile? =
            switch kind {
            case .oci: try files.find(OCILayoutFile.blobPath(descriptor.digest))
            case .docker(let image): try image.paths[descriptor.digest].flatMap { try files.find($0) }
            case .plain(let plain): try plain.find(descriptor)
            }
        guard let found else { throw ImageLayoutError.missing(descriptor.digest.description) }
        guard found.size == Int64(descriptor.size) else {
            throw ImageLayoutError.wrongSize(
                descriptor.digest.description, expected: descriptor.size, actual: Int(found.size))
        }
        return found
    }

    /// Whether the digest of a blob was made of the bytes that lie there, so that comparing them with it tells nothing.
    package func isUnchecked(_ blob: Digest) -> Bool {
        if case .docker(let image) = kind { image.unpacked[blob] != nil } else { false }
    }

    /// Compares what a blob unpacks to with its diff ID, if it ``isUnchecked(_:)``; takes as long as unpacking it.
    /// - Throws: ``ImageLayoutError/wrongContent(_:expected:actual:)``, `ArchiveError`.
    package func check(_ blob: Descriptor) throws {
        if case .docker(let image) = kind { try DockerArchiveReader.check(blob, image, files) }
    }

    /// The bytes of a manifest, an index or a configuration, verified.
    package func document(_ descriptor: Descriptor) throws -> [UInt8] {
        if descriptor.digest == root.descriptor.digest { return root.bytes }
        if case .docker(let image) = kind, descriptor.digest == image.manifest.config.digest {
            return image.configBytes
        }
        guard descriptor.size <= ImageConfig.byteLimit else {
            throw ArchiveError.tooLong(descriptor.digest.description, limit: Int64(ImageConfig.byteLimit))
        }
        let name = descriptor.digest.description
        return try VerifyingSource(find(descriptor).source(name), descriptor, name: name)
            .readAll(limit: ImageConfig.byteLimit, what: name)
    }

    /// Manifests without a name in an OCI layout that are attached to others, by these.
    package func attached() throws -> [Digest: [Descriptor]] {
        guard case .oci(let layout) = kind else { return [:] }
        var attached: [Digest: [Descriptor]] = [:]
        for entry in layout.index.manifests where entry.annotations[Annotation.refName] == nil {
            // One that is missing or something else is another's business.
            guard entry.size <= Manifest.byteLimit, let bytes = try? document(entry),
                let subject = try? Manifest(decoding: bytes, mediaType: entry.mediaType).subject
            else { continue }
            attached[subject.digest, default: []].append(entry)
        }
        return attached
    }
}
