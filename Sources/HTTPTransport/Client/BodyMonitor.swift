import Synchronization

/// Watches that a server takes a body that is being sent. The HTTP client's own timer watches the sender alone, which may
/// well have to wait, for a content that is still on its way itself.
final class BodyMonitor: Sendable {
    private enum State {
        /// The connection waits for bytes of ours.
        case reading
        /// The server has bytes to take since then.
        case offered(since: ContinuousClock.Instant)
        /// Everything has been handed over; what is waited for is the answer.
        case finished
        case stalled
    }

    private let state = Mutex(State.offered(since: .now))

    func reading() { become(.reading) }
    func offered() { become(.offered(since: .now)) }
    func finished() { become(.finished) }

    /// What comes after the verdict, from a connection that is being cancelled, changes nothing.
    private func become(_ next: State) {
        state.withLock { state in
            if case .stalled = state { return }
            state = next
        }
    }

    var isStalled: Bool {
        state.withLock { state in
            if case .stalled = state { true } else { false }
        }
    }

    /// Runs the sending of a request, and cancels it when the server takes nothing for so long. Whether that is why it
    /// failed, ``isStalled`` tells.
    func guarding<Result: Sendable>(
        _ limit: Duration, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let sending = Task { try await work() }
        let watch = Task {
            while let pause = self.look(limit) { try await Task.sleep(for: pause) }
            if self.isStalled { sending.cancel() }
        }
        defer { watch.cancel() }
        return try await withTaskCancellationHandler {
            try await sending.value
        } onCancel: {
            sending.cancel()
        }
    }

    /// How long to wait until the next look; nil when there is nothing to watch any more.
    private func look(_ limit: Duration) -> Duration? {
        state.withLock { state in
            switch state {
            case .reading: return limit
            case .offered(let since):
                let rest = limit - (ContinuousClock.now - since)
                if rest > .zero { return rest }
                state = .stalled
                return nil
            case .finished, .stalled: return nil
            }
        }
    }
}
