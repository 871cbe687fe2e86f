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
        Diagnostic(
            code: "image.unknown", "the store has no image '\(name)'",
            hint: try near(name, store) ?? "sampan images lists what there is")
    }

    /// The images that may have been meant, as a hint: other tags of the repository, repositories of that name elsewhere,
    /// else what is written alike.
    static func near(_ name: String, _ store: Store) throws -> String? {
        let all = try store.images().compactMap(\.name)
        var meant: [Reference] = []
        if let wanted = try? Reference(parsing: name) {
            meant = all.filter { $0.registry == wanted.registry && $0.repository == wanted.repository }
            if meant.isEmpty { meant = all.filter { lastName($0) == lastName(wanted) } }
            if meant.isEmpty, let near = Suggestion.nearest(to: repository(wanted), in: all.map(repository)) {
                meant = all.filter { repository($0) == near }
            }
        }
        var names = meant.map(\.familiar)
        if names.isEmpty { names = [Suggestion.nearest(to: name, in: all.map(\.familiar))].compactMap { $0 } }
        guard !names.isEmpty else { return nil }
        // The tag that is written like the one that was asked for comes first.
        if let first = Suggestion.nearest(to: name, in: names) { names = [first] + names.filter { $0 != first } }
        return "did you mean \(names.prefix(4).map { "'\($0)'" }.joined(separator: " or "))?"
    }

    private static func repository(_ name: Reference) -> String {
        Reference(registry: name.registry, repository: name.repository).familiar
    }

    private static func lastName(_ name: Reference) -> Substring? { name.repository.split(separator: "/").last }
}
