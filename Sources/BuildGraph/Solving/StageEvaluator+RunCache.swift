private import ContentStore
import Core
private import DockerfileSyntax
private import HostOS

/// The result of a RUN: looked for in the store, then in exported caches, by definition and by content; else made.
extension StageEvaluator {
    /// The step with the layer that it makes: one that the store has, else one that an exported cache has, else a new one.
    func result(of plan: RunPlan, _ context: StepContext, _ step: StepID) async throws -> TracedStep {
        let shape = plan.shape(request)
        let text = context.statement.instruction.text
        var traced = TracedStep(inputs: plan.inputLayers, isShipped: true) { shape }
        let key = TracedStep.key(shape, plan.inputs)
        if !skipsCache, let found = try await cached(key: key, shape: shape, plan) {
            services.progress.emit(.cached(step))
            traced.layer = found.layer.map { LayerRef(id: $0, origin: .ran) }
            return traced
        }
        if let found = try await imported(&traced) {
            services.progress.emit(.cached(step))
            traced.layer = try await adopt(found.layer, of: found.cache) {
                try await self.record(
                    key: key, shape: shape, StepResult(layer: found.layer?.id, inputs: plan.inputs), description: text)
            }
            return traced
        }
        let skipsCache = skipsCache
        let outcome = try await session.shared.runs.value(key) {
            try await self.run(plan, key: key, shape: shape, skipsCache: skipsCache, context, step)
        }
        if outcome.step != step { services.progress.emit(.cached(step)) }
        traced.layer = outcome.layer.map { LayerRef(id: $0, origin: .ran) }
        return traced
    }

    /// Takes a layer from an exported cache. The step is recorded as if it had run here only when the layer is here, so
    /// that a cache that vanishes takes nothing from this machine.
    private func adopt(
        _ layer: CacheRecords.Layer?, of cache: any CacheSource, record: @Sendable @escaping () async throws -> Void
    ) async throws -> LayerRef? {
        guard let layer else {
            try await record()
            return nil
        }
        try await services.layers.whenPublished(layer.id, record)
        return LayerRef(id: layer.id, origin: .shipped(ShippedLayer(layer, of: cache)))
    }

    /// Runs the program, one at a time of a key over all processes: whoever waits finds the result of the other.
    private func run(
        _ plan: RunPlan, key: Digest, shape: Digest, skipsCache: Bool, _ context: StepContext, _ step: StepID
    ) async throws -> RunOutcome {
        let store = services.store
        let cancelled = CancelFlag()
        let lock = try await withTaskCancellationHandler {
            try await BlockingPool.waiting.run { try store.lockStep(key) { cancelled.isSet } }
        } onCancel: {
            cancelled.set()
        }
        guard let lock else { throw CancellationError() }
        defer { lock.release() }
        if !skipsCache, let found = try await recorded(key) { return RunOutcome(layer: found.layer, step: nil) }
        let layer = try await RunExecution(session: session, plan: plan, context: context, step: step, key: key).run(
            tree: { try await self.tree(step) })
        try await record(
            key: key, shape: shape, StepResult(layer: layer, inputs: plan.inputs),
            description: context.statement.instruction.text)
        return RunOutcome(layer: layer, step: step)
    }

    private func cached(key: Digest, shape: Digest, _ plan: RunPlan) async throws -> StepResult? {
        let inputs = plan.inputs
        if let found = try await recorded(key) { return found }
        // Not by definition: perhaps the inputs were made anew with the same contents.
        let store = services.store
        let candidates = try await BlockingPool.waiting.run { try store.stepCandidates(shape: shape) }
        for candidate in candidates {
            guard let result = StepResult(decoding: candidate.result), result.inputs.count == inputs.count,
                try await result.layer.asyncAllSatisfy({ id in try await self.exists(id) })
            else { continue }
            var equal = true
            for (old, new) in zip(result.inputs, plan.inputLayers) where equal {
                equal = try await sameContents(old, new)
            }
            guard equal else { continue }
            try await record(
                key: key, shape: shape, StepResult(layer: result.layer, inputs: inputs),
                description: candidate.description)
            return result
        }
        return nil
    }

    private func recorded(_ key: Digest) async throws -> StepResult? {
        let store = services.store
        return try await BlockingPool.waiting.run {
            guard let record = try store.lookupStep(key), let result = StepResult(decoding: record.result) else {
                return nil
            }
            if let layer = result.layer, try store.layerPath(layer) == nil { return nil }
            return result
        }
    }

    private func exists(_ layer: Digest) async throws -> Bool {
        let store = services.store
        return try await BlockingPool.waiting.run { try store.layerPath(layer) != nil }
    }

    /// Whether a chain of layers of an earlier build holds the same as one of this build.
    private func sameContents(_ old: [Digest], _ new: [LayerRef]) async throws -> Bool {
        guard old.count == new.count else { return false }
        for (old, new) in zip(old, new) where old != new.id {
            guard new.isOfProgram else { return false }
            let right = try await services.layers.contentID(new)
            // A layer that came from an exported cache is named by what it holds.
            if old == CacheRecords.id(ofProgramLayer: right) { continue }
            guard try await exists(old) else { return false }
            let left = try await services.layers.contentID(LayerRef(id: old, origin: .ran))
            if left != right { return false }
        }
        return true
    }

    private func record(key: Digest, shape: Digest, _ result: StepResult, description: String) async throws {
        let store = services.store
        // `cache du` shows it. Shortened last, lest a URL lose the mark that a password ends with.
        let text = String(Redaction.urls(in: description).prefix(300))
        try await BlockingPool.waiting.run {
            try store.recordStep(
                .init(
                    key: key, shape: shape, description: text, result: result.encoded,
                    layers: result.layer.map { [$0] } ?? [], blobs: []))
        }
    }
}
