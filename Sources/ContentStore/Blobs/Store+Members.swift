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

extension Store {
    /// The compressed forms known of pieces, by the digests of what they hold; nil for the unknown ones, in the given
    /// order. Their blobs are leased.
    package func members(_ keys: [Digest]) throws(ContentStoreError) -> [MemberLocation?] {
        let known = try read { (index) throws(ContentStoreError) in
            var known: [MemberLocation?] = []
            known.reserveCapacity(keys.count)
            for key in keys {
                known.append(
                    try index.database.first("SELECT blob, offset, length FROM members WHERE key = ?", key) {
                        (row) throws(ContentStoreError) in
                        MemberLocation(blob: try row.digest(0), offset: row.int(1), length: row.int(2))
                    })
            }
            return known
        }
        // A piece stays where it is while its blob is there, so leasing the blobs afterwards is early enough.
        let missing = Set(try missingBlobs(of: Array(Set(known.compactMap { $0?.blob }))))
        return known.map { member in member.flatMap { missing.contains($0.blob) ? nil : $0 } }
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
