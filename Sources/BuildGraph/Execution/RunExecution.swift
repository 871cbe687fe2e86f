private import ContentStore
import Core
private import Glibc
private import HostOS
private import Layers

/// Runs the program of one RUN and takes its changes into the store.
package struct RunExecution: Sendable {
    let session: BuildSession
    let plan: RunPlan
    let context: StepContext
    let step: StepID
    let key: Digest

    private var services: BuildServices { session.services }

    /// - Parameter tree: the stage's tree, for the user's numbers.
    /// - Returns: the layer; nil when the program changed nothing.
    func run(tree: @Sendable () async throws -> StackTree) async throws -> Digest? {
        try await services.executor.prepare()
        let progress = services.progress
        let step = step
        let directories = try await services.layers.directories(plan.layers) {
            progress.emit(.bytes(step, done: $0, total: nil))
        }
        let user = try await UserResolver(tree(), span: nil).process(plan.user)
        await session.shared.programs.enter()
        do {
            let result = try await execute(directories, user)
            await session.shared.programs.leave()
            return result
        } catch {
            await session.shared.programs.leave()
            throw error
        }
    }

    private func execute(_ directories: [String], _ user: ResolvedUser) async throws -> Digest? {
        try Task.checkCancellation()
        let store = services.store
        let place = try await BlockingPool.waiting.run {
            () -> (upper: String, work: String, scratch: String, log: String) in
            let session = try store.session()
            let root = try session.makeDirectory("run")
            for name in ["upper", "work", "scratch"] { try Directory.create(root + "/" + name) }
            return (root + "/upper", root + "/work", root + "/scratch", root + "/log")
        }
        let log = StepLog(path: place.log, secrets: plan.secrets.map(\.bytes), step: step, progress: services.progress)
        var held: [String: CacheMount] = [:]
        defer { for cache in held.values { cache.release() } }
        try await acquireCaches(&held)
        let mounts = try await mounts(held)
        var environment = plan.environment
        if environment["PATH"] == nil { environment["PATH"] = StageState.defaultPath }
        for (name, value) in session.request.buildArguments.sorted(by: { $0.key < $1.key })
        where ProxyVariables.contains(name) && environment[name] == nil {
            environment[name] = value
        }
        for (name, secret) in plan.secretEnvironment {
            environment[name] = String(decoding: secret.bytes, as: UTF8.self)
        }
        if let socket = plan.agentSocket { environment["SSH_AUTH_SOCK"] = socket }
        // A user without an entry in /etc/passwd is at home in the root directory.
        if environment["HOME"] == nil { environment["HOME"] = user.home.flatMap { $0.isEmpty ? nil : $0 } ?? "/" }
        let outcome = try await services.executor.execute(
            ExecutionRequest(
                layers: directories, upper: place.upper, work: place.work, scratch: place.scratch,
                arguments: plan.arguments, environment: environment.list, directory: plan.directory, user: user,
                mounts: mounts, network: plan.network, insecure: plan.insecure, settings: session.request.settings,
                platform: plan.platform, output: { log.write($0) }))
        try log.finish()
        try Task.checkCancellation()
        guard outcome.code == 0 else { throw try await failure(outcome.code, place.upper, log, directories, user) }
        return try await BlockingPool.compute.run { try Self.publish(place.upper, key: self.key, store: store) }
    }

    /// Takes the directory of changes into the store; nothing when it is empty.
    private static func publish(_ upper: String, key: Digest, store: Store) throws -> Digest? {
        let directory = try FileDescriptor.open(upper, O_RDONLY | O_DIRECTORY)
        if try Directory.names(directory).isEmpty { return nil }
        // What a program makes need not be the same twice, so its layer gets a name of its own.
        var hash = KeyHasher("run-layer/1")
        hash.add(key)
        hash.add(UInt64.random(in: 0...UInt64.max))
        let id = hash.finalize()
        _ = try store.publishLayer(id, directory: upper)
        return id
    }

    // MARK: - Mounts

    /// Takes the caches, each once however many mounts show it.
    ///
    /// All programs of all processes wait for caches in the order of their names, so that no two ever wait for each
    /// other; those of their own come last, as nobody waits for them.
    private func acquireCaches(_ held: inout [String: CacheMount]) async throws {
        for cache in plan.caches {
            let mount = try await acquire(cache)
            held[cache.id] = mount
            if mount.isNew { try await CacheMountFilling(services: services, cache: cache, step: step).fill(mount) }
        }
    }

    private func mounts(_ held: [String: CacheMount]) async throws -> [ExecutionRequest.Mount] {
        var out: [ExecutionRequest.Mount] = []
        for mount in plan.mounts {
            switch mount {
            case .stack(let layers, let path, let target, let writable):
                let directories = try await services.layers.directories(layers)
                out.append(.init(target: target, kind: .stack(directories, path: path, writable: writable)))
            case .cache(let cache, let target):
                guard let mount = held[cache.id] else { continue }
                out.append(.init(target: target, kind: .directory(mount.path, readOnly: cache.readOnly)))
            case .tmpfs(let size, let target): out.append(.init(target: target, kind: .tmpfs(size: size)))
            case .secret(let secret, let mode, let uid, let gid, let target):
                out.append(.init(target: target, kind: .secret(secret.bytes, mode: mode, uid: uid, gid: gid)))
            case .agent(let socket, let mode, let uid, let gid, let target):
                out.append(.init(target: target, kind: .socket(socket, mode: mode, uid: uid, gid: gid)))
            }
        }
        return out
    }

    private func acquire(_ cache: RunPlan.Cache) async throws -> CacheMount {
        let store = services.store
        let cancelled = CancelFlag()
        let mount = try await withTaskCancellationHandler {
            try await BlockingPool.waiting.run {
                try store.acquireCache(cache.id, sharing: cache.sharing) { cancelled.isSet }
            }
        } onCancel: {
            cancelled.set()
        }
        guard let mount else { throw CancellationError() }
        return mount
    }

    // MARK: - Failure

    private func failure(_ code: Int32, _ upper: String, _ log: StepLog, _ directories: [String], _ user: ResolvedUser)
        async throws -> Diagnostic
    {
        let (store, key, plan) = (services.store, key, plan)
        let kept = try await BlockingPool.compute.run { () -> String in
            var layers = directories
            if let changes = try Self.publish(upper, key: key, store: store), let path = try store.layerPath(changes) {
                layers.append(path)
            }
            let path = try store.keepLog(log.path, step: key)
            let step = FailedStep(
                layers: layers, environment: plan.environment.list, directory: plan.directory, uid: user.uid,
                gid: user.gid,
                arguments: plan.arguments)
            try step.save(next: path)
            return path
        }
        let reason =
            switch code {
            case 126: "the program could not be executed"
            case 127: "the program was not found"
            case 137: "it was killed (often: out of memory)"
            case 129...: "it ended by signal \(code - 128)"
            default: log.lastLine ?? "it printed nothing"
            }
        return Diagnostic(
            code: "run.failed", "RUN failed with exit code \(code)",
            causes: ["\(reason)", "its whole output is in \(kept)"],
            hint: "look around in the file system it left: sampan run --step \(key.short)")
    }
}

/// Names of proxy variables as build arguments; they reach programs and nothing else.
enum ProxyVariables {
    static func contains(_ name: String) -> Bool {
        ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"].contains(name.uppercased())
    }
}
