import BuildGraph
import ContentStore
import Core
import Glibc
import HostOS
import Layers
import OCI
import Sandbox
import Synchronization

/// One `sampan run`.
struct RunJob {
    let command: RunCommand
    let store: Store

    func run(_ name: String) async throws -> Int32 {
        let environment = StoreAccess.environment()
        let network = try NetworkAccess(registry: command.registry, environment: environment)
        let (layers, image, tree) = try await prepare(name, network)
        await network.shutdown()
        let config = image.config
        var request = try request(config, layers, tree, environment)
        request.handler = try Emulation.handler(for: image.platform)
        request.mounts = try command.volume.map(Self.mount)
        let runtime = try RuntimeAccess.find(store)
        return try ForegroundProgram.run(
            request, runtime: runtime, stopSignal: SignalName.number(config.stopSignal ?? "") ?? SIGTERM,
            grace: .seconds(command.stopTimeout))
    }

    private func prepare(_ name: String, _ network: NetworkAccess) async throws -> (
        [String], ImageConfig, StackTree
    ) {
        let service = LayerService(
            store: store, canUnpack: true, overlay: RootlessEntry.isInside ? .user : .trusted)
        let resolver = ImageResolver(
            BaseMaker(store: store, network: network, layers: service, progress: ProgressReporter(NoProgress())))
        let platform = try PlatformList.one(command.platform)
        return try await Interruption.shared.cancelling {
            let image = try await resolver.resolve(name, platform: platform, pull: false)
            let references = LayerRef.layers(of: image)
            let directories = try await service.directories(references)
            return (directories, image.config, try await service.tree(references))
        }
    }

    private func request(
        _ config: ContainerConfig, _ layers: [String], _ tree: StackTree, _ environment: [String: String]
    ) throws
        -> SandboxRequest
    {
        let place = try store.session().makeDirectory("run")
        for name in ["upper", "work", "scratch"] { try Directory.create(place + "/" + name) }
        let program = command.entrypoint.map { [$0] } ?? config.entrypoint
        let rest = !command.arguments.isEmpty ? command.arguments : command.entrypoint == nil ? config.cmd : []
        let arguments = program + rest
        guard !arguments.isEmpty else {
            throw Diagnostic(
                code: "run.no-program", "the image names no program",
                hint: "give one behind the image's name, or --entrypoint")
        }
        var request = SandboxRequest(
            layers: layers, upper: command.readOnly ? nil : place + "/upper",
            work: command.readOnly ? nil : place + "/work",
            scratch: place + "/scratch", args: arguments)
        let user = try UserResolver(tree, span: nil).process(command.user ?? config.user ?? "")
        (request.uid, request.gid, request.additionalGids) = (user.uid, user.gid, user.groups)
        var variables = Environment(config.env)
        if variables["PATH"] == nil { variables["PATH"] = StageState.defaultPath }
        for (name, value) in try BuildOptions.pairs("env", command.env, environment: environment).sorted(by: {
            $0.key < $1.key
        }) {
            variables[name] = value
        }
        if variables["HOME"] == nil { variables["HOME"] = user.home ?? "/" }
        if command.terminal, variables["TERM"] == nil { variables["TERM"] = environment["TERM"] ?? "xterm" }
        request.env = variables.list
        request.cwd = command.workdir ?? config.workingDir.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        request.network = command.network == .none ? .none : .host
        request.readOnlyRoot = command.readOnly
        request.terminal = command.terminal
        request.noNewPrivileges = true
        return request
    }

    private static func mount(_ text: String) throws -> SandboxMount {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), !parts[0].isEmpty, parts[1].hasPrefix("/"),
            parts.count == 2 || ["ro", "rw"].contains(parts[2])
        else { throw BuildOptions.usage("volume", text, "HOST:PATH[:ro], with an absolute PATH") }
        guard let resolved = realpath(parts[0], nil) else {
            throw Diagnostic(code: "volume.missing", "--volume: there is no '\(parts[0])'")
        }
        defer { free(resolved) }
        return SandboxMount(
            target: parts[1],
            kind: .directory(path: String(cString: resolved), readOnly: parts.count == 3 && parts[2] == "ro"))
    }
}

/// A program in the foreground: it has this process' streams and gets its signals.
enum ForegroundProgram {
    static func run(_ request: SandboxRequest, runtime: OCIRuntime, stopSignal: Int32, grace: Duration) throws -> Int32
    {
        let streams =
            request.terminal
            ? SandboxStdio()
            : SandboxStdio(
                input: try .duplicating(0), output: try .duplicating(1), error: try .duplicating(2))
        // Signals are caught before the program starts, and wait for it if they must.
        let program = StartingProgram(stopSignal: stopSignal, grace: grace)
        let watcher = try SignalWatcher([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]) {
            program.receive($0.number)
        }
        defer { watcher.stop() }
        let run = try SandboxRun.start(request, runtime: runtime, stdio: streams)
        program.started(run)
        if let console = run.console { try TerminalProxy.run(console) }
        return try run.wait().status.shellCode
    }
}

/// Hands signals on to a program, those too that came before it ran.
private final class StartingProgram: Sendable {
    private struct State {
        var run: SandboxRun?
        var early: [Int32] = []
    }

    private let state = Mutex(State())
    private let stopSignal: Int32
    private let grace: Duration

    init(stopSignal: Int32, grace: Duration) {
        self.stopSignal = stopSignal
        self.grace = grace
    }

    func receive(_ number: Int32) {
        let run = state.withLock { state in
            if state.run == nil { state.early.append(number) }
            return state.run
        }
        if let run { deliver(number, to: run) }
    }

    func started(_ run: SandboxRun) {
        let early = state.withLock { state in
            state.run = run
            return state.early
        }
        for number in early { deliver(number, to: run) }
    }

    /// What asks for the end becomes the image's stop signal; after the grace the program is killed.
    private func deliver(_ number: Int32, to run: SandboxRun) {
        let stops = [SIGINT, SIGTERM, SIGHUP].contains(number)
        run.signal(stops ? stopSignal : number)
        guard stops else { return }
        let grace = grace
        BlockingPool.waiting.submit {
            usleep(UInt32(clamping: grace.components.seconds * 1_000_000))
            run.cancel(grace: .zero)
        }
    }
}

/// Enters the file system that a failed RUN left.
enum FailedStepShell {
    static func enter(_ prefix: String, arguments: [String], store: Store) throws -> Int32 {
        let step = try FailedStep.find(prefix, logs: store.location.home + "/logs")
        let place = try store.session().makeDirectory("shell")
        for name in ["upper", "work", "scratch"] { try Directory.create(place + "/" + name) }
        var request = SandboxRequest(
            layers: step.layers, upper: place + "/upper", work: place + "/work", scratch: place + "/scratch",
            args: arguments.isEmpty ? ["/bin/sh"] : arguments)
        request.env = step.environment + ["TERM=\(Console.environment("TERM") ?? "xterm")"]
        request.cwd = step.directory
        (request.uid, request.gid) = (step.uid, step.gid)
        request.terminal = arguments.isEmpty && isatty(0) == 1
        Console.shared.message(
            "in the file system of the failed step; it ran: \(step.arguments.joined(separator: " "))")
        return try ForegroundProgram.run(
            request, runtime: RuntimeAccess.find(store), stopSignal: SIGTERM, grace: .seconds(3))
    }
}
