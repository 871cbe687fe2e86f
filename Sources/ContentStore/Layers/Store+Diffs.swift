package import Core
package import OCI

/// Which compressed blob holds which uncompressed layer, so that an export need not compress again.
extension Store {
    /// - Parameter codec: the caller's name for the compression with its settings.
    package func recordBlob(_ blob: Descriptor, diffID: Digest, codec: String) throws(ContentStoreError) {
        try write { (index) throws(ContentStoreError) in
            _ = try index.database.run(
                "INSERT OR REPLACE INTO diffs (blob, diff, codec, size, type) VALUES (?, ?, ?, ?, ?)", blob.digest,
                diffID,
                codec, blob.size, blob.mediaType.rawValue)
        }
    }

    /// The layer compressed so, if its blob is in the store.
    package func blob(diffID: Digest, codec: String) throws(ContentStoreError) -> Descriptor? {
        let known = try read { (index) throws(ContentStoreError) in
            try index.database.rows("SELECT blob, size, type FROM diffs WHERE diff = ? AND codec = ?", diffID, codec) {
                (row) throws(ContentStoreError) in
                Descriptor(
                    mediaType: MediaType(rawValue: row.text(2)), digest: try row.digest(0), size: Int(row.int(1)))
            }
        }
        for blob in known where try containsBlob(blob.digest) { return blob }
        return nil
    }

    /// What a blob is when uncompressed, if that was ever recorded.
    package func diffID(ofBlob blob: Digest) throws(ContentStoreError) -> Digest? {
        try read { (index) throws(ContentStoreError) in
            try index.database.first("SELECT diff FROM diffs WHERE blob = ?", blob) { $0.optionalDigest(0) } ?? nil
        }
    }
}
