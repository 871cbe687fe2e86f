import Core
private import DockerfileSyntax

/// A step that was carried out or found, as an exported cache knows it.
struct TracedStep: Sendable {
    /// Chains of layers that it read, as this build has them.
    var inputs: [[LayerRef]]
    /// What it made; nil when it changed nothing.
    var layer: LayerRef?
    /// Whether its layer's blob travels. Not that of files which whoever has the inputs has too.
    var isShipped: Bool
    /// The instruction without its inputs; not computed before someone asks.
    var shape: @Sendable () async throws -> Digest

    init(inputs: [[LayerRef]], isShipped: Bool, shape: @Sendable @escaping () async throws -> Digest) {
        self.inputs = inputs
        self.isShipped = isShipped
        self.shape = shape
    }

    /// The definition key: the shape and the identities of all layers that the step reads.
    static func key(_ shape: Digest, _ inputs: [[Digest]]) -> Digest {
        var hash = KeyHasher("run-definition/1")
        hash.add(shape)
        for chain in inputs {
            hash.add(UInt64(chain.count))
            for id in chain { hash.add(id) }
        }
        return hash.finalize()
    }

    /// The key by which every machine knows the step.
    func sharedKey(_ shape: Digest, _ layers: LayerService) async throws -> Digest {
        var ids: [[Digest]] = []
        for chain in inputs {
            var out: [Digest] = []
            for layer in chain { out.append(try await layers.sharedID(layer)) }
            ids.append(out)
        }
        return Self.key(shape, ids)
    }
}

extension StageEvaluator {
    /// What an exported cache knows of a step, nil when none does. The layer that it gives can be had: it has a blob, or
    /// its files are here.
    func imported(_ step: inout TracedStep) async throws -> (layer: CacheRecords.Layer?, cache: any CacheSource)? {
        if skipsCache || services.caches.isEmpty { return nil }
        let shape = try await step.shape()
        step.shape = { shape }
        let caches = services.caches.filter { $0.records.knows(shape: shape) }
        if caches.isEmpty { return nil }
        let key = try await step.sharedKey(shape, services.layers)
        for cache in caches {
            guard let found = cache.records.step(key) else { continue }
            guard let id = found.layer else { return (nil, cache) }
            guard let layer = cache.records.layer(id), !layer.blobs.isEmpty || !step.isShipped else { continue }
            return (layer, cache)
        }
        return nil
    }

    /// Whether the user wants the steps of this stage made anew.
    var skipsCache: Bool {
        request.noCache || request.noCacheStages.contains(node.stage.name ?? String(node.stage.index))
    }
}
