import BuildGraph
import ContentStore
import Core
import OCI
import Synchronization

/// An exported cache in memory, which counts what is fetched from it.
final class MemoryCache: CacheSource {
    let name: String
    let records: CacheRecords
    private let store: Store
    private let blobs: Mutex<[Digest: [UInt8]]>
    private let seen = Mutex<[Digest]>([])

    /// - Parameter store: of the machine that uses the cache.
    init(_ name: String = "far", records: CacheRecords, blobs: [Digest: [UInt8]], for store: Store) {
        self.name = name
        self.records = records
        self.blobs = Mutex(blobs)
        self.store = store
    }

    var fetched: [Digest] { seen.withLock { $0 } }

    /// The cache is gone; its records were read before.
    func vanish() { blobs.withLock { $0 = [:] } }

    func change(_ digest: Digest, _ bytes: [UInt8]) { blobs.withLock { $0[digest] = bytes } }

    func fetch(_ blob: Descriptor, progress: @Sendable @escaping (Int64) -> Void) async throws {
        seen.withLock { $0.append(blob.digest) }
        guard let bytes = blobs.withLock({ $0[blob.digest] }) else {
            throw Diagnostic(code: "memory.gone", "the blob is gone")
        }
        try store.putBlob(bytes, expected: blob.digest)
        progress(Int64(bytes.count))
    }
}

/// What a build exported.
struct Export {
    var records: CacheRecords
    var blobs: [Digest: [UInt8]]

    func cache(_ name: String = "far", for workshop: Workshop) -> MemoryCache {
        MemoryCache(name, records: records, blobs: blobs, for: workshop.store)
    }
}

extension Workshop {
    /// Builds and exports; blobs that are not in the store are left out.
    func export(
        _ text: String, _ mode: CacheMode = .max, _ change: (inout BuildRequest) -> Void = { _ in }
    ) async throws -> Export {
        let session = try session(text, change)
        _ = try await session.run()
        let (records, blobs) = try await session.cacheRecords(mode: mode)
        var bytes: [Digest: [UInt8]] = [:]
        for blob in blobs where try store.containsBlob(blob.descriptor.digest) {
            bytes[blob.descriptor.digest] = try store.readBlob(blob.descriptor.digest)
        }
        return Export(records: records, blobs: bytes)
    }

    /// The image of a build, and not a byte more.
    func image(_ text: String, _ change: (inout BuildRequest) -> Void = { _ in }) async throws -> BuiltImage {
        let session = try session(text, change)
        return try await ImageAssembler(session).assemble(try await session.run())
    }
}
