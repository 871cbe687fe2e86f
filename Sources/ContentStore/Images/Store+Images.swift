package import Core
package import HostOS
package import OCI

/// An image that the store knows.
package struct ImageRecord: Hashable, Sendable {
    /// Nil for an image without a tag.
    package var name: Reference?
    /// Of its manifest or index.
    package var manifest: Descriptor
    /// When it was tagged, or added when it has no tag.
    package var created: FileTime

    package init(name: Reference?, manifest: Descriptor, created: FileTime) {
        self.name = name
        self.manifest = manifest
        self.created = created
    }
}

extension Store {
    /// Names an image. A name that meant another image moves. The tag keeps all that the manifest reaches from pruning;
    /// when more of an index is fetched later, tag it again.
    /// - Throws: ``ContentStoreError/blobMissing(_:)`` when the manifest is not in the store,
    ///   ``ContentStoreError/malformedManifest(_:_:)``.
    package func tag(
        _ name: Reference, manifest: Descriptor, created: FileTime? = nil
    ) throws(ContentStoreError) {
        try record(manifest, names: [name], created: created)
    }

    /// Makes an image known without a name, so that its digest resolves.
    package func addImage(_ manifest: Descriptor) throws(ContentStoreError) {
        try record(manifest, names: [], created: nil)
    }

    private func record(
        _ manifest: Descriptor, names: [Reference], created: FileTime?
    ) throws(ContentStoreError) {
        let reach = try ImageReach.blobs(of: manifest, in: self)
        try writeLeasing { (index) throws(ContentStoreError) in
            let database = index.database
            let now = IndexTime.now()
            try database.run(
                """
                INSERT INTO images (manifest, media_type, size, created) VALUES (?, ?, ?, ?)
                ON CONFLICT (manifest) DO UPDATE SET media_type = excluded.media_type
                """, manifest.digest, manifest.mediaType.rawValue, manifest.size, now)
            try database.run("DELETE FROM image_blobs WHERE manifest = ?", manifest.digest)
            for blob in reach {
                try database.run("INSERT INTO image_blobs (manifest, blob) VALUES (?, ?)", manifest.digest, blob)
            }
            for name in names {
                try database.run(
                    "INSERT OR REPLACE INTO tags (name, manifest, created) VALUES (?, ?, ?)", Self.key(of: name),
                    manifest.digest, created.map(IndexTime.milliseconds) ?? now)
            }
            return ((), reach.map { .blob($0) })
        }
    }

    /// A tag names a repository's tag; a digest beside it changes nothing.
    private static func key(of name: Reference) -> String {
        Reference(registry: name.registry, repository: name.repository, tag: name.tag ?? "latest").description
    }

    /// Takes a name away; the image itself stays until pruned.
    /// - Returns: what the name meant; nil when there is no such tag.
    @discardableResult
    package func untag(_ name: Reference) throws(ContentStoreError) -> Digest? {
        try write { (index) throws(ContentStoreError) in
            let key = Self.key(of: name)
            let manifest = try index.database.first("SELECT manifest FROM tags WHERE name = ?", key) {
                (row) throws(ContentStoreError) in try row.digest(0)
            }
            try index.database.run("DELETE FROM tags WHERE name = ?", key)
            return manifest
        }
    }

    /// Forgets an image and all its names; its blobs stay until pruned.
    package func removeImage(_ manifest: Digest) throws(ContentStoreError) {
        try write { (index) throws(ContentStoreError) in try index.forgetImage(manifest) }
    }

    private static let columns = """
        SELECT tags.name, images.manifest, images.media_type, images.size, coalesce(tags.created, images.created)
        FROM images LEFT JOIN tags ON tags.manifest = images.manifest
        """

    private static func record(_ row: Statement) throws(ContentStoreError) -> ImageRecord {
        ImageRecord(
            name: row.isNull(0) ? nil : try? Reference(parsing: row.text(0)),
            manifest: Descriptor(
                mediaType: MediaType(rawValue: row.text(2)), digest: try row.digest(1), size: Int(row.int(3))),
            created: IndexTime.fileTime(row.int(4)))
    }

    /// All images, by name; those without a name last.
    package func images() throws(ContentStoreError) -> [ImageRecord] {
        try read { (index) throws(ContentStoreError) in
            try index.database.rows(
                Self.columns + " ORDER BY tags.name IS NULL, tags.name, images.created, images.manifest",
                row: Self.record)
        }
    }

    /// The image of a name: by its digest when it has one, else by its tag.
    package func image(_ name: Reference) throws(ContentStoreError) -> ImageRecord? {
        try read { (index) throws(ContentStoreError) in
            if let digest = name.digest {
                return try index.database.first(Self.columns + " WHERE images.manifest = ?", digest, row: Self.record)
            }
            return try index.database.first(Self.columns + " WHERE tags.name = ?", Self.key(of: name), row: Self.record)
        }
    }

    /// The image that a person means: a name, a digest, or the first four or more digits of one.
    /// - Throws: ``ContentStoreError/ambiguousImage(_:_:)``.
    package func resolveImage(_ text: String) throws(ContentStoreError) -> ImageRecord? {
        if let name = try? Reference(parsing: text), let image = try image(name) { return image }
        let hex = text.hasPrefix("sha256:") ? String(text.dropFirst("sha256:".count)) : text
        guard (4...64).contains(hex.utf8.count),
            let low = Digest(hex: hex + String(repeating: "0", count: 64 - hex.utf8.count)),
            let high = Digest(hex: hex + String(repeating: "f", count: 64 - hex.utf8.count))
        else { return nil }
        let found = try read { (index) throws(ContentStoreError) in
            try index.database.rows(
                Self.columns + " WHERE images.manifest BETWEEN ? AND ? ORDER BY images.manifest, tags.name", low, high,
                row: Self.record)
        }
        var digests: [Digest] = []
        for image in found where digests.last != image.manifest.digest { digests.append(image.manifest.digest) }
        if digests.count > 1 { throw .ambiguousImage(text, digests.map { String($0.hex.prefix(hex.utf8.count + 6)) }) }
        return found.first
    }
}
