// https://github.com/containers/image/blob/main/docs/containers-transports.5.md#dirpath
internal import Core
internal import OCI

/// Reads an image out of a directory with a manifest and blobs side by side.
struct PlainDirectoryReader {
    let files: any LayoutFiles
    let manifest: [UInt8]

    static let manifestName = "manifest.json"
    static let versionName = "version"
    static let versionText = "Directory Transport Version: 1.1\n"

    /// Nil when there is no manifest or no file that tells what this is.
    init?(_ files: any LayoutFiles) throws {
        guard let version = try files.read(BytePath(cleaning: Self.versionName), limit: 4096) else { return nil }
        guard String(decoding: version, as: UTF8.self).hasPrefix("Directory Transport Version: 1.") else {
            throw ImageLayoutError.directoryVersion
        }
        guard let bytes = try files.read(BytePath(cleaning: Self.manifestName), limit: Manifest.byteLimit) else {
            throw ImageLayoutError.missing(Self.manifestName)
        }
        self.files = files
        manifest = bytes
    }

    /// Blobs are named by the digits of their digests, the manifests of an index with an ending.
    func find(_ descriptor: Descriptor) throws -> BlobFile? {
        let hex = descriptor.digest.hex
        if descriptor.mediaType.isIndex || descriptor.mediaType.isImageManifest {
            return try files.find(BytePath(cleaning: "\(hex).\(Self.manifestName)"))
        }
        return try files.find(BytePath(cleaning: hex))
    }
}
