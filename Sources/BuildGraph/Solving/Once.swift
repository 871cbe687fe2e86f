private import Synchronization

/// Work that is done once for each key, whoever asks first; the others wait for the same result or error.
///
/// The work is a task of its own: a caller that is cancelled does not end it, ``cancel()`` does.
final class Once<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let tasks = Mutex<[Key: Task<Value, any Error>]>([:])

    func task(_ key: Key, _ work: @Sendable @escaping () async throws -> Value) -> Task<Value, any Error> {
        tasks.withLock { known in
            if let task = known[key] { return task }
            let task = Task { try await work() }
            known[key] = task
            return task
        }
    }

    func value(_ key: Key, _ work: @Sendable @escaping () async throws -> Value) async throws -> Value {
        try await task(key, work).value
    }

    /// All work that was begun, be it done or not.
    var all: [Task<Value, any Error>] { tasks.withLock { Array($0.values) } }

    func cancel() {
        for task in all { task.cancel() }
    }
}
