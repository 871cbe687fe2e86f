import Core

/// Lets tasks that change the same tag go one after the other.
actor Turns {
    private var tails: [Reference: Task<Void, Never>] = [:]

    /// Runs a body once all those before it on the same tag have ended.
    func run(_ tag: Reference, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let previous = tails[tag]
        let work = Task {
            await previous?.value
            try Task.checkCancellation()
            try await body()
        }
        let tail = Task { _ = await work.result }
        tails[tag] = tail
        defer { if tails[tag] == tail { tails[tag] = nil } }
        try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            work.cancel()
        }
    }
}
