package import Core
package import OCI

/// What the store knows of a layer, under a name that its maker chose.
package struct LayerRecord: Hashable, Sendable {
    package var id: Digest
    /// The digest of its uncompressed tar.
    package var diffID: Digest?
    /// Its compressed form. It is in the store only if `containsBlob` says so.
    package var blob: Descriptor?
    /// The hash of its entries without timestamps.
    package var contentID: Digest?
    /// The sum of its files' sizes in bytes.
    package var unpackedSize: Int64
    package var entryCount: Int
    /// Whether `layers/<id>/fs` is there.
    package var isMaterialised: Bool
    /// Whether `layers/<id>/tar` is there.
    package var hasTar: Bool

    package init(
        id: Digest, diffID: Digest? = nil, blob: Descriptor? = nil, contentID: Digest? = nil, unpackedSize: Int64 = 0,
        entryCount: Int = 0, isMaterialised: Bool = false, hasTar: Bool = false
    ) {
        self.id = id
        self.diffID = diffID
        self.blob = blob
        self.contentID = contentID
        self.unpackedSize = unpackedSize
        self.entryCount = entryCount
        self.isMaterialised = isMaterialised
        self.hasTar = hasTar
    }
}

extension Index {
    /// Adds what a record knows to what is known; runs inside a transaction.
    func upsert(_ layer: LayerRecord, at now: Int64) throws(ContentStoreError) {
        try database.run(
            """
            INSERT INTO layers
                (id, diff, blob, blob_size, blob_type, content, unpacked, entries, directory, tar, created, used)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, ?9, ?9)
            ON CONFLICT (id) DO UPDATE SET
                diff = coalesce(excluded.diff, diff), blob = coalesce(excluded.blob, blob),
                blob_size = coalesce(excluded.blob_size, blob_size),
                blob_type = coalesce(excluded.blob_type, blob_type),
                content = coalesce(excluded.content, content), unpacked = max(excluded.unpacked, unpacked),
                entries = max(excluded.entries, entries), used = excluded.used
            """, layer.id, layer.diffID, layer.blob?.digest, layer.blob?.size, layer.blob?.mediaType.rawValue,
            layer.contentID, layer.unpackedSize, layer.entryCount, now)
    }
}
