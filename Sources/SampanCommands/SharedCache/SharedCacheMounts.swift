import BuildGraph
import CacheMounts
import ContentStore
import Core
import HostOS
import OCI
import Synchronization

/// Brings cache mounts from imported caches into new directories, and back into exported ones.
final class SharedCacheMounts: CacheMountSource {
    private let store: Store
    private let imported: [ImportedCache]
    /// The `id` of every cache mount that this build has.
    private let used = Mutex<Set<String>>([])

    /// - Parameter imported: caches to restore from, the first that has a mount counts.
    init(_ store: Store, imported: [ImportedCache]) {
        self.store = store
        self.imported = imported
    }

    private static let parallelFetches = 4
    /// Bytes of an encoded index.
    static let indexLimit = 64 << 20

    func note(id: String) { _ = used.withLock { $0.insert(id) } }

    /// The mounts of this build, by name.
    var usedIDs: [String] { used.withLock { $0.sorted() } }

    // MARK: - Import

    func restore(
        id: String, into directory: String, progress: @Sendable @escaping (Int64) -> Void
    ) async throws -> Bool {
        guard
            let (cache, mount) = imported.lazy.compactMap({ cache in
                cache.manifest?.mount(id).map { (cache, $0) }
            }).first
        else { return false }
        let bytes = try await cache.place.read(mount.index, limit: Self.indexLimit)
        let index = try await BlockingPool.compute.run { try CacheMountIndex(decoding: bytes) }
        try await fetch(index.packs.map(\.descriptor), from: cache.place, progress)
        let (store, digest) = (store, mount.index.digest)
        let cancelled = CancelFlag()
        try await withTaskCancellationHandler {
            try await BlockingPool.compute.run {
                try store.putBlob(bytes, expected: digest)
                try CacheMountArchive(store: store, isCancelled: { cancelled.isSet }).restore(index, into: directory)
            }
        } onCancel: {
            cancelled.set()
        }
        return true
    }

    private func fetch(
        _ packs: [Descriptor], from place: any CachePlace, _ progress: @Sendable @escaping (Int64) -> Void
    ) async throws {
        let store = store
        let sum = ByteSum(progress)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, pack) in packs.sorted(by: { $0.size > $1.size }).enumerated() {
                if number >= Self.parallelFetches { try await group.next() }
                group.addTask {
                    try await place.fetch(pack, into: store) { sum.set(pack.digest, $0) }
                    sum.set(pack.digest, Int64(pack.size))
                }
            }
            try await group.waitForAll()
        }
    }

    // MARK: - Export

    /// Archives the mounts of this build as they are now, behind what was archived before.
    /// - Parameters:
    ///   - known: caches whose mounts may be built upon, the best first.
    ///   - supply: whether a pack can be had.
    ///   - tell: hears of mounts that can't be archived.
    /// - Returns: those of the build, and those of `known` that the build did not touch.
    func archive(
        known: [(place: any CachePlace, manifest: CacheManifest)], _ supply: BlobSupply,
        tell: @escaping @Sendable (Diagnostic) -> Void
    ) async throws -> [CacheManifest.Mount] {
        var out: [String: CacheManifest.Mount] = [:]
        for (_, manifest) in known {
            for mount in manifest.mounts where out[mount.id] == nil { out[mount.id] = mount }
        }
        for id in usedIDs {
            do {
                let before = known.lazy.compactMap { item in item.manifest.mount(id).map { (item.place, $0) } }.first
                if let mount = try await archive(id, before, supply) { out[id] = mount }
            } catch let error as any DiagnosticConvertible {
                var diagnostic = error.diagnostic
                diagnostic.severity = .warning
                diagnostic.message = "the cache mount '\(id)' is not exported: " + diagnostic.message
                tell(diagnostic)
            }
        }
        return out.values.map { $0 }
    }

    /// Nil when nothing was ever in it.
    private func archive(
        _ id: String, _ before: (place: any CachePlace, mount: CacheManifest.Mount)?, _ supply: BlobSupply
    ) async throws -> CacheManifest.Mount? {
        let previous = try await previousIndex(before)
        let store = store
        let cancelled = CancelFlag()
        return try await withTaskCancellationHandler {
            try await BlockingPool.waiting.run {
                // Shared with programs that share it; those that want it for themselves have ended.
                guard let held = try store.acquireCache(id, sharing: .shared, isCancelled: { cancelled.isSet }) else {
                    throw CancellationError()
                }
                defer { held.release() }
                if held.isNew { return nil }
                let snapshot = try CacheMountArchive(store: store, isCancelled: { cancelled.isSet }).snapshot(
                    held.path,
                    previous: previous.map { index in
                        CacheMountArchive.Previous(index) { (try? supply.has($0.digest)) ?? false }
                    })
                let bytes = try snapshot.index.encoded()
                let digest = try store.putBlob(bytes)
                return CacheManifest.Mount(
                    id: id, index: Descriptor(mediaType: CacheMountIndex.mediaType, digest: digest, size: bytes.count),
                    packs: snapshot.index.packs.map(\.descriptor))
            }
        } onCancel: {
            cancelled.set()
        }
    }

    /// An index that can't be read is as good as none.
    private func previousIndex(
        _ before: (place: any CachePlace, mount: CacheManifest.Mount)?
    ) async throws -> CacheMountIndex? {
        guard let before else { return nil }
        let (store, descriptor) = (store, before.mount.index)
        do {
            let kept = try await BlockingPool.waiting.run {
                try store.containsBlob(descriptor.digest)
                    ? store.readBlob(descriptor.digest, limit: Self.indexLimit) : nil
            }
            let bytes = if let kept { kept } else { try await before.place.read(descriptor, limit: Self.indexLimit) }
            return try await BlockingPool.compute.run { try CacheMountIndex(decoding: bytes) }
        } catch {
            try Task.checkCancellation()
            return nil
        }
    }
}
