import Archive
import Bases
import BuildGraph
import ContentStore
import Core
import Debian
import FoundationEssentials
import Glibc
import HostOS
import Layers
import OCI

/// Makes the image of a base from its recipe and the packages that were chosen for it.
struct BaseBuilder: Sendable {
    let store: Store
    let layers: LayerService
    let executor: any StepExecutor
    let packages: PackageSource
    let progress: ProgressReporter
    /// Makes every layer anew.
    var noCache = false

    /// An image of one architecture; all its bytes are in the store.
    struct Built: Sendable {
        var manifest: Descriptor
        var config: ImageConfig
        var layers: [Descriptor]
        var packageCount: Int
        /// What each level came to; empty for levels that were there already or are configured.
        var reports: [LevelReport]
    }

    /// A level's layer, as it is remembered.
    private struct MadeLevel: Codable {
        var layer: Descriptor
        var diffID: Digest
    }

    /// - Parameter architecture: the packages of each level.
    func build(_ chain: RecipeChain, _ lock: LockFile, _ architecture: LockFile.Architecture) async throws -> Built {
        let keys = try await BlockingPool.compute.run { try Self.keys(chain, architecture, lock.sources) }
        var made: [MadeLevel] = []
        for key in keys {
            guard !noCache, let known = try await lookup(key) else { break }
            made.append(known)
        }
        var reports: [LevelReport] = []
        if made.count < keys.count {
            // What is not configured is quickly made again, and later levels want to know the files of lower ones.
            let start = chain.isConfigured ? made.count : 0
            made = Array(made[..<start])
            let workspace = LevelWorkspace(
                builder: self, chain: chain, architecture: architecture, aptSources: lock.sources)
            reports = try await workspace.make(
                from: start, keys: keys, lower: Self.refs(made.map { ($0.layer, $0.diffID) })
            ) {
                made.append(MadeLevel(layer: $1.descriptor, diffID: $1.diffID))
                try await remember(keys[$0], made[$0])
            }
        }
        return try await image(chain, architecture, made, reports)
    }

    /// The keys of the levels' layers: what a layer's bytes depend on.
    private static func keys(
        _ chain: RecipeChain, _ architecture: LockFile.Architecture, _ sources: [LockFile.Source]
    ) throws -> [Digest] {
        var below: Digest?
        return try zip(chain.levels, architecture.levels).map { recipe, level in
            var key = KeyHasher("base-level/1")
            if let below { key.add(below) }
            key.add(architecture.name)
            key.add(chain.suite)
            if recipe.configure { key.add(SHA256.digest(of: AptSourcesFile.bytes(sources))) }
            key.add(try recipe.layerKey(architecture: architecture.name))
            key.add(UInt64(level.packages.count))
            for package in level.packages { key.add(package.sha256) }
            let digest = key.finalize()
            below = digest
            return digest
        }
    }

    private func lookup(_ key: Digest) async throws -> MadeLevel? {
        let store = store
        return try await BlockingPool.waiting.run {
            guard let record = try store.lookupStep(key),
                let level = try? JSONDecoder().decode(MadeLevel.self, from: Data(record.result)),
                try store.containsBlob(level.layer.digest)
            else { return nil }
            return level
        }
    }

    private func remember(_ key: Digest, _ level: MadeLevel) async throws {
        let store = store
        try await BlockingPool.waiting.run {
            try store.recordStep(
                .init(
                    key: key, shape: key, description: "a level of a base",
                    result: Array(JSONEncoder().encode(level)), layers: [], blobs: [level.layer.digest]))
        }
    }

    /// Layers that are in the store, as a stack that others can stand on.
    static func refs(_ layers: [(descriptor: Descriptor, diffID: Digest)]) -> [LayerRef] {
        let config = ImageConfig(platform: .host, diffIDs: layers.map(\.diffID))
        return LayerRef.layers(
            of: BaseImage(
                name: "base", manifest: SHA256.digest(of: []), config: config,
                layers: layers.map { layer in
                    BaseImage.Layer(diffID: layer.diffID, descriptor: layer.descriptor) { _ in }
                }))
    }

    private func image(
        _ chain: RecipeChain, _ architecture: LockFile.Architecture, _ levels: [MadeLevel], _ reports: [LevelReport]
    ) async throws -> Built {
        let config = BaseConfig.imageConfig(
            chain, architecture: architecture.name, diffIDs: levels.map { $0.diffID })
        let configBytes = try CanonicalJSON.encode(config)
        let configDescriptor = Descriptor(mediaType: .ociConfig, describing: configBytes)
        let manifest = ImageManifest(
            mediaType: .ociManifest, config: configDescriptor, layers: levels.map(\.layer))
        let manifestBytes = try CanonicalJSON.encode(manifest)
        var descriptor = Descriptor(mediaType: .ociManifest, describing: manifestBytes)
        let store = store
        try await BlockingPool.waiting.run {
            _ = try store.putBlob(configBytes)
            _ = try store.putBlob(manifestBytes)
        }
        descriptor.platform = PlatformValue(BaseConfig.platform(architecture.name))
        return Built(
            manifest: descriptor, config: config, layers: levels.map(\.layer),
            packageCount: architecture.levels.reduce(0) { $0 + $1.packages.count }, reports: reports)
    }
}
