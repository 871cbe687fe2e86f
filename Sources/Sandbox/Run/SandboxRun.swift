internal import Core
private import Glibc
package import HostOS
private import Synchronization

/// A program that runs in a sandbox.
///
/// All calls block and may come from any thread. Dropping a run without waiting for it kills its program.
package final class SandboxRun: Sendable {
    /// The other end of the program's terminal, when the request asked for one.
    package let console: FileDescriptor?

    /// Looks into the sandbox, when the request asked for it.
    package let observer: SandboxObserver?

    private let channel: ControlChannel
    private let helper: ChildProcess
    private let sending = Mutex(())
    private let outcome = Mutex<Result<SandboxResult, SandboxError>?>(nil)

    private init(
        _ channel: ControlChannel, _ helper: ChildProcess, _ console: FileDescriptor?, _ observer: SandboxObserver?
    ) {
        self.observer = observer
        self.channel = channel
        self.helper = helper
        self.console = console
    }

    /// Starts the program and returns when it runs.
    /// - Parameters:
    ///   - stdio: the caller lets go of its own copies, or a reader of the output never sees its end.
    ///   - helper: the program that serves as ``SandboxHelper``; by default the one that this process runs.
    package static func start(
        _ request: SandboxRequest, runtime: OCIRuntime, stdio: SandboxStdio = SandboxStdio(),
        helper: String = "/proc/self/exe"
    ) throws(SandboxError) -> SandboxRun {
        _ = sweepOnce
        let sockets = try request.observation.map { (_) throws(SandboxError) in
            try SandboxError.wrap { () throws(SystemError) in try UnixSocket.pair() }
        }
        let (channel, process) = try startHelper(helper, stdio, observer: sockets?.1)
        return try serve(channel, process, request, runtime, sockets.map { SandboxObserver($0.0) })
    }

    /// Its end of the channel is its alone when this returns: otherwise nobody would see its death.
    private static func startHelper(
        _ helper: String, _ stdio: SandboxStdio, observer: FileDescriptor?
    ) throws(SandboxError) -> (ControlChannel, ChildProcess) {
        let (ours, theirs) = try SandboxError.wrap { () throws(SystemError) in try UnixSocket.pair() }
        var options = ChildProcess.Options(helper, [SandboxHelper.argument])
        options.namespaces = [.pid, .mount]
        options.newSession = true
        options.descriptors[0] = stdio.input
        options.descriptors[1] = stdio.output
        options.descriptors[2] = stdio.error
        options.descriptors[SandboxHelper.controlDescriptor] = theirs
        options.descriptors[Observer.descriptor] = observer
        do throws(ProcessError) {
            return (ControlChannel(socket: ours), try ChildProcess.spawn(options))
        } catch {
            throw startFailure(error)
        }
    }

    private static func serve(
        _ channel: ControlChannel, _ process: ChildProcess, _ request: SandboxRequest, _ runtime: OCIRuntime,
        _ observer: SandboxObserver?
    ) throws(SandboxError) -> SandboxRun {
        let order = HelperOrder(
            request: request, runtime: runtime, identifier: RunIdentifier.next(), rootless: IDMap.isNested)
        try? channel.send(.order(order))
        var console: FileDescriptor?
        while true {
            let message = try? channel.receive()
            switch message {
            case .console:
                console = try SandboxError.wrap { () throws(SystemError) in
                    try UnixSocket.receive(over: channel.socket)
                }
            case .started: return SandboxRun(channel, process, console, observer)
            case .failed(let error):
                process.wait()
                throw error
            case .ended(let result):
                let run = SandboxRun(channel, process, console, observer)
                run.outcome.withLock { $0 = .success(result) }
                return run
            case .order, .handler, .signal, .cancel, .registered, .question, .ports, .connected, .refused: continue
            case nil:
                process.terminate(SIGKILL)
                throw .helperDied(process.wait())
            }
        }
    }

    private static func startFailure(_ error: ProcessError) -> SandboxError {
        if case .cannotStart(_, let step, let errno) = error, errno == EPERM {
            return .notAllowed(
                geteuid() == 0 ? .missingCapability("CAP_SYS_ADMIN") : .refused(operation: step, errno: errno))
        }
        return SandboxError(error)
    }

    /// Groups that killed builders left are removed once a process.
    private static let sweepOnce: Void = ControlGroups.sweep()

    /// Waits for the program's end. When it returns, nothing of the run is mounted or running any more.
    package func wait() throws(SandboxError) -> SandboxResult {
        try outcome.withLock { outcome in
            if let outcome { return outcome }
            let result = receiveOutcome()
            outcome = result
            return result
        }.get()
    }

    private func receiveOutcome() -> Result<SandboxResult, SandboxError> {
        while true {
            switch try? channel.receive() {
            case .ended(let result):
                helper.wait()
                return .success(result)
            case .failed(let error):
                helper.wait()
                return .failure(error)
            case .order, .handler, .signal, .cancel, .started, .registered, .console, .question, .ports, .connected,
                .refused:
                continue
            case nil:
                helper.terminate(SIGKILL)
                return .failure(.helperDied(helper.wait()))
            }
        }
    }

    /// Asks all programs of the run to end (SIGTERM), and kills them after the grace. ``wait()`` then returns soon.
    package func cancel(grace: Duration = .seconds(3)) {
        let milliseconds = Int32(
            clamping: grace.components.seconds * 1000 + grace.components.attoseconds / 1_000_000_000_000_000)
        send(.cancel(graceMilliseconds: max(0, milliseconds)))
    }

    /// Sends a signal to the first program of the run.
    package func signal(_ number: Int32) { send(.signal(number)) }

    private func send(_ message: ControlMessage) { sending.withLock { _ in try? channel.send(message) } }
}

/// Names of runs: the builder's pid and start time, so that what a killed one leaves can be told, and a number.
enum RunIdentifier {
    private static let counter = Mutex(0)

    static func next() -> String {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        let builder = BuilderIdentity.current ?? BuilderIdentity(pid: 0, start: 0)
        return "\(builder.pid)-\(builder.start)-\(number)"
    }
}
