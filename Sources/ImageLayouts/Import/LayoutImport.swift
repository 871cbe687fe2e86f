// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
package import Core
package import HostOS
private import OCI

/// Reads images out of OCI layouts and docker archives. Every byte that is handed on has been verified.
package enum LayoutImport {
    /// Reads one image: its configuration and layers, then its manifest, each unless the receiver has it.
    /// - Parameters:
    ///   - name: a tag or full name; nil for the only image.
    ///   - platform: which image of an index.
    ///   - scratch: gives an empty file to decompress an archive into; asked for only when it is compressed.
    package static func read(
        _ source: LayoutSource, name: String?, platform: Platform, into receiver: some BlobReceiver,
        scratch: () throws -> FileDescriptor
    ) throws -> ImportedImage {
        let files = try source.open(scratch: scratch)
        if let layout = try OCILayoutReader(files) {
            return try layout.read(name: name, platform: platform, into: receiver)
        }
        if let archive = try DockerArchiveReader(files) { return try archive.read(name: name, into: receiver) }
        throw ImageLayoutError.notAnImage(path: source.path)
    }

    /// The names of the images in a layout or archive.
    package static func names(
        of source: LayoutSource, scratch: () throws -> FileDescriptor
    ) throws -> [String] {
        let files = try source.open(scratch: scratch)
        if let layout = try OCILayoutReader(files) { return layout.index.names }
        if let archive = try DockerArchiveReader(files) { return archive.names }
        throw ImageLayoutError.notAnImage(path: source.path)
    }

    /// What finds each image in a layout or archive: its names, in full where the layout says so; a digest where it has
    /// none. Each once.
    package static func selectors(
        of source: LayoutSource, scratch: () throws -> FileDescriptor
    ) throws -> [String] {
        let files = try source.open(scratch: scratch)
        var names: [String] = []
        if let layout = try OCILayoutReader(files) {
            names = layout.index.manifests.filter { !$0.isAttestation }.map {
                $0.annotations[Annotation.containerdName] ?? $0.annotations[Annotation.refName]
                    ?? $0.digest.description
            }
        } else if let archive = try DockerArchiveReader(files) {
            names = archive.selectors
        } else {
            throw ImageLayoutError.notAnImage(path: source.path)
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
