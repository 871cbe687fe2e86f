import BuildGraph
import ContentStore
import Core
import OCI

/// A cache that was exported before, as a build asks it.
struct ImportedCache: CacheSource {
    let place: any CachePlace
    let store: Store
    let manifest: CacheManifest?
    let records: CacheRecords

    var name: String { place.name }

    func fetch(_ blob: Descriptor, progress: @Sendable @escaping (Int64) -> Void) async throws {
        try await place.fetch(blob, into: store, progress: progress)
    }

    /// Reads what a place has: the manifest, then the records.
    /// - Returns: the cache, nil when there is none yet; and the manifest that was found.
    static func read(
        _ place: any CachePlace, _ store: Store
    ) async throws -> (cache: ImportedCache?, placed: PlacedManifest?) {
        guard let placed = try await place.manifest() else { return (nil, nil) }
        guard CacheManifest.isCache(placed.manifest) else {
            if CacheManifest.isForeign(placed.manifest.config) { throw SharedCacheError.foreign(place.name) }
            guard let text = placed.manifest.annotations[CacheManifest.inlineRecords] else {
                throw SharedCacheError.noCache(place.name)
            }
            let records = try CacheRecords(decoding: Array(text.utf8))
            return (ImportedCache(place: place, store: store, manifest: nil, records: records), placed)
        }
        let manifest = try CacheManifest(placed.manifest, name: place.name)
        let records = try CacheRecords(
            decoding: try await place.read(manifest.records, limit: CacheRecords.sizeLimit))
        return (ImportedCache(place: place, store: store, manifest: manifest, records: records), placed)
    }
}
