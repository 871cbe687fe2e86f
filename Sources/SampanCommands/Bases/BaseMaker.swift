import Bases
import BuildGraph
import ContentStore
import Core
import Debian
import FoundationEssentials
import HostOS
import OCI

/// Resolves recipes and makes images of them, in an open store.
struct BaseMaker: Sendable {
    let store: Store
    let network: NetworkAccess
    let layers: LayerService
    let progress: ProgressReporter

    private var fetcher: StoreArchiveFetcher { StoreArchiveFetcher(store: store, network: network) }

    /// What the archive has now for a recipe.
    func resolve(_ chain: RecipeChain, architectures: [String], from sources: [ArchiveSource]) async throws -> LockFile
    {
        let (fetcher, progress) = (fetcher, progress)
        return try await progress.step("[\(chain.name)] resolve packages of \(chain.suite)") { step in
            let archive = try await DebianArchive.open(sources, fetcher: fetcher, now: FileTime.now().seconds)
            return try await PackageSelection.resolve(chain, architectures: architectures, from: archive) {
                progress.emit(.bytes(step, done: $0, total: nil))
            }
        }
    }

    /// The image of one architecture.
    func build(
        _ chain: RecipeChain, _ lock: LockFile, _ architecture: LockFile.Architecture,
        from sources: @escaping @Sendable @autoclosure () -> [ArchiveSource], noCache: Bool = false
    ) async throws -> BaseBuilder.Built {
        let packages = PackageSource(
            fetcher: fetcher, remote: RemoteFetcher(store: store, network: network), sources: sources)
        let builder = BaseBuilder(
            store: store, layers: layers, executor: SandboxExecutor(store: store), packages: packages,
            progress: progress, noCache: noCache)
        return try await builder.build(chain, lock, architecture)
    }

    // MARK: - In builds

    /// A base as an image that a build stands on.
    ///
    /// A recipe with a lock file beside it gives what is locked. Of another one the choice of packages is remembered, as
    /// a tag's image is, until `pull` asks for what the archive has now.
    func image(_ name: String, platform: Platform, pull: Bool) async throws -> BaseImage {
        let chain = try RecipeChain.load(name)
        let architecture = try BasePlatforms.architectures(platform.description, chain)[0]
        let lock: LockFile
        if let path = PackageSelection.lockPath(for: name) {
            lock = try PackageSelection.locked(path, chain, architectures: [architecture])
        } else if !pull, let known = try await choice(chain, architecture) {
            lock = known
        } else {
            lock = try await resolve(chain, architectures: [architecture], from: archiveSources(chain))
            try await remember(lock, chain)
        }
        guard let packages = lock[architecture] else {
            throw Diagnostic(code: "base.platform", "the recipe '\(name)' has no packages for \(platform)")
        }
        let built = try await build(chain, lock, packages, from: (try? archiveSources(chain)) ?? [])
        return BaseImage(
            name: "base:" + name, manifest: built.manifest.digest, config: built.config,
            layers: zip(built.config.rootfs.diffIDs, built.layers).map {
                BaseImage.Layer(stored: $1, diffID: $0)
            })
    }

    private func archiveSources(_ chain: RecipeChain) throws -> [ArchiveSource] {
        try ArchiveArguments.sources(chain, environment: StoreAccess.environment())
    }

    private static func choiceKey(_ chain: RecipeChain, _ architecture: String) -> Digest {
        // Packages that one archive's keys vouch for are no choice for a recipe that trusts another's.
        let repository = chain.repository
        let environment = StoreAccess.environment()
        var key = KeyHasher("base-choice/2")
        key.add(chain.resolutionKey)
        key.add(architecture)
        key.add(repository.mirror ?? environment[ArchiveSource.mirrorVariable])
        key.add(repository.snapshotMirror ?? environment[ArchiveSource.snapshotVariable])
        key.add(repository.keyring.map { $0.directory + "/" + $0.path.description })
        return key.finalize()
    }

    private func choice(_ chain: RecipeChain, _ architecture: String) async throws -> LockFile? {
        let store = store
        return try await BlockingPool.waiting.run {
            guard let record = try store.lookupStep(Self.choiceKey(chain, architecture)) else { return nil }
            // What another version of the program wrote down is chosen anew.
            return try? LockFile(parsing: SourceFile(name: "choice", bytes: record.result))
        }
    }

    /// Remembers which packages a recipe gives until someone asks for newer ones.
    func remember(_ lock: LockFile, _ chain: RecipeChain) async throws {
        let store = store
        try await BlockingPool.waiting.run {
            for architecture in lock.architectures {
                let key = Self.choiceKey(chain, architecture.name)
                try store.recordStep(
                    .init(
                        key: key, shape: key, description: "packages of base:\(chain.name) for \(architecture.name)",
                        result: Array(lock.text.utf8), layers: [], blobs: []))
            }
        }
    }
}
