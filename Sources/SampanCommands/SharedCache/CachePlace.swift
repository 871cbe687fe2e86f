import BuildGraph
import ContentStore
import Core
import HostOS
import OCI

/// Where caches lie: a repository of a registry, or a directory.
protocol CachePlace: Sendable {
    /// As the user named it.
    var name: String { get }

    /// What is there; nil when nothing is there yet.
    func manifest() async throws -> PlacedManifest?

    /// Reads a small blob.
    func read(_ blob: Descriptor, limit: Int) async throws -> [UInt8]

    /// Sees to it that a blob is in the store.
    func fetch(_ blob: Descriptor, into store: Store, progress: @Sendable @escaping (Int64) -> Void) async throws

    /// Puts a cache where the last one was, all of its blobs before itself.
    /// - Parameters:
    ///   - previous: what ``manifest()`` gave, when it is known.
    ///   - supply: gives the blobs that are not there yet.
    func put(_ cache: CacheManifest, replacing previous: PlacedManifest?, from supply: BlobSupply) async throws
        -> CacheTransfer
}

/// A manifest where it was found.
struct PlacedManifest: Sendable {
    var digest: Digest
    var manifest: ImageManifest
}

/// What an export cost.
package struct CacheTransfer: Sendable, Hashable {
    /// Blobs and bytes that were sent or written.
    package var blobs = 0
    package var bytes: Int64 = 0
    /// Blobs that were there, or that the registry took from another repository.
    package var reused = 0

    package init(blobs: Int = 0, bytes: Int64 = 0, reused: Int = 0) {
        self.blobs = blobs
        self.bytes = bytes
        self.reused = reused
    }
}

/// Gives the blobs of an export: from the store, else from the caches that have them.
struct BlobSupply: Sendable {
    let store: Store
    /// The place that has a blob; those of the store need none.
    private let places: [Digest: any CachePlace]

    init(_ store: Store, places: [(place: any CachePlace, manifest: CacheManifest)]) {
        self.store = store
        var known: [Digest: any CachePlace] = [:]
        for (place, manifest) in places {
            for blob in manifest.blobs where known[blob.digest] == nil { known[blob.digest] = place }
        }
        self.places = known
    }

    /// Whether a blob can be had at all.
    func has(_ digest: Digest) throws -> Bool { try places[digest] != nil || store.containsBlob(digest) }

    /// Brings a blob into the store.
    func provide(_ blob: Descriptor) async throws {
        let store = store
        if try await BlockingPool.waiting.run({ try store.containsBlob(blob.digest) }) { return }
        guard let place = places[blob.digest] else { throw ContentStoreError.blobMissing(blob.digest) }
        try await place.fetch(blob, into: store) { _ in }
    }
}
