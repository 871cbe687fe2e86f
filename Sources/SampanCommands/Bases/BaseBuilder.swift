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

        init(_ blob: LayerService.LayerBlob) { (layer, diffID) = (blob.descriptor, blob.diffID) }

        var blob: LayerService.LayerBlob { LayerService.LayerBlob(descriptor: layer, diffID: diffID) }
    }

    /// - Parameter architecture: the packages of each level.
    func build(_ chain: RecipeChain, _ lock: LockFile, _ architecture: LockFile.Architecture) async throws -> Built {
        let keys = try await BlockingPool.compute.run { try Self.keys(chain, architecture, lock.sources) }
        var made: [LayerService.LayerBlob] = []
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
            (made, reports) = try await workspace.make(keys: keys, onto: made) { try await remember($0, $1) }
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

    private func lookup(_ key: Digest) async throws -> LayerService.LayerBlob? {
        let store = store
        return try await BlockingPool.waiting.run {
            guard let record = try store.lookupStep(key),
                let level = try? JSONDecoder().decode(MadeLevel.self, from: Data(record.result)),
                try store.containsBlob(level.layer.digest)
            else { return nil }
            return level.blob
        }
    }

    private func remember(_ key: Digest, _ layer: LayerService.LayerBlob) async throws {
        let store = store
        try await BlockingPool.waiting.run {
            try store.recordStep(
                .init(
                    key: key, shape: key, description: "a level of a base",
                    result: Array(JSONEncoder().encode(MadeLevel(layer))), layers: [], blobs: [layer.descriptor.digest])
            )
        }
    }

    /// Layers that are in the store, as a stack that others can stand on.
    static func refs(_ layers: [LayerService.LayerBlob]) -> [LayerRef] {
        let config = ImageConfig(platform: .host, diffIDs: layers.map(\.diffID))
        return LayerRef.layers(
            of: BaseImage(
                name: "base", manifest: SHA256.digest(of: []), config: config,
                layers: layers.map { BaseImage.Layer(stored: $0.descriptor, diffID: $0.diffID) }))
    }

    private func image(
        _ chain: RecipeChain, _ architecture: LockFile.Architecture, _ layers: [LayerService.LayerBlob],
        _ reports: [LevelReport]
    ) async throws -> Built {
        let config = BaseConfig.imageConfig(
            chain, architecture: architecture.name, diffIDs: layers.map { $0.diffID })
        let configBytes = try CanonicalJSON.encode(config)
        let configDescriptor = Descriptor(mediaType: .ociConfig, describing: configBytes)
        let manifest = ImageManifest(
            mediaType: .ociManifest, config: configDescriptor, layers: layers.map(\.descriptor))
        let manifestBytes = try CanonicalJSON.encode(manifest)
        var descriptor = Descriptor(mediaType: .ociManifest, describing: manifestBytes)
        let store = store
        try await BlockingPool.waiting.run {
            _ = try store.putBlob(configBytes)
            _ = try store.putBlob(manifestBytes)
        }
        descriptor.platform = PlatformValue(BaseConfig.platform(architecture.name))
        return Built(
            manifest: descriptor, config: config, layers: layers.map(\.descriptor),
            packageCount: architecture.levels.reduce(0) { $0 + $1.packages.count }, reports: reports)
    }
}
