import BuildGraph
import ContentStore
import Core
import Glibc
import HostOS
import OCI
import Sandbox
import Slimming
import Synchronization

/// Runs images for what is asked of them. All calls block.
struct SlimRuns: Sendable {
    /// One thing that containers are asked for.
    enum Task: Sendable {
        /// The image's own command, and requests to it. Without any the first port that listens is asked for `/`.
        case service([LoopbackProbe])
        /// The program with these arguments, to its end.
        case command([String], text: String)

        var name: String {
            switch self {
            case .service: "the program by itself"
            case .command(_, let text): "run " + (text.isEmpty ? "without arguments" : text)
            }
        }
    }

    let store: Store
    let runtime: OCIRuntime
    let tasks: [Task]
    let environment: [String: String]
    let network: NetworkChoice
    let timeout: Duration
    let cancel: CancelFlag

    /// - Parameters:
    ///   - start: takes the place of ENTRYPOINT and CMD.
    ///   - observing: also record the paths that programs ask for.
    func run(
        _ image: SlimImage, start: (entrypoint: [String], cmd: [String])?, observing: Bool
    ) throws -> (outcomes: [RunOutcome], traces: [ObservedTrace]) {
        var outcomes: [RunOutcome] = []
        var traces: [ObservedTrace] = []
        for task in tasks {
            let (outcome, trace) = try run(task, image, start, observing)
            outcomes.append(outcome)
            if let trace { traces.append(trace) }
        }
        return (outcomes, traces)
    }

    private func run(
        _ task: Task, _ image: SlimImage, _ start: (entrypoint: [String], cmd: [String])?, _ observing: Bool
    ) throws -> (RunOutcome, ObservedTrace?) {
        let place = try store.session().makeDirectory("slim")
        defer { try? Directory.removeTree(place) }
        var arguments: [String] = []
        if case .command(let words, _) = task { arguments = words }
        let image = start.map(image.starting) ?? image
        var request = try image.request(
            place, command: nil, arguments: arguments, environment: environment, network: network)
        request.observation = Observation(recordsPaths: observing)
        var outcome = RunOutcome(name: task.name)
        do {
            let container = try SlimContainer(request, runtime: runtime, timeout: timeout, cancel: cancel)
            let stop = SignalName.number(image.config.stopSignal ?? "") ?? SIGTERM
            switch task {
            case .service(let probes):
                try container.serve(
                    probes, &outcome, stopSignal: stop, grace: observing ? .seconds(2) : .milliseconds(300))
            case .command: try container.finish(&outcome)
            }
            let result = try container.end(&outcome)
            if cancel.isSet { throw CancellationError() }
            return (outcome, result.trace)
        } catch let error as SandboxError {
            outcome.failure = ([error.diagnostic.message] + error.diagnostic.causes).joined(separator: ": ")
            return (outcome, nil)
        }
    }
}

/// A container that runs, and what it writes.
private final class SlimContainer {
    private let run: SandboxRun
    private let began = ContinuousClock.now
    private let timeout: Duration
    private let cancel: CancelFlag
    private let output = CollectedOutput()
    private let error = CollectedOutput()
    private let ended = EndedRun()
    private var wasStopped = false

    init(_ request: SandboxRequest, runtime: OCIRuntime, timeout: Duration, cancel: CancelFlag) throws {
        let (out, err) = (try Pipe(), try Pipe())
        self.timeout = timeout
        self.cancel = cancel
        output.read(out.reader)
        error.read(err.reader)
        run = try SandboxRun.start(
            request, runtime: runtime, stdio: SandboxStdio(output: out.writer, error: err.writer))
        ended.watch(run)
    }

    private var isOver: Bool { ContinuousClock.now - began > timeout || cancel.isSet }

    /// Waits for its end, or makes it when the time is over.
    func finish(_ outcome: inout RunOutcome) throws {
        while !ended.isSet, !isOver { usleep(2000) }
        outcome.isTimedOut = !ended.isSet
    }

    /// Asks it, and stops it.
    /// - Parameter grace: how long it may take to end: what it opens at its end is worth knowing.
    func serve(
        _ probes: [LoopbackProbe], _ outcome: inout RunOutcome, stopSignal: Int32, grace: Duration
    ) throws {
        var probes = probes
        while !ended.isSet, !isOver {
            outcome.ports = run.observer?.ports() ?? []
            if probes.isEmpty, let port = outcome.ports.first {
                probes = [try LoopbackProbe("http://localhost:\(port)/")]
            }
            if let probe = probes.first, let answer = ask(probe) {
                let elapsed = ContinuousClock.now - began
                outcome.ready = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
                outcome.answers.append((probe.text, answer))
                break
            }
            usleep(3000)
        }
        if outcome.ready == nil {
            outcome.isTimedOut = !ended.isSet
            if !ended.isSet || !probes.isEmpty { outcome.answers = probes.map { ($0.text, nil) } }
        } else {
            for probe in probes.dropFirst() { outcome.answers.append((probe.text, ask(probe))) }
            outcome.ports = run.observer?.ports() ?? outcome.ports
        }
        guard !ended.isSet else { return }
        wasStopped = true
        run.signal(stopSignal)
        let asked = ContinuousClock.now
        while !ended.isSet, ContinuousClock.now - asked < grace, !cancel.isSet { usleep(2000) }
    }

    private func ask(_ probe: LoopbackProbe) -> RunOutcome.Answer? {
        guard let connection = run.observer?.connect(port: probe.port) else { return nil }
        return probe.ask(connection, timeout: 10)
    }

    /// Ends it, and fills in what it wrote and how it ended.
    func end(_ outcome: inout RunOutcome) throws -> SandboxResult {
        let isOurs = wasStopped || !ended.isSet
        if !ended.isSet { run.cancel(grace: .milliseconds(200)) }
        let result = try ended.wait()
        if !isOurs { outcome.code = result.status.shellCode }
        outcome.output = output.wait()
        outcome.error = error.wait()
        outcome.addresses = result.trace?.addresses ?? []
        return result
    }
}

/// How a run ended, as soon as it has.
private final class EndedRun: Sendable {
    private let result = Mutex<Result<SandboxResult, any Error>?>(nil)

    var isSet: Bool { result.withLock { $0 != nil } }

    func watch(_ run: SandboxRun) {
        BlockingPool.waiting.submit { [self] in
            let end = Result<SandboxResult, any Error> { try run.wait() }
            result.withLock { $0 = end }
        }
    }

    func wait() throws -> SandboxResult {
        while true {
            if let end = result.withLock({ $0 }) { return try end.get() }
            usleep(1000)
        }
    }
}

/// What a program writes to one stream, as much as anyone compares.
private final class CollectedOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isDone = false
    }

    private let state = Mutex(State())
    private static let limit = 8 << 20

    func read(_ reader: FileDescriptor) {
        BlockingPool.waiting.submit { [self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while let count = try? buffer.withUnsafeMutableBytes({ try reader.read(into: $0) }), count > 0 {
                state.withLock { state in
                    if state.bytes.count < Self.limit { state.bytes += buffer[..<count] }
                }
            }
            state.withLock { $0.isDone = true }
        }
    }

    func wait() -> [UInt8] {
        for _ in 0..<2000 {
            if let bytes = state.withLock({ $0.isDone ? $0.bytes : nil }) { return bytes }
            usleep(1000)
        }
        return state.withLock { $0.bytes }
    }
}
