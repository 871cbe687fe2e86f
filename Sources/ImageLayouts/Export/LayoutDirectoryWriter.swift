// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
// https://github.com/containers/image/blob/main/docs/containers-transports.5.md#dirpath
private import Archive
private import Core
private import Glibc
private import HostOS
package import OCI

/// Writes an image into a directory, blob by blob, from any thread: into an OCI layout, where other images stay, or as a
/// plain directory that holds one image.
///
/// Each file appears whole; what makes an image of them is written last, by ``finish(_:names:attached:)``.
package final class LayoutDirectoryWriter: Sendable {
    package enum Form: Sendable, Hashable {
        case oci, plain
    }

    private let path: String
    private let form: Form

    /// Makes the directory when it is missing.
    /// - Throws: ``ImageLayoutError/notEmpty(path:)`` when a plain directory holds something else.
    package init(_ path: String, _ form: Form) throws {
        self.path = path
        self.form = form
        try Directory.create(form == .oci ? path + "/blobs/sha256" : path)
        guard form == .plain else { return }
        let names = try Self.names(path)
        let version = "\(path)/\(PlainDirectoryReader.versionName)"
        guard names.isEmpty || names.contains(PlainDirectoryReader.versionName) else {
            throw ImageLayoutError.notEmpty(path: path)
        }
        try AtomicFile.write(Array(PlainDirectoryReader.versionText.utf8), to: version)
    }

    private func place(_ blob: Descriptor) -> String {
        switch form {
        case .oci: "\(path)/\(OCILayoutFile.blobPath(blob.digest))"
        case .plain where blob.mediaType.isIndex || blob.mediaType.isImageManifest:
            "\(path)/\(blob.digest.hex).\(PlainDirectoryReader.manifestName)"
        case .plain: "\(path)/\(blob.digest.hex)"
        }
    }

    /// Whether a blob is there with the right size. Blobs appear whole, so it need not be read.
    package func contains(_ blob: Descriptor) throws -> Bool {
        guard let info = try FileInfo.of(place(blob)) else { return false }
        return info.kind == .file && info.size == Int64(blob.size)
    }

    /// Writes a blob; its bytes are compared with the descriptor unless that was done. They are shared with the file
    /// that they come from where the file system can.
    package func write(_ blob: Descriptor, from content: BlobFile, progress: (Int64) -> Void = { _ in }) throws {
        guard content.size == Int64(blob.size) else {
            throw ImageLayoutError.wrongSize(
                blob.digest.description, expected: blob.size, actual: Int(clamping: content.size))
        }
        do {
            try fill(AtomicFile(place(blob)), blob, content, progress)
        } catch var error as SystemError where error.path == nil {
            // Descriptors don't know their names.
            error.path = place(blob)
            throw error
        }
    }

    private func fill(
        _ file: AtomicFile, _ blob: Descriptor, _ content: BlobFile, _ progress: (Int64) -> Void
    ) throws {
        if content.isVerified, content.offset == 0, try content.file.info().size == content.size {
            try file.descriptor.copyContents(of: FileDescriptor.reopening(content.file))
            guard try file.descriptor.info().size == content.size else {
                throw ImageLayoutError.missing(blob.digest.description)
            }
            progress(content.size)
        } else {
            var done: Int64 = 0
            let source = content.source(blob.digest.description)
            try VerifyingSource(source, blob, name: blob.digest.description).forEachPiece { piece in
                try file.descriptor.write(piece)
                done += Int64(piece.count)
                progress(done)
            }
        }
        try file.publish()
    }

    /// Writes a manifest or an index.
    package func write(_ document: Descriptor, _ bytes: [UInt8]) throws {
        if try contains(document) { return }
        try AtomicFile.write(bytes, to: place(document))
    }

    /// Makes an image of what was written.
    /// - Parameters:
    ///   - names: tags of the image in an OCI layout. Without, it takes the place of the one that has no name.
    ///   - attached: manifests that refer to it.
    package func finish(
        _ root: Descriptor, _ bytes: [UInt8], names: [LayoutName], attached: [Descriptor] = []
    ) throws {
        switch form {
        case .oci:
            try write(root, bytes)
            try enter(root, names, attached)
        case .plain:
            try AtomicFile.write(bytes, to: "\(path)/\(PlainDirectoryReader.manifestName)")
            try sweep(bytes, root)
        }
    }

    private func enter(_ root: Descriptor, _ names: [LayoutName], _ attached: [Descriptor]) throws {
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
        try LayoutExport.enter(root, names, in: &index)
        for entry in attached where !index.manifests.contains(where: { $0.digest == entry.digest }) {
            index.manifests.append(entry)
        }
        try AtomicFile.write(CanonicalJSON.encode(index), to: indexPath)
    }

    /// Takes away what an image that was here before left behind, its signatures among it.
    private func sweep(_ bytes: [UInt8], _ root: Descriptor) throws {
        var wanted: Set<String> = [PlainDirectoryReader.manifestName, PlainDirectoryReader.versionName]
        var pending = [bytes]
        while let document = pending.popLast() {
            switch try Manifest(decoding: document) {
            case .image(let image): for blob in [image.config] + image.layers { wanted.insert(blob.digest.hex) }
            case .index(let index):
                for child in index.manifests {
                    let name = "\(child.digest.hex).\(PlainDirectoryReader.manifestName)"
                    guard wanted.insert(name).inserted else { continue }
                    pending.append(try WholeFile.read("\(path)/\(name)", limit: Manifest.byteLimit))
                }
            }
        }
        for name in try Self.names(path) where !wanted.contains(name) && Self.isOurs(name) {
            unlink("\(path)/\(name)")
        }
    }

    private static func names(_ path: String) throws -> [String] {
        try Directory.names(FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private static func isOurs(_ name: String) -> Bool {
        if name.hasPrefix("signature-") || name.contains(".signature-") { return true }
        let ending = "." + PlainDirectoryReader.manifestName
        return Digest(hex: name.hasSuffix(ending) ? String(name.dropLast(ending.utf8.count)) : name) != nil
    }
}

extension FileDescriptor {
    /// A descriptor of the same file at position 0, as reading moves the position.
    fileprivate static func reopening(_ file: FileDescriptor) throws -> FileDescriptor {
        try FileDescriptor.open("/proc/self/fd/\(file.raw)", O_RDONLY)
    }
}
