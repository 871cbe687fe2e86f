package import BuildGraph
package import ContentStore
import Core
import Glibc
import HostOS
import Sandbox
import Synchronization

/// Runs the programs of RUN steps in the sandbox.
package final class SandboxExecutor: StepExecutor {
    private let store: Store
    private let runtime = Mutex<OCIRuntime?>(nil)

    package init(store: Store) { self.store = store }

    package func prepare() async throws {
        if runtime.withLock({ $0 != nil }) { return }
        let store = store
        let found = try await BlockingPool.waiting.run { try RuntimeAccess.find(store) }
        runtime.withLock { $0 = found }
    }

    package func execute(_ request: ExecutionRequest) async throws -> ExecutionOutcome {
        try await prepare()
        guard let runtime = runtime.withLock({ $0 }) else { return ExecutionOutcome(code: 126) }
        let sandbox = Self.sandboxRequest(request, try await requireEmulation(request.platform))
        let (reader, writer) = try Self.pipe()
        let running = RunningProgram()
        return try await withTaskCancellationHandler {
            async let drained: Void = BlockingPool.waiting.run { try Self.drain(reader, request.output) }
            let result = try await BlockingPool.waiting.run {
                do {
                    let run = try Self.start(sandbox, runtime, writer)
                    running.set(run)
                    return try run.wait()
                } catch let error as SandboxError {
                    // The codes of a missing program are for those who run an image; here a build fails.
                    var diagnostic = error.diagnostic
                    diagnostic.exitCode = 2
                    throw diagnostic
                }
            }
            try await drained
            try Task.checkCancellation()
            return ExecutionOutcome(code: result.status.shellCode)
        } onCancel: {
            running.cancel()
        }
    }

    /// Nil for what runs without a handler of the sandbox's own.
    private func requireEmulation(_ platform: Platform) async throws -> BinaryHandler? {
        try await BlockingPool.waiting.run { try Emulation.handler(for: platform) }
    }

    private static func sandboxRequest(_ request: ExecutionRequest, _ handler: BinaryHandler?) -> SandboxRequest {
        var out = SandboxRequest(
            layers: request.layers, upper: request.upper, work: request.work, scratch: request.scratch,
            args: request.arguments)
        out.env = request.environment
        out.cwd = request.directory
        (out.uid, out.gid, out.additionalGids) = (request.user.uid, request.user.gid, request.user.groups)
        out.network = SandboxRequest.Network(rawValue: request.network.rawValue) ?? .default
        out.security = request.insecure ? .insecure : .sandbox
        out.extraHosts = request.settings.extraHosts.map { .init(name: $0.name, address: $0.address) }
        if let size = request.settings.sharedMemory { out.shmSize = size }
        out.ulimits = request.settings.ulimits.map { .init(name: $0.name, soft: $0.soft, hard: $0.hard) }
        out.handler = handler
        out.mounts = request.mounts.map { SandboxMount(target: $0.target, kind: kind($0.kind)) }
        return out
    }

    private static func kind(_ kind: ExecutionRequest.Mount.Kind) -> SandboxMount.Kind {
        switch kind {
        case .stack(let layers, let path, let writable): .bind(.layers(layers, path: path), writable: writable)
        case .directory(let path, let readOnly): .directory(path: path, readOnly: readOnly)
        case .tmpfs(let size): .tmpfs(size: size)
        case .secret(let content, let mode, let uid, let gid): .secret(content: content, mode: mode, uid: uid, gid: gid)
        case .socket(let path, let mode, let uid, let gid): .socket(path: path, mode: mode, uid: uid, gid: gid)
        }
    }

    /// Starts a program whose output and errors go into one pipe, of which this process keeps no writing end.
    private static func start(_ request: SandboxRequest, _ runtime: OCIRuntime, _ writer: PipeEnd) throws -> SandboxRun
    {
        let end = writer.take()
        return try SandboxRun.start(request, runtime: runtime, stdio: SandboxStdio(output: end, error: end))
    }

    /// A pipe of whose writing end the result is the only holder.
    private static func pipe() throws -> (FileDescriptor, PipeEnd) {
        let pipe = try Pipe()
        return (pipe.reader, PipeEnd(pipe.writer))
    }

    private static func drain(_ reader: FileDescriptor, _ output: (UnsafeRawBufferPointer) -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try reader.read(into: buffer)
            if count == 0 { return }
            output(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

/// The writing end of a pipe, given away once so that it closes when the program has it.
private final class PipeEnd: Sendable {
    private let descriptor: Mutex<FileDescriptor?>

    init(_ descriptor: FileDescriptor) { self.descriptor = Mutex(descriptor) }

    func take() -> FileDescriptor? {
        descriptor.withLock { value in
            defer { value = nil }
            return value
        }
    }
}

/// A program that may be cancelled before it has started.
private final class RunningProgram: Sendable {
    private struct State {
        var run: SandboxRun?
        var isCancelled = false
    }

    private let state = Mutex(State())

    func set(_ run: SandboxRun) {
        let cancel = state.withLock { state in
            state.run = run
            return state.isCancelled
        }
        if cancel { run.cancel() }
    }

    func cancel() {
        let run = state.withLock { state in
            state.isCancelled = true
            return state.run
        }
        run?.cancel()
    }
}

/// Finds the OCI runtime once a machine.
enum RuntimeAccess {
    static func find(_ store: Store) throws -> OCIRuntime {
        let scratch = try store.session().makeDirectory("probe")
        defer { try? Directory.removeTree(scratch) }
        return try OCIRuntime.find(cache: store.location.home + "/runtime.json", scratch: scratch)
    }
}
