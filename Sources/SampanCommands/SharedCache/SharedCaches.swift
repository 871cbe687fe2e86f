package import BuildGraph
package import ContentStore
package import Core
import HostOS
package import Layers
package import OCI
package import RegistryClient
import Synchronization

/// The caches that a build shares with other machines: those it asks, and those it writes.
///
/// ```swift
/// let caches = SharedCaches(options, store: store, platforms: platforms, session: { try network.registry() }) {
///     Console.shared.diagnostic($0)
/// }
/// services.caches = try await caches.sources()
/// services.cacheMounts = caches.mounts
/// // … the build; with --cache-to type=inline the manifest gets caches.inlineAnnotations(…) …
/// let reports = try await caches.export { try await session.cacheRecords(mode: $0, compression: $1).records }
/// ```
package final class SharedCaches: Sendable {
    /// What an export did.
    package struct Report: Sendable {
        /// As the user named the cache.
        package var name: String
        package var transfer: CacheTransfer
    }

    private struct State {
        var imported: [ImportedCache] = []
        /// What was found where, for exports to the same place.
        var placed: [String: PlacedManifest] = [:]
        var mounts: SharedCacheMounts?
    }

    let options: CacheOptions
    private let store: Store
    private let platforms: [Platform]
    private let session: @Sendable () throws -> RegistrySession
    private let tell: @Sendable (Diagnostic) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - platforms: that the build is for; of an index, their images' caches are read.
    ///   - session: asked for when a registry is needed.
    ///   - tell: hears notes and warnings; called on any thread.
    package init(
        _ options: CacheOptions, store: Store, platforms: [Platform],
        session: @escaping @Sendable () throws -> RegistrySession,
        tell: @escaping @Sendable (Diagnostic) -> Void
    ) {
        self.options = options
        self.store = store
        self.platforms = platforms.isEmpty ? [.host] : platforms
        self.session = session
        self.tell = tell
    }

    // MARK: - Import

    /// Reads what the caches of `--cache-from` know: two requests each; bytes of layers wait until they are read.
    ///
    /// A cache that isn't there yet is told as a note, one that can't be read as a warning.
    /// - Throws: `CancellationError` alone.
    package func sources() async throws -> [any CacheSource] {
        let results = try await withThrowingTaskGroup(of: (Int, [Found]).self) { group in
            for (number, origin) in options.origins.enumerated() {
                group.addTask { (number, try await self.read(origin)) }
            }
            var results: [(Int, [Found])] = []
            for try await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
        let imported = results.compactMap(\.cache)
        state.withLock { state in
            state.imported = imported
            for found in results where state.placed[found.name] == nil { state.placed[found.name] = found.placed }
        }
        try await rememberOrigins(imported)
        return imported
    }

    private struct Found: Sendable {
        var name: String
        var cache: ImportedCache?
        var placed: PlacedManifest?
    }

    /// A cache is for all platforms; images have one each.
    private func read(_ origin: CacheOrigin) async throws -> [Found] {
        switch origin {
        case .local(let directory, let tag): return [try await read(LocalCache(path: directory, tag: tag))]
        case .registry(let reference):
            var all: [Found] = []
            for platform in platforms {
                let found = try await read(
                    RegistryCache(reference: reference, platform: platform, session: session))
                all.append(found)
                if found.cache == nil || found.cache?.manifest != nil { break }
            }
            return all
        }
    }

    private func read(_ place: any CachePlace) async throws -> Found {
        do {
            let (cache, placed) = try await ImportedCache.read(place, store)
            if placed == nil {
                tell(Diagnostic(.note, code: "cache.absent", "there is no cache '\(place.name)' yet"))
            }
            return Found(name: place.name, cache: cache, placed: placed)
        } catch {
            try Task.checkCancellation()
            let cause = Diagnostic(explaining: error)
            tell(
                Diagnostic(
                    .warning, code: cause.code, "the cache '\(place.name)' is not used: \(cause.message)",
                    causes: cause.causes, hint: cause.hint))
            return Found(name: place.name)
        }
    }

    /// Layers that lie in a registry already can be mounted into the image's repository.
    private func rememberOrigins(_ imported: [ImportedCache]) async throws {
        let store = store
        try await BlockingPool.waiting.run {
            for cache in imported {
                guard let place = cache.place as? RegistryCache else { continue }
                let origin = BlobOrigin(registry: place.reference.registry, repository: place.reference.repository)
                try? store.recordOrigins(cache.records.blobs.map(\.digest), origin)
            }
        }
    }

    /// Takes layers of a result into the store that only a directory has: unlike a registry, it need not be there when
    /// somebody uses the image.
    package func keep(_ layers: [Descriptor]) async throws {
        let local = state.withLock { $0.imported.filter { $0.place is LocalCache } }
        for cache in local {
            let known = Set(cache.records.blobs.map(\.digest))
            for layer in layers where known.contains(layer.digest) { try await cache.fetch(layer) { _ in } }
        }
    }

    /// Where new cache mounts get their first content, and who keeps account of those in use; nil with
    /// `--cache-mounts off`. After ``sources()``.
    package var mounts: (any CacheMountSource)? { options.mounts == .off ? nil : sharedMounts }

    private var sharedMounts: SharedCacheMounts {
        state.withLock { state in
            if let mounts = state.mounts { return mounts }
            let mounts = SharedCacheMounts(store, imported: state.imported)
            state.mounts = mounts
            return mounts
        }
    }

    // MARK: - Export

    /// What the manifest of an image has to say for `--cache-to type=inline`; empty without it.
    /// - Parameter records: those of the image's own build, with ``CacheMode/min``.
    package func inlineAnnotations(
        _ records: () async throws -> CacheRecords
    ) async throws -> [String: String] {
        guard options.hasInline else { return [:] }
        return [CacheManifest.inlineRecords: String(decoding: try await records().encoded(), as: UTF8.self)]
    }

    /// Writes the caches of `--cache-to`, once the build has ended well.
    ///
    /// - Parameter records: what the build has to tell, by mode and compression of layers; the blobs that it names are in the store or come from
    ///   an imported cache.
    /// - Returns: what it took, in the order of the options; those within the image are left out.
    /// - Throws: what keeps a cache from being written, unless its `ignore-error` is set.
    package func export(
        _ records: (CacheMode, Layers.LayerCompression?) async throws -> CacheRecords
    ) async throws -> [Report] {
        var reports: [Report] = []
        var mounts: [CacheManifest.Mount]?
        for target in options.targets {
            guard let place = place(target) else { continue }
            do {
                let before = try await formerManifest(place)
                var known =
                    before.flatMap { placed in
                        (try? CacheManifest(placed.manifest, name: place.name)).map { [(place: place, manifest: $0)] }
                    } ?? []
                known += state.withLock { $0.imported }.compactMap { cache in
                    cache.manifest.map { (place: cache.place, manifest: $0) }
                }
                let supply = BlobSupply(store, places: known)
                if mounts == nil { mounts = try await self.mounts(known, supply) }
                let cache = try await manifest(records(target.mode, target.compression), mounts ?? [])
                reports.append(
                    Report(
                        name: target.name,
                        transfer: try await place.put(cache, replacing: before, from: supply)))
            } catch {
                try Task.checkCancellation()
                var diagnostic = Diagnostic(explaining: error)
                diagnostic.message = "cannot export the cache to '\(target.name)': " + diagnostic.message
                guard target.ignoresErrors else { throw diagnostic }
                diagnostic.severity = .warning
                tell(diagnostic)
            }
        }
        return reports
    }

    private func place(_ target: CacheTarget) -> (any CachePlace)? {
        switch target.place {
        case .registry(let reference):
            RegistryCache(reference: reference, platform: platforms[0], session: session)
        case .local(let directory, let tag): LocalCache(path: directory, tag: tag)
        case .inline: nil
        }
    }

    /// What the export will replace: a cache, or nothing.
    private func formerManifest(_ place: any CachePlace) async throws -> PlacedManifest? {
        let found: PlacedManifest?
        do {
            if let known = state.withLock({ $0.placed[place.name] }) {
                found = known
            } else {
                found = try await place.manifest()
            }
        } catch SharedCacheError.foreign {
            return nil
        } catch is OCIError {
            throw SharedCacheError.image(place.name)
        }
        guard let found, !CacheManifest.isCache(found.manifest) else { return found }
        guard CacheManifest.isForeign(found.manifest.config) else { throw SharedCacheError.image(place.name) }
        return nil
    }

    private func mounts(
        _ known: [(place: any CachePlace, manifest: CacheManifest)], _ supply: BlobSupply
    ) async throws -> [CacheManifest.Mount] {
        guard options.mounts == .export else { return [] }
        return try await sharedMounts.archive(known: known, supply, tell: tell)
    }

    private func manifest(_ records: CacheRecords, _ mounts: [CacheManifest.Mount]) async throws -> CacheManifest {
        let store = store
        return try await BlockingPool.compute.run {
            let bytes = try records.encoded()
            try store.putBlob(bytes)
            return CacheManifest(
                records: Descriptor(mediaType: CacheManifest.recordsType, describing: bytes),
                layers: records.blobs.map(\.descriptor), mounts: mounts)
        }
    }
}
