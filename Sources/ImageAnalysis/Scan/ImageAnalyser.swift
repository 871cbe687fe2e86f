package import ContentStore
internal import Core
internal import HostOS
internal import Layers
internal import OCI
internal import Synchronization

/// Reads images: each layer once, side by side, nothing unpacked to disk. What was found out about a layer is kept in the
/// store by the layer's digest, so that no layer is read twice.
package struct ImageAnalyser: Sendable {
    private let store: Store?
    private let limits: AnalysisLimits

    /// - Parameter store: remembers layers; nil when nothing is to be remembered.
    package init(store: Store?, limits: AnalysisLimits = AnalysisLimits()) {
        self.store = store
        self.limits = limits
    }

    /// Reads an image.
    /// - Parameter progress: called on any thread, about once a megabyte.
    /// - Throws: ``LayerError``, ``ArchiveError``, ``ImageLayoutError``, `OCIError`, `SystemError`, and what the source
    ///   throws when a layer can't be fetched.
    package func analyse(
        _ source: any AnalysisSource, progress: @escaping @Sendable (AnalysisProgress) -> Void = { _ in }
    ) async throws -> AnalysedImage {
        try source.config.check(against: source.image)
        let diffIDs = source.config.rootfs.diffIDs
        var jobs: [Job] = []
        var positions: [Digest: Int] = [:]
        for (layer, diffID) in zip(source.image.layers, diffIDs) where positions[layer.digest] == nil {
            positions[layer.digest] = jobs.count
            jobs.append(Job(descriptor: layer, diffID: diffID))
        }
        let budget = AnalysisBudget(limits)
        var results = try await known(jobs, budget)
        let missing = jobs.indices.filter { results[$0] == nil }
        let meter = Meter(
            AnalysisProgress(
                layersDone: jobs.count - missing.count, layers: jobs.count, bytesDone: 0,
                bytes: missing.reduce(0) { $0 + Int64(jobs[$1].descriptor.size) }), progress)
        for (position, facts) in try await read(missing.map { ($0, jobs[$0]) }, source, budget, meter) {
            results[position] = facts
        }
        let causes = LayerCause.causes(of: source.config, source.sources)
        var layers: [AnalysedImage.Layer] = []
        for (number, descriptor) in source.image.layers.enumerated() {
            guard let facts = positions[descriptor.digest].flatMap({ results[$0] }) else { continue }
            guard facts.diffID == diffIDs[number] else {
                throw LayerError.diffIDMismatch(expected: diffIDs[number], actual: facts.diffID)
            }
            layers.append(AnalysedImage.Layer(descriptor: descriptor, cause: causes[number], facts: facts))
        }
        return try await BlockingPool.waiting.run { [layers] in
            var image = AnalysedImage(
                name: source.name, manifest: source.manifest, config: source.config, platform: source.config.platform,
                layers: try TreeFitting.fit(layers, limits))
            image.instructions = source.sources?.instructions ?? [:]
            image.dockerfile = source.sources?.dockerfile
            image.remarks = image.layers.flatMap(\.facts.remarks)
            image.isWhole = !budget.isExceeded
            return image
        }
    }

    private struct Job: Sendable {
        var descriptor: Descriptor
        var diffID: Digest
    }

    private func known(_ jobs: [Job], _ budget: AnalysisBudget) async throws -> [LayerFacts?] {
        guard let store else { return jobs.map { _ in nil } }
        return try await BlockingPool.waiting.run {
            jobs.map { job in
                var facts = LayerRecord.load(job.descriptor.digest, from: store)
                facts?.charge(to: budget, limits)
                return facts
            }
        }
    }

    /// Reads layers, the largest first, as many at a time as there are cores.
    private func read(
        _ jobs: [(position: Int, job: Job)], _ source: any AnalysisSource, _ budget: AnalysisBudget,
        _ meter: Meter
    ) async throws -> [(Int, LayerFacts)] {
        let queue = jobs.sorted { ($1.job.descriptor.size, $0.position) < ($0.job.descriptor.size, $1.position) }
        let cancel = CancelFlag()
        return try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: (Int, LayerFacts).self) { group in
                var next = 0
                func start() {
                    guard next < queue.count else { return }
                    let (position, job) = queue[next]
                    next += 1
                    group.addTask { (position, try await read(job, source, budget, meter, cancel)) }
                }
                for _ in 0..<min(4, max(2, BlockingPool.processorCount)) { start() }
                var results: [(Int, LayerFacts)] = []
                do {
                    for try await result in group {
                        results.append(result)
                        meter.finishLayer()
                        start()
                    }
                } catch {
                    // The others look at the flag; the group waits for them.
                    cancel.set()
                    throw error
                }
                return results
            }
        } onCancel: {
            cancel.set()
        }
    }

    private func read(
        _ job: Job, _ source: any AnalysisSource, _ budget: AnalysisBudget, _ meter: Meter, _ cancel: CancelFlag
    ) async throws -> LayerFacts {
        let blob = try await source.layer(job.descriptor)
        let (store, limits) = (store, limits)
        return try await BlockingPool.waiting.run {
            let facts = try LayerReading(
                blob: blob, descriptor: job.descriptor, diffID: job.diffID, limits: limits, budget: budget,
                scratch: { try store?.scratchFile() ?? ScratchFile.make() },
                advance: { count in
                    if cancel.isSet { throw CancellationError() }
                    meter.advance(count)
                }
            ).facts()
            // A record holds all that there is to know: another image may have room for it.
            if let store, !budget.isExceeded { LayerRecord.save(facts, of: job.descriptor.digest, to: store) }
            return facts
        }
    }
}

/// Adds up how far the readers of all layers are.
private final class Meter: Sendable {
    private let state: Mutex<(now: AnalysisProgress, told: Int64)>
    private let tell: @Sendable (AnalysisProgress) -> Void
    private static let grain: Int64 = 1 << 20

    init(_ start: AnalysisProgress, _ tell: @escaping @Sendable (AnalysisProgress) -> Void) {
        state = Mutex((start, 0))
        self.tell = tell
        tell(start)
    }

    func advance(_ count: Int64) {
        let news = state.withLock { state -> AnalysisProgress? in
            state.now.bytesDone += count
            guard state.now.bytesDone - state.told >= Self.grain else { return nil }
            state.told = state.now.bytesDone
            return state.now
        }
        if let news { tell(news) }
    }

    func finishLayer() {
        tell(
            state.withLock { state in
                state.now.layersDone += 1
                return state.now
            })
    }
}
