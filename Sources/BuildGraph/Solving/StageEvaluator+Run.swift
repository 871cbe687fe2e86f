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
            let id = mount.id ?? place
            services.cacheMounts?.note(id: id)
            plan.mounts.append(
                .cache(
                    RunPlan.Cache(
                        id: id, from: mount.from,
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
}
