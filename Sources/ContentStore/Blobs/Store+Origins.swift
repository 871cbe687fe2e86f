package import Core

/// A repository that has a blob: from there it can be fetched, or mounted into another repository of its registry.
package struct BlobOrigin: Hashable, Sendable {
    /// Host and port, or `docker.io`.
    package var registry: String
    package var repository: String

    package init(registry: String, repository: String) {
        self.registry = registry
        self.repository = repository
    }
}

/// Where blobs can be had, be they here or not. It is a hint: a repository may have lost a blob since.
extension Store {
    /// Repositories remembered for a blob.
    private static let originLimit = 8
    /// How long one that was not seen again is remembered, in milliseconds: a quarter of a year.
    private static let originLife: Int64 = 90 * 86_400_000

    /// Remembers that a repository has blobs.
    package func recordOrigins(_ digests: [Digest], _ origin: BlobOrigin) throws(ContentStoreError) {
        try write { (index) throws(ContentStoreError) in
            let now = IndexTime.now()
            for digest in digests {
                try index.database.run(
                    "INSERT OR REPLACE INTO origins (blob, registry, repository, seen) VALUES (?, ?, ?, ?)", digest,
                    origin.registry, origin.repository, now)
                try index.database.run(
                    """
                    DELETE FROM origins WHERE blob = ?1 AND (registry, repository) NOT IN
                    (SELECT registry, repository FROM origins WHERE blob = ?1 ORDER BY seen DESC, repository LIMIT ?2)
                    """, digest, Self.originLimit)
            }
            try index.database.run("DELETE FROM origins WHERE seen < ?", now - Self.originLife)
        }
    }

    /// The repositories that had a blob, the one seen last first.
    package func origins(of digest: Digest) throws(ContentStoreError) -> [BlobOrigin] {
        try read { (index) throws(ContentStoreError) in
            try index.database.rows(
                "SELECT registry, repository FROM origins WHERE blob = ? ORDER BY seen DESC, registry, repository",
                digest
            ) { BlobOrigin(registry: $0.text(0), repository: $0.text(1)) }
        }
    }

    /// Forgets that a repository has a blob, because it said so.
    package func forgetOrigin(of digest: Digest, _ origin: BlobOrigin) throws(ContentStoreError) {
        try write { (index) throws(ContentStoreError) in
            _ = try index.database.run(
                "DELETE FROM origins WHERE blob = ? AND registry = ? AND repository = ?", digest, origin.registry,
                origin.repository)
        }
    }
}
