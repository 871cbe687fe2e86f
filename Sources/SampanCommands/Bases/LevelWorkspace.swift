import Archive
import Bases
import BuildGraph
import ContentStore
import Core
import Debian
import HostOS
import Inventory
import Layers
import OCI

/// Makes the layers of a base's levels, the lowest first.
struct LevelWorkspace {
    let builder: BaseBuilder
    let chain: RecipeChain
    let architecture: LockFile.Architecture
    let aptSources: [LockFile.Source]

    /// - Parameters:
    ///   - keys: of all levels.
    ///   - lower: the layers of the lowest levels, which are there already.
    ///   - finished: called with the key of each level that was made, and its layer.
    /// - Returns: the layers of all levels.
    func make(
        keys: [Digest], onto lower: [LayerService.LayerBlob],
        finished: (Digest, LayerService.LayerBlob) async throws -> Void
    ) async throws -> (layers: [LayerService.LayerBlob], reports: [LevelReport]) {
        let wanted = architecture.levels[lower.count...].flatMap(\.packages)
        let count = "\(wanted.count) package\(wanted.count == 1 ? "" : "s")"
        if !wanted.isEmpty {
            try await builder.progress.step("[\(chain.name)] fetch \(count) for \(architecture.name)") { step in
                try await builder.packages.fetch(wanted) { done, total in
                    builder.progress.emit(.bytes(step, done: done, total: total))
                }
            }
        }
        var assembler = BaseAssembler(
            architecture: architecture.name, mergesUsr: UsrMerge.applies(to: chain.suite))
        let standing = BaseBuilder.refs(lower)
        for (index, layer) in standing.enumerated() {
            assembler.take(configured: try await builder.layers.contents(layer, below: Array(standing[..<index])))
        }
        var made = lower
        for index in lower.count..<chain.levels.count {
            let label = "[\(chain.name) \(index + 1)/\(chain.levels.count)] \(chain.levels[index].name)"
            made.append(
                try await builder.progress.step(label) { step in
                    try await make(index, key: keys[index], onto: made, &assembler, step)
                })
            try await finished(keys[index], made[index])
        }
        return (made, assembler.reports)
    }

    private func make(
        _ index: Int, key: Digest, onto below: [LayerService.LayerBlob], _ assembler: inout BaseAssembler,
        _ step: StepID
    ) async throws -> LayerService.LayerBlob {
        let recipe = chain.levels[index]
        let platform = BaseConfig.platform(architecture.name)
        let packages = try await read(architecture.levels[index].packages)
        let archives = try await archives(of: recipe)
        let contents: LayerContents
        var directory: String?
        if recipe.configure {
            let (own, foreign) = packages.partitioned { ConfigurationScript.needsUnpacking($0.package) }
            let level = BaseLevel(recipe: recipe, packages: own.map(\.package), archives: archives)
            let unpacked = try await BlockingPool.compute.run { [assembler, aptSources] in
                try assembler.unpack(level, sources: aptSources)
            }
            let configurator = LevelConfigurator(
                store: builder.store, layers: builder.layers, executor: builder.executor, progress: builder.progress)
            (contents, directory) = try await configurator.configure(
                unpacked, level: level, onto: BaseBuilder.refs(below),
                archives: Dictionary(
                    foreign.map { ("\($0.package.name).deb", $0.locked.sha256) },
                    uniquingKeysWith: { first, _ in first }),
                platform: platform, step: step)
            assembler.take(configured: contents)
        } else {
            let level = BaseLevel(recipe: recipe, packages: packages.map(\.package), archives: archives)
            (contents, assembler) = try await BlockingPool.compute.run { [assembler] in
                var next = assembler
                let contents = try next.addLevel(level)
                return (contents, next)
            }
        }
        let id = builder.noCache ? Self.fresh(key) : key
        let blob = try await builder.layers.blob(
            LayerRef(id: id, origin: .made(contents)), epoch: 0, compression: .gzip
        ) { [progress = builder.progress] in progress.emit(.bytes(step, done: $0, total: nil)) }
        if let directory {
            let stack = BaseBuilder.refs(below + [blob])
            try await builder.layers.adopt(
                directory, holding: contents, as: stack[stack.count - 1], diffID: blob.diffID)
        }
        return blob
    }

    /// A name under which nothing is known.
    private static func fresh(_ key: Digest) -> Digest {
        var hash = KeyHasher("base-level-anew/1")
        hash.add(key)
        hash.add(UInt64.random(in: 0...UInt64.max))
        return hash.finalize()
    }

    // MARK: - Reading

    private struct ReadPackage: Sendable {
        var locked: LockedPackage
        var package: DebPackage
    }

    /// Unpacks packages into files of the session, on all cores, each with a file of its own.
    private func read(_ wanted: [LockedPackage]) async throws -> [ReadPackage] {
        let store = builder.store
        let workers = max(1, min(BlockingPool.processorCount, wanted.count))
        return try await withThrowingTaskGroup(of: [(Int, ReadPackage)].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    try await BlockingPool.compute.run {
                        let tar = try store.scratchFile()
                        return try stride(from: worker, to: wanted.count, by: workers).map { index in
                            let locked = wanted[index]
                            do {
                                let package = try DebPackage.read(store.openBlob(locked.sha256), into: tar)
                                try Self.check(package, locked)
                                return (index, ReadPackage(locked: locked, package: package))
                            } catch {
                                var diagnostic = Diagnostic(explaining: error)
                                diagnostic.causes.insert(diagnostic.message, at: 0)
                                diagnostic.message = "the package \(locked.name) \(locked.version) cannot be used"
                                throw diagnostic
                            }
                        }
                    }
                }
            }
            var found: [(Int, ReadPackage)] = []
            for try await part in group { found += part }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// A mirror could serve one package under the name of another; the digest says what the index meant, this what it is.
    private static func check(_ package: DebPackage, _ locked: LockedPackage) throws {
        guard package.name == locked.name, package.version.text == locked.version,
            package.architecture == locked.architecture
        else {
            throw Diagnostic(
                code: "base.package",
                "it says it is \(package.name) \(package.version.text) for \(package.architecture)")
        }
    }

    private func archives(of recipe: Recipe) async throws -> [(archive: Recipe.Archive, contents: LayerContents)] {
        let store = builder.store
        var out: [(archive: Recipe.Archive, contents: LayerContents)] = []
        for archive in recipe.archives(for: architecture.name) {
            let file = try await builder.packages.open(archive)
            let contents = try await BlockingPool.compute.run {
                let source = HashingSource(DescriptorSource(file))
                let contents = try TarIndexer.append(
                    Compression.open(source).source, to: store.scratchFile())
                try source.drain()
                guard source.digest == archive.digest else {
                    throw Diagnostic(
                        code: "base.archive", "an archive of the recipe is not what its sha256 says",
                        causes: ["expected \(archive.digest)", "got      \(source.digest)"])
                }
                return contents
            }
            out.append((archive, contents))
        }
        return out
    }
}

extension Array {
    /// Those that don't and those that do, each in order.
    fileprivate func partitioned(_ belongs: (Element) -> Bool) -> ([Element], [Element]) {
        (filter { !belongs($0) }, filter(belongs))
    }
}
