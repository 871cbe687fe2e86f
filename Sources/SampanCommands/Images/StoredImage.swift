package import ContentStore
package import Core
package import OCI

/// An image of the store with its documents read.
package struct StoredImage: Sendable {
    /// Of the manifest.
    package var digest: Digest
    package var manifest: ImageManifest
    package var manifestBytes: [UInt8]
    package var config: ImageConfig

    /// Reads an image; of an index the entry for a platform.
    package static func read(_ descriptor: Descriptor, _ store: Store, platform: Platform = .host) throws
        -> StoredImage
    {
        let bytes = try store.readBlob(descriptor.digest, limit: Manifest.byteLimit)
        switch try Manifest(decoding: bytes, mediaType: descriptor.mediaType) {
        case .index(let index):
            let entry = try index.select(platform: platform)
            let inner = try store.readBlob(entry.digest, limit: Manifest.byteLimit)
            guard case .image(let manifest) = try Manifest(decoding: inner, mediaType: entry.mediaType) else {
                throw Diagnostic(code: "image.nested-index", "an index in an index is not supported")
            }
            return try make(entry.digest, manifest, inner, store)
        case .image(let manifest): return try make(descriptor.digest, manifest, bytes, store)
        }
    }

    private static func make(_ digest: Digest, _ manifest: ImageManifest, _ bytes: [UInt8], _ store: Store)
        throws
        -> StoredImage
    {
        try manifest.checkIsImage()
        let config = try ImageConfig(decoding: store.readBlob(manifest.config.digest, limit: ImageConfig.byteLimit))
        try config.check(against: manifest)
        return StoredImage(digest: digest, manifest: manifest, manifestBytes: bytes, config: config)
    }

    /// Finds an image of the store by name, digest or the beginning of one.
    package static func find(_ text: String, _ store: Store) throws -> ImageRecord {
        let name = text.hasPrefix("store:") ? String(text.dropFirst("store:".count)) : text
        guard let record = try store.resolveImage(name) else { throw try unknown(name, store) }
        return record
    }

    package static func unknown(_ name: String, _ store: Store) throws -> Diagnostic {
        let names = try store.images().compactMap { $0.name?.familiar }
        return Diagnostic(
            code: "image.unknown", "the store has no image '\(name)'",
            hint: Suggestion.hint(for: name, in: names) ?? "sampan images lists what there is")
    }
}
