// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
import Archive
import BuildGraph
import ContentStore
import Core
import Glibc
import HostOS
import OCI

/// A cache under a tag of an OCI layout on this machine. Several jobs may write to one directory.
struct LocalCache: CachePlace {
    let path: String
    let tag: String

    var name: String { tag == CacheFields.defaultTag ? path : "\(path):\(tag)" }

    // MARK: - Reading

    func manifest() async throws -> PlacedManifest? {
        try await BlockingPool.waiting.run { try self.placed() }
    }

    private func placed() throws -> PlacedManifest? {
        guard let index = try index(), let entry = try? index.entry(named: tag) else { return nil }
        let bytes = try readBlob(entry, limit: Manifest.byteLimit)
        guard case .image(let manifest) = try Manifest(decoding: bytes) else { throw SharedCacheError.noCache(name) }
        return PlacedManifest(digest: entry.digest, manifest: manifest)
    }

    /// The index of the layout; nil when there is no layout yet.
    func index() throws -> ImageIndex? {
        guard let info = try FileInfo.of(path, followLinks: true) else { return nil }
        guard info.kind == .directory else {
            throw SharedCacheError.notALayout(path, reason: "it is not a directory")
        }
        guard try FileInfo.of("\(path)/\(OCILayoutFile.indexName)", followLinks: true) != nil else { return nil }
        do {
            _ = try OCILayoutFile(decoding: WholeFile.read("\(path)/\(OCILayoutFile.name)", limit: 64 << 10))
            let bytes = try WholeFile.read("\(path)/\(OCILayoutFile.indexName)", limit: Manifest.byteLimit)
            return try ImageIndex(decodingLayoutIndex: bytes)
        } catch let error as any DiagnosticConvertible {
            throw SharedCacheError.notALayout(path, reason: error.diagnostic.message)
        }
    }

    func read(_ blob: Descriptor, limit: Int) async throws -> [UInt8] {
        try await BlockingPool.waiting.run { try self.readBlob(blob, limit: limit) }
    }

    func readBlob(_ blob: Descriptor, limit: Int) throws -> [UInt8] {
        guard blob.size <= limit else { throw OCIError.tooLarge(.config, limit: limit) }
        let bytes = try WholeFile.read(open(blob), limit: limit, name: name)
        guard SHA256.digest(of: bytes) == blob.digest else { throw SharedCacheError.damagedBlob(blob.digest, name) }
        return bytes
    }

    func fetch(_ blob: Descriptor, into store: Store, progress: @Sendable @escaping (Int64) -> Void) async throws {
        try await BlockingPool.waiting.run {
            if try store.containsBlob(blob.digest) { return }
            let writer = try store.makeBlobWriter()
            try DescriptorSource(self.open(blob)).forEachPiece { piece in
                try writer.write(piece)
                progress(writer.count)
            }
            do {
                try writer.commit(expected: blob.digest, size: Int64(blob.size))
            } catch ContentStoreError.digestMismatch {
                throw SharedCacheError.damagedBlob(blob.digest, self.name)
            }
        }
    }

    /// The file of a blob, found without leaving the layout.
    private func open(_ blob: Descriptor) throws -> FileDescriptor {
        do {
            let root = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)
            let file = try FileDescriptor.open(
                beneath: root, OCILayoutFile.blobPath(blob.digest), O_RDONLY | O_NONBLOCK)
            let info = try file.info()
            guard info.kind == .file, info.size == Int64(blob.size) else {
                throw SharedCacheError.damagedBlob(blob.digest, name)
            }
            return file
        } catch let error as SystemError where error.errno == ENOENT || error.errno == ENOTDIR {
            throw SharedCacheError.missingBlob(blob.digest, name)
        }
    }
}
