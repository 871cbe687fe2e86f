package import Core
internal import Glibc
internal import HostOS

extension Store {
    /// Reads a blob and compares it with its digest.
    /// - Throws: ``ContentStoreError/corruptBlob(_:actual:)`` or ``ContentStoreError/blobMissing(_:)``.
    package func verifyBlob(_ digest: Digest) throws(ContentStoreError) {
        let file = try openBlob(digest)
        var hash = SHA256()
        try mapping(blobPath(digest)) { () throws(SystemError) in try hash.update(contentsOf: file) }
        let actual = hash.finalize()
        if actual != digest { throw .corruptBlob(digest, actual: actual) }
    }

    /// Reads every blob. It takes as long as reading and hashing them all.
    /// - Returns: what is wrong; empty when all is well.
    package func verify() throws(ContentStoreError) -> [ContentStoreError] {
        var problems: [ContentStoreError] = []
        for blob in try blobs() {
            do throws(ContentStoreError) {
                try verifyBlob(blob.digest)
            } catch {
                switch error {
                case .corruptBlob, .blobMissing: problems.append(error)
                default: throw error
                }
            }
        }
        return problems
    }

    /// Removes a blob that was found damaged, with the records that need it.
    package func discardBlob(_ digest: Digest) throws(ContentStoreError) {
        let path = blobPath(digest)
        try write { (index) throws(ContentStoreError) in try index.forgetBlob(digest) }
        try removeUnrecordedBlobs([digest])
        if access(path, F_OK) == 0 { throw ContentStoreError(SystemError(EBUSY, "remove", path), at: path) }
    }

    /// Records the blobs that lie in the store of which a fresh index knows nothing, so that losing the index does not
    /// lose them. Their content is checked when they are used.
    func adoptFoundBlobs() throws(ContentStoreError) {
        let found = try names(in: location.blobs).compactMap { Digest(hex: $0) }
        if found.isEmpty { return }
        try write { (index) throws(ContentStoreError) in
            let now = IndexTime.now()
            for digest in found {
                let path = blobPath(digest)
                let info = try mapping(path) { () throws(SystemError) in try FileInfo.of(path) }
                guard let info, info.kind == .file else { continue }
                try index.database.run(
                    "INSERT OR IGNORE INTO blobs (digest, size, created, used) VALUES (?, ?, ?, ?)", digest, info.size,
                    now,
                    now)
            }
        }
    }

    /// Removes the files of blobs that have no row. The write lock is held, so none of them is being published.
    func removeUnrecordedBlobs(_ digests: some Sequence<Digest>) throws(ContentStoreError) {
        try write { (index) throws(ContentStoreError) in
            for digest in digests {
                let isRecorded = try index.database.exists("SELECT 1 FROM blobs WHERE digest = ?", digest)
                if !isRecorded { unlink(blobPath(digest)) }
            }
        }
    }
}
