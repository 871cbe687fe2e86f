package import Core
internal import Glibc
package import HostOS

/// What the index knows of a blob.
package struct BlobRecord: Hashable, Sendable {
    package var digest: Digest
    /// Bytes.
    package var size: Int64
    package var created: FileTime
    package var lastUsed: FileTime
}

extension Store {
    /// Where a blob lies, whether it is there or not. Its file is never written again.
    package func blobPath(_ digest: Digest) -> String { location.blobs + "/" + digest.hex }

    /// Begins a blob whose digest is not known yet.
    package func makeBlobWriter() throws(ContentStoreError) -> BlobWriter {
        try BlobWriter(store: self, path: session().makePath("blob"), resuming: false)
    }

    /// Begins a download, behind what an interrupted one left.
    ///
    /// The writer's ``BlobWriter/count`` says from which byte to go on. Two downloads of one digest at a time don't
    /// meet: the second starts from nothing.
    package func resumeBlob(_ digest: Digest) throws(ContentStoreError) -> BlobWriter {
        let path = try session().makePath(BlobWriter.partialPrefix + digest.hex)
        let isThere = rename(location.partial + "/" + digest.hex, path) == 0
        return try BlobWriter(store: self, path: path, resuming: isThere)
    }

    /// Stores bytes at hand.
    @discardableResult
    package func putBlob(_ bytes: [UInt8], expected: Digest? = nil) throws(ContentStoreError) -> Digest {
        let digest = SHA256.digest(of: bytes)
        if let expected, expected != digest { throw .digestMismatch(expected: expected, actual: digest) }
        if try containsBlob(digest) { return digest }
        let writer = try makeBlobWriter()
        try writer.write(bytes)
        return try writer.commit().digest
    }

    /// Takes a finished file of the session's directory as a blob, under the digest that the caller computed from its
    /// bytes. The file is renamed, or removed when the blob is there already.
    package func adoptBlob(_ path: String, digest: Digest, size: Int64) throws(ContentStoreError) {
        try mapping(path) { () throws(SystemError) in try check("change mode", path) { chmod(path, 0o444) } }
        let final = blobPath(digest)
        let wasThere = try writeLeasing { (index) throws(ContentStoreError) in
            if try Self.presentSize(digest, at: final, index) != nil { return (true, [StoreItem.blob(digest)]) }
            try mapping(path) { () throws(SystemError) in try check("rename", path) { rename(path, final) } }
            let now = IndexTime.now()
            try index.database.run(
                "INSERT OR REPLACE INTO blobs (digest, size, created, used) VALUES (?, ?, ?, ?)", digest, size, now, now
            )
            return (false, [.blob(digest)])
        }
        if wasThere { unlink(path) }
    }

    /// The size of a blob whose file is there and has the recorded size.
    private static func presentSize(
        _ digest: Digest, at path: String, _ index: Index
    ) throws(ContentStoreError) -> Int64? {
        guard
            let size = try index.database.first("SELECT size FROM blobs WHERE digest = ?", digest, row: { $0.int(0) })
        else { return nil }
        let info = try mapping(path) { () throws(SystemError) in try FileInfo.of(path) }
        return info?.kind == .file && info?.size == size ? size : nil
    }

    /// The size in bytes of a blob that is there.
    package func blobSize(_ digest: Digest) throws(ContentStoreError) -> Int64? {
        try readLeasing { (index) throws(ContentStoreError) in
            let size = try Self.presentSize(digest, at: blobPath(digest), index)
            return (size, size == nil ? [] : [.blob(digest)])
        }
    }

    package func containsBlob(_ digest: Digest) throws(ContentStoreError) -> Bool { try blobSize(digest) != nil }

    /// Those of several blobs that are not there, in the given order.
    package func missingBlobs(of digests: [Digest]) throws(ContentStoreError) -> [Digest] {
        try readLeasing { (index) throws(ContentStoreError) in
            var missing: [Digest] = []
            var present: [StoreItem] = []
            for digest in digests {
                if try Self.presentSize(digest, at: blobPath(digest), index) == nil {
                    missing.append(digest)
                } else {
                    present.append(.blob(digest))
                }
            }
            return (missing, present)
        }
    }

    /// Opens a blob for reading. It stays readable while the descriptor lives, whatever is pruned.
    /// - Throws: ``ContentStoreError/blobMissing(_:)``; ``ContentStoreError/corruptBlob(_:actual:)`` when the file has
    ///   not the recorded size.
    package func openBlob(_ digest: Digest) throws(ContentStoreError) -> FileDescriptor {
        try openBlobWithSize(digest).file
    }

    private func openBlobWithSize(
        _ digest: Digest
    ) throws(ContentStoreError) -> (file: FileDescriptor, size: Int64) {
        let size = try read { (index) throws(ContentStoreError) -> Int64? in
            try index.markUsed(.blob(digest))
            return try index.database.first("SELECT size FROM blobs WHERE digest = ?", digest) { $0.int(0) }
        }
        guard let size else { throw .blobMissing(digest) }
        do {
            let file = try FileDescriptor.open(blobPath(digest), O_RDONLY)
            guard try file.info().size == size else { throw ContentStoreError.corruptBlob(digest, actual: nil) }
            return (file, size)
        } catch let error as ContentStoreError {
            throw error
        } catch let error as SystemError where error.errno == ENOENT {
            throw .blobMissing(digest)
        } catch {
            throw ContentStoreError(error as? SystemError ?? SystemError(EIO, "open"), at: blobPath(digest))
        }
    }

    /// Reads a small blob whole and checks it against its digest.
    /// - Parameter limit: in bytes; a larger blob is refused.
    package func readBlob(_ digest: Digest, limit: Int = 64 << 20) throws(ContentStoreError) -> [UInt8] {
        let (file, size) = try openBlobWithSize(digest)
        guard size <= limit else { throw .blobTooLarge(digest, limit: limit) }
        let bytes = try mapping(blobPath(digest)) { () throws(SystemError) in
            try WholeFile.read(file, limit: limit)
        }
        let actual = SHA256.digest(of: bytes)
        guard actual == digest else { throw .corruptBlob(digest, actual: actual) }
        return bytes
    }

    /// All blobs, by digest.
    package func blobs() throws(ContentStoreError) -> [BlobRecord] {
        try read { (index) throws(ContentStoreError) in
            try index.database.rows("SELECT digest, size, created, used FROM blobs ORDER BY digest") {
                (row) throws(ContentStoreError) in
                BlobRecord(
                    digest: try row.digest(0), size: row.int(1), created: IndexTime.fileTime(row.int(2)),
                    lastUsed: IndexTime.fileTime(row.int(3)))
            }
        }
    }
}
