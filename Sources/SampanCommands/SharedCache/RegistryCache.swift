// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
import BuildGraph
import ContentStore
import Core
import Distribution
import HTTPTransport
import HostOS
import OCI
import RegistryClient

/// A cache, or an image with one inside, under a tag of a registry.
struct RegistryCache: CachePlace {
    let reference: Reference
    /// Of an index, the image whose cache is looked at.
    let platform: Platform
    /// Connects when it is first needed.
    let session: @Sendable () throws -> RegistrySession

    private static let parallelUploads = 4

    var name: String { reference.familiar }

    func manifest() async throws -> PlacedManifest? {
        let fetched: FetchedManifest
        do {
            fetched = try await session().resolve(reference)
        } catch RegistryError.notFound {
            return nil
        }
        switch fetched.manifest {
        case .image(let manifest): return PlacedManifest(digest: fetched.descriptor.digest, manifest: manifest)
        case .index(let index):
            if index.manifests.contains(where: CacheManifest.isForeign) { throw SharedCacheError.foreign(name) }
            let image = try await session().resolve(index.select(platform: platform), of: reference)
            guard case .image(let manifest) = image.manifest else { throw SharedCacheError.noCache(name) }
            return PlacedManifest(digest: image.descriptor.digest, manifest: manifest)
        }
    }

    func read(_ blob: Descriptor, limit: Int) async throws -> [UInt8] {
        try await session().readBlob(blob, of: reference, limit: limit)
    }

    func fetch(_ blob: Descriptor, into store: Store, progress: @Sendable @escaping (Int64) -> Void) async throws {
        let (session, reference) = (try session(), reference)
        try await StoreSink.fetch(blob.digest, size: Int64(blob.size), into: store) { sink in
            try await session.fetchBlob(blob, of: reference, into: &sink) { progress(Int64($0)) }
        }
    }

    func put(
        _ cache: CacheManifest, replacing previous: PlacedManifest?, from supply: BlobSupply
    ) async throws -> CacheTransfer {
        let bytes = try cache.encoded()
        var there: Set<Digest> = []
        if let previous {
            if previous.digest == SHA256.digest(of: bytes) { return CacheTransfer(reused: cache.blobs.count) }
            there = Set((previous.manifest.layers + [previous.manifest.config]).map(\.digest))
        }
        var transfer = try await send(cache.blobs, there: there, supply)
        do {
            _ = try await session().pushManifest(bytes, mediaType: .ociManifest, as: reference)
        } catch let error as RegistryError where !there.isEmpty {
            // What the manifest before named may be gone with it.
            try Task.checkCancellation()
            let again = try await send(cache.blobs.filter { there.contains($0.digest) }, there: [], supply)
            guard again.blobs > 0 else { throw error }
            transfer.blobs += again.blobs
            transfer.bytes += again.bytes
            transfer.reused -= again.blobs
            _ = try await session().pushManifest(bytes, mediaType: .ociManifest, as: reference)
        }
        let (store, digests) = (supply.store, cache.layers.map(\.digest))
        let origin = BlobOrigin(registry: reference.registry, repository: reference.repository)
        try await BlockingPool.waiting.run { try store.recordOrigins(digests, origin) }
        return transfer
    }

    /// Brings blobs into the repository, several at a time.
    private func send(_ blobs: [Descriptor], there: Set<Digest>, _ supply: BlobSupply) async throws -> CacheTransfer {
        var transfer = CacheTransfer()
        try await withThrowingTaskGroup(of: (Int64, BlobPush).self) { group in
            func take(_ result: (Int64, BlobPush)?) {
                guard let (size, push) = result else { return }
                if push == .uploaded {
                    transfer.blobs += 1
                    transfer.bytes += size
                } else {
                    transfer.reused += 1
                }
            }
            var running = 0
            // Large ones first: the last one to finish is then a short one.
            for blob in blobs.sorted(by: { $0.size > $1.size }) {
                if there.contains(blob.digest) {
                    transfer.reused += 1
                    continue
                }
                if running >= Self.parallelUploads { take(try await group.next()) } else { running += 1 }
                group.addTask { (Int64(blob.size), try await self.send(blob, supply)) }
            }
            while let result = try await group.next() { take(result) }
        }
        return transfer
    }

    /// A blob that is not here but on this registry is not fetched to be sent back: it is mounted, if it isn't there.
    private func send(_ blob: Descriptor, _ supply: BlobSupply) async throws -> BlobPush {
        let (store, reference, session) = (supply.store, reference, try session())
        let (isHere, origins) = try await BlockingPool.waiting.run {
            (try store.containsBlob(blob.digest), try store.origins(of: blob.digest))
        }
        let sources = origins.filter { $0.registry == reference.registry }.map(\.repository)
        if !isHere {
            if try await session.hasBlob(blob.digest, in: reference) { return .present }
            for source in sources.prefix(3) where source != reference.repository {
                if try await session.mountBlob(blob.digest, from: source, into: reference) { return .mounted }
            }
            try await supply.provide(blob)
        }
        let file = try await BlockingPool.waiting.run { try store.openBlob(blob.digest) }
        let content = FileContent(file, size: Int64(blob.size))
        return try await session.pushBlob(blob, content, into: reference, mountableFrom: isHere ? sources : [])
    }
}
