package import Core

/// Where a compressed piece of a layer lies, which can be copied into another layer as it is.
package struct MemberLocation: Hashable, Sendable {
    package var blob: Digest
    /// In bytes from the start of the blob.
    package var offset: Int64
    /// Compressed size in bytes.
    package var length: Int64

    package init(blob: Digest, offset: Int64, length: Int64) {
        self.blob = blob
        self.offset = offset
        self.length = length
    }
}

extension ContentStore {
    /// The compressed forms known of pieces, by the digests of what they hold; nil for the unknown ones, in the given
    /// order. Their blobs are leased.
    package func members(_ keys: [Digest]) throws(ContentStoreError) -> [MemberLocation?] {
        try readLeasing { (index) throws(ContentStoreError) in
            // Whether the file of each blob met is there.
            var blobs: [Digest: Bool] = [:]
            var found: [MemberLocation?] = []
            found.reserveCapacity(keys.count)
            for key in keys {
                let member = try index.database.first("SELECT blob, offset, length FROM members WHERE key = ?", key) {
                    (row) throws(ContentStoreError) in
                    MemberLocation(blob: try row.digest(0), offset: row.int(1), length: row.int(2))
                }
                guard let member else {
                    found.append(nil)
                    continue
                }
                let isPresent: Bool
                if let known = blobs[member.blob] {
                    isPresent = known
                } else {
                    isPresent = try Self.presentSize(member.blob, at: blobPath(member.blob), index) != nil
                    blobs[member.blob] = isPresent
                }
                found.append(isPresent ? member : nil)
            }
            return (found, blobs.filter(\.value).map { .blob($0.key) })
        }
    }

    /// Remembers pieces of blobs that are in the store; pieces of others are left out. The newest place of a piece is
    /// kept.
    package func recordMembers(_ items: [(key: Digest, location: MemberLocation)]) throws(ContentStoreError) {
        if items.isEmpty { return }
        try write { (index) throws(ContentStoreError) in
            var present: [Digest: Bool] = [:]
            for (key, location) in items.sorted(by: { $0.key < $1.key }) {
                let isPresent: Bool
                if let known = present[location.blob] {
                    isPresent = known
                } else {
                    isPresent = try index.database.exists("SELECT 1 FROM blobs WHERE digest = ?", location.blob)
                    present[location.blob] = isPresent
                }
                guard isPresent else { continue }
                try index.database.run(
                    "INSERT OR REPLACE INTO members (key, blob, offset, length) VALUES (?, ?, ?, ?)", key,
                    location.blob,
                    location.offset, location.length)
            }
        }
    }
}
