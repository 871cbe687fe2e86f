import Glibc
import Synchronization

/// What SIGINT and SIGTERM do: run the handlers of the work that is under way; the second time end the process.
package final class Interruption: Sendable {
    package static let shared = Interruption()

    private struct State {
        var count = 0
        var next = 0
        var handlers: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    func interrupt() {
        let handlers = state.withLock { state in
            state.count += 1
            if state.count > 1 { _exit(130) }
            return Array(state.handlers.values)
        }
        if handlers.isEmpty { _exit(130) }
        for handler in handlers { handler() }
    }

    /// Has something done by the first interruption. The handler may end the process.
    /// - Returns: takes the handler away again.
    package func onInterrupt(_ handler: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let id = state.withLock { state in
            state.next += 1
            state.handlers[state.next] = handler
            return state.next
        }
        return { _ = self.state.withLock { $0.handlers.removeValue(forKey: id) } }
    }

    /// Runs work as a task that an interruption cancels.
    package func cancelling<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value
    {
        let task = Task { try await work() }
        let forget = onInterrupt { task.cancel() }
        defer { forget() }
        return try await task.value
    }
}
