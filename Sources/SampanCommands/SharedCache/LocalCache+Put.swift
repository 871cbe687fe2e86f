// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
import ContentStore
import Core
import Glibc
import HostOS
import OCI

extension LocalCache {
    /// How long a blob that no manifest names is kept for jobs that have read the manifest before, in seconds.
    private static let graceTime: Int64 = 86_400
    private static let attempts = 8

    func put(
        _ cache: CacheManifest, replacing previous: PlacedManifest?, from supply: BlobSupply
    ) async throws -> CacheTransfer {
        let bytes = try cache.encoded()
        // The store's own copy spares the layout of a place that is fetched from anyway.
        for blob in cache.blobs where try !isThere(blob) { try await supply.provide(blob) }
        var attempt = 1
        while true {
            do {
                return try await BlockingPool.waiting.run { try self.write(cache, bytes, supply.store) }
            } catch ContentStoreError.blobMissing(let digest) where attempt < Self.attempts {
                // Another job has removed it since, for it was old and nothing named it.
                guard let blob = cache.blobs.first(where: { $0.digest == digest }) else {
                    throw ContentStoreError.blobMissing(digest)
                }
                try await supply.provide(blob)
                attempt += 1
            }
        }
    }

    private func isThere(_ blob: Descriptor) throws -> Bool {
        let info = try FileInfo.of(blobPath(blob.digest))
        return info?.kind == .file && info?.size == Int64(blob.size)
    }

    private func blobPath(_ digest: Digest) -> String { "\(path)/\(OCILayoutFile.blobPath(digest))" }

    /// Writes what is missing, the index last; whatever is killed before leaves the former cache whole.
    ///
    /// One job at a time writes, so that nothing is removed that another counts on.
    private func write(_ cache: CacheManifest, _ bytes: [UInt8], _ store: Store) throws -> CacheTransfer {
        try Directory.create(path + "/blobs/sha256")
        let directory = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)
        try check("lock", path) { flock(directory.raw, LOCK_EX) }
        defer { withExtendedLifetime(directory) {} }
        // What lies there already has to be a layout.
        let former = try index()
        let markerPath = "\(path)/\(OCILayoutFile.name)"
        if try FileInfo.of(markerPath, followLinks: true) == nil {
            try AtomicFile.write(CanonicalJSON.encode(OCILayoutFile()), to: markerPath)
        }
        var transfer = CacheTransfer()
        for blob in cache.blobs {
            if try isThere(blob) {
                transfer.reused += 1
                continue
            }
            try copy(blob, from: store)
            transfer.blobs += 1
            transfer.bytes += Int64(blob.size)
        }
        let manifest = Descriptor(mediaType: .ociManifest, describing: bytes)
        if try !isThere(manifest) { try AtomicFile.write(bytes, to: blobPath(manifest.digest)) }
        var index = former ?? ImageIndex(manifests: [])
        var entry = manifest
        entry.artifactType = CacheManifest.artifactType
        index.setEntry(entry, named: tag)
        if index != former {
            // Whoever has just read the former manifest finds its blobs for another day.
            if let former { try touch(named(by: former).subtracting(named(by: index))) }
            try AtomicFile.write(CanonicalJSON.encode(index), to: "\(path)/\(OCILayoutFile.indexName)")
        }
        try clean(keeping: named(by: index))
        return transfer
    }

    private func copy(_ blob: Descriptor, from store: Store) throws {
        let file = try AtomicFile(blobPath(blob.digest))
        try file.descriptor.copyContents(of: store.openBlob(blob.digest))
        guard try file.descriptor.info().size == Int64(blob.size) else {
            throw ContentStoreError.corruptBlob(blob.digest, actual: nil)
        }
        try file.publish()
    }

    // MARK: - Cleaning

    /// All blobs that the manifests of an index name. One that can't be read names nothing: it is no use to anyone.
    private func named(by index: ImageIndex) throws -> Set<Digest> {
        var found: Set<Digest> = []
        var pending = index.manifests
        while let descriptor = pending.popLast() {
            guard found.insert(descriptor.digest).inserted,
                let bytes = try? readBlob(descriptor, limit: Manifest.byteLimit),
                let manifest = try? Manifest(decoding: bytes)
            else { continue }
            switch manifest {
            case .image(let image): found.formUnion((image.layers + [image.config]).map(\.digest))
            case .index(let inner): pending += inner.manifests
            }
        }
        return found
    }

    /// Makes blobs as young as if they were written now.
    private func touch(_ digests: Set<Digest>) {
        for digest in digests { utimensat(AT_FDCWD, blobPath(digest), nil, 0) }
    }

    /// Removes blobs that nothing names and what killed jobs left, once they are a day old.
    private func clean(keeping named: Set<Digest>) throws {
        let limit = FileTime(seconds: FileTime.now().seconds - Self.graceTime)
        let folder = path + "/blobs/sha256"
        let directory = try FileDescriptor.open(folder, O_RDONLY | O_DIRECTORY)
        for name in try Directory.names(directory) {
            let text = String(decoding: name, as: UTF8.self)
            let isBlob = Digest(hex: text).map { !named.contains($0) } ?? AtomicFile.isTemporary(text)
            guard isBlob, let info = try FileInfo.of("\(folder)/\(text)"), info.kind == .file, info.modified < limit
            else { continue }
            unlink("\(folder)/\(text)")
        }
    }
}
