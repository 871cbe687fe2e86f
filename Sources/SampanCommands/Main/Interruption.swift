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

    /// Runs work as a task that an interruption cancels.
    package func cancelling<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value
    {
        let task = Task { try await work() }
        let id = state.withLock { state in
            state.next += 1
            state.handlers[state.next] = { task.cancel() }
            return state.next
        }
        defer { _ = state.withLock { $0.handlers.removeValue(forKey: id) } }
        return try await task.value
    }
}
