import Archive
import Core
import Glibc
import HostOS
import Synchronization

/// Work that goes on while keys are read.
final class BrowserJob<Outcome: Sendable>: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var outcome: Result<Outcome, Failure>?
    }

    /// Why there is no outcome, in words for the screen.
    struct Failure: Error {
        var text: String
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now

    /// Begins at once.
    init(_ work: @escaping @Sendable () async throws -> Outcome) {
        let task = Task {
            let outcome: Result<Outcome, Failure>
            do {
                outcome = .success(try await work())
            } catch {
                outcome = .failure(Failure(text: SafeText.text(Diagnostic(explaining: error).message)))
            }
            self.state.withLock { $0.outcome = outcome }
        }
        state.withLock { $0.task = task }
    }

    /// Nil while it goes on.
    var outcome: Result<Outcome, Failure>? { state.withLock { $0.outcome } }

    /// Whole seconds that it has taken so far.
    var seconds: Int { Int((ContinuousClock.now - start).components.seconds) }
    /// Whether it has taken so long that a person wants to know.
    var isLong: Bool { ContinuousClock.now - start > .milliseconds(80) }

    /// Its outcome is not wanted any more. What can't be interrupted goes on without anybody to know.
    func cancel() { state.withLock { $0.task }?.cancel() }
}

/// A file of an image on its way to this machine. It must not be there yet, and stays when it is whole.
final class ExtractedFile: Sendable {
    private enum State { case none, begun, over }

    private let path: String
    private let state = Mutex(State.none)

    init(_ path: String) { self.path = path }

    func write(_ source: any ByteSource, mode: UInt32) throws {
        let file = try state.withLock { state in
            guard state == .none else { throw CancellationError() }
            let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
            state = .begun
            return file
        }
        do {
            try source.forEachPiece { piece in
                guard state.withLock({ $0 == .begun }) else { throw CancellationError() }
                try file.write(piece)
            }
        } catch {
            abandon()
            guard let error = error as? SystemError, error.path == nil else { throw error }
            throw SystemError(error.errno, error.operation, path)
        }
        state.withLock { $0 = .over }
    }

    /// Takes away what there is of it, unless it is whole.
    func abandon() {
        state.withLock { state in
            if state == .begun { unlink(path) }
            state = .over
        }
    }
}
