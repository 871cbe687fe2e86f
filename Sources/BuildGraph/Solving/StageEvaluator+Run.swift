private import ContentStore
private import Core
import DockerfileSyntax
private import HostOS
private import Layers
private import OCI

/// RUN: found in the cache by definition or by content, or run.
extension StageEvaluator {
    mutating func evaluate(_ run: RunCommand, _ context: StepContext) async throws {
        // Planning waits for the stages and files that mounts show; the step's time is its own.
        let plan = try await plan(run)
        try await services.progress.step(context.label) { step in
            let traced = try await result(of: plan, context, step)
            if let layer = traced.layer { state.layers.append(layer) }
            state.steps.append(traced)
            commit(historyText(plan.arguments), layer: traced.layer != nil)
        }
    }

    // MARK: - Planning

    private func plan(_ run: RunCommand) async throws -> RunPlan {
        if run.security == .insecure, !request.allowsInsecure {
            throw Diagnostic(
                code: "run.insecure", "RUN --security=insecure is not allowed",
                hint: "allow it for this build with --allow security.insecure")
        }
        if run.network == .host, !request.allowsHostNetwork {
            throw Diagnostic(
                code: "run.network-host", "RUN --network=host is not allowed",
                hint: "allow it for this build with --allow network.host")
        }
        var plan = RunPlan(
            arguments: [], environment: state.environment, directory: state.workdir,
            user: state.image.config.user ?? "", layers: state.layers, platform: state.platform)
        plan.network =
            switch run.network {
            case .none: .none
            case .host: .host
            case .default: request.network
            }
        plan.insecure = run.security == .insecure
        try command(run.line, &plan)
        let expander = expander()
        for spec in run.mounts {
            let mount = try spec.resolve { word throws(DockerfileError) in try expander.expand(word) }
            try await add(mount, spec, &plan)
        }
        return plan
    }

    /// The program line; a heredoc that names its interpreter becomes a file.
    private func command(_ line: CommandLine, _ plan: inout RunPlan) throws {
        switch line.invocation {
        case .exec(let arguments): plan.arguments = arguments
        case .shell(let text): plan.arguments = shell + [text]
        case .script(let name, let content):
            let contents = LayerContents([.file(BytePath(cleaning: name), bytes: content, mode: 0o755)])
            let layer = LayerRef(id: try contents.contentID(), origin: .made(contents))
            plan.mounts.append(.stack([layer], path: "/", target: "/dev/pipes", writable: false))
            plan.arguments = ["/dev/pipes/" + name]
        }
    }

    private func add(_ mount: Mount, _ spec: MountSpec, _ plan: inout RunPlan) async throws {
        let span = span(spec.range)
        func target(_ fallback: String? = nil) throws -> String {
            guard let text = mount.target ?? fallback else {
                throw Diagnostic(code: "mount.target", "this mount needs a target", at: span, hint: "add target=/path")
            }
            let path = BytePath(cleaning: text.hasPrefix("/") ? text : state.workdir + "/" + text)
            guard !path.isRoot else {
                throw Diagnostic(code: "mount.root", "a mount cannot take the place of the root directory", at: span)
            }
            return path.absolute
        }
        switch mount.kind {
        case .bind:
            let source = BytePath(cleaning: mount.source ?? "/")
            let layers: [LayerRef]
            if mount.from != nil, let word = spec.field(.from)?.value {
                layers = try await self.layers(from: word)
            } else {
                layers = [try await contextLayer(source)]
            }
            plan.mounts.append(
                .stack(layers, path: source.absolute, target: try target(), writable: !mount.readOnly))
        case .cache:
            let place = try target()
            var base: [LayerRef] = []
            if mount.from != nil, let word = spec.field(.from)?.value { base = try await self.layers(from: word) }
            plan.mounts.append(
                .cache(
                    RunPlan.Cache(
                        id: mount.id ?? place,
                        sharing: CacheSharing(rawValue: (mount.sharing ?? .shared).rawValue) ?? .shared,
                        base: base, path: BytePath(cleaning: mount.source ?? "/"), mode: mount.mode, uid: mount.uid,
                        gid: mount.gid, readOnly: mount.readOnly),
                    target: place))
        case .tmpfs: plan.mounts.append(.tmpfs(size: mount.size, target: try target()))
        case .secret:
            let id = mount.requestedID
            guard let secret = request.secrets[id] else {
                guard mount.required else { return }
                throw Diagnostic(
                    code: "secret.missing", "the secret '\(id)' was not given", at: span,
                    hint: "pass it with --secret id=\(id),src=FILE or --secret id=\(id),env=NAME")
            }
            plan.secrets.append(secret)
            if let name = mount.env {
                plan.secretEnvironment.append((name, secret))
                plan.secretNames.append("env \(name) \(id)")
            }
            if mount.secretPath != nil {
                let place = try target(mount.secretPath)
                plan.mounts.append(
                    .secret(secret, mode: mount.mode ?? 0o400, uid: mount.uid ?? 0, gid: mount.gid ?? 0, target: place))
                plan.secretNames.append("file \(place) \(id)")
            }
        case .ssh:
            let id = mount.requestedID
            guard let socket = request.agents[id] else {
                guard mount.required else { return }
                throw Diagnostic(
                    code: "ssh.missing", "no SSH agent '\(id)' was given", at: span,
                    hint: "pass --ssh \(id) with a running agent (SSH_AUTH_SOCK)")
            }
            let count = plan.mounts.count { if case .agent = $0 { true } else { false } }
            let place = try target("/run/buildkit/ssh_agent.\(count)")
            plan.mounts.append(
                .agent(socket, mode: mount.mode ?? 0o600, uid: mount.uid ?? 0, gid: mount.gid ?? 0, target: place))
            if count == 0 { plan.agentSocket = place }
        }
    }

    /// The part of the build context that a bind mount shows, as a layer of its own.
    private func contextLayer(_ source: BytePath) async throws -> LayerRef {
        let all = try await session.contextFiles()
        let part =
            source.isRoot
            ? all : LayerContents(all.entries.filter { $0.path.isSameOrBelow(source) || source.isSameOrBelow($0.path) })
        return LayerRef(id: try part.contentID(), origin: .made(part))
    }

    /// What `docker history` shows: ARGs in front, as `|2 A=1 B=2`, then the program.
    private func historyText(_ arguments: [String]) -> String {
        var order: [String] = []
        var values: [String: String] = [:]
        for (name, value) in state.arguments {
            if values[name] == nil { order.append(name) }
            values[name] = state.environment[name] ?? value ?? ""
        }
        let head = order.isEmpty ? [] : ["|\(order.count)"] + order.map { "\($0)=\(values[$0] ?? "")" }
        return "RUN " + (head + arguments).joined(separator: " ") + " # buildkit"
    }

    // MARK: - Cache

    /// The step with the layer that it makes: one that the store has, else one that an exported cache has, else a new one.
    private func result(of plan: RunPlan, _ context: StepContext, _ step: StepID) async throws -> TracedStep {
        let shape = plan.shape(request)
        let text = context.statement.instruction.text
        var traced = TracedStep(description: text, inputs: plan.inputLayers, isShipped: true) { shape }
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
        if services.layers.overlay == .trusted, try await exists(layer.id) { try await record() }
        var shipped = ShippedLayer(layer, of: cache)
        shipped.published = record
        return LayerRef(id: layer.id, origin: .shipped(shipped))
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
        let text = String(description.prefix(300))
        try await BlockingPool.waiting.run {
            try store.recordStep(
                .init(
                    key: key, shape: shape, description: text, result: result.encoded,
                    layers: result.layer.map { [$0] } ?? [], blobs: []))
        }
    }
}

extension Optional where Wrapped: Sendable {
    /// What a function makes of the value; nil when there is none.
    func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await transform(self)
    }

    /// Whether nothing is there or what is there fits.
    func asyncAllSatisfy(_ test: (Wrapped) async throws -> Bool) async rethrows -> Bool {
        guard let self else { return true }
        return try await test(self)
    }
}
