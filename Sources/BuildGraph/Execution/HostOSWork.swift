package import HostOS

/// Blocking work of the engine on the pools of threads.
package enum HostOSWork {
    /// Runs work that computes.
    package static func compute<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await BlockingPool.compute.run(work)
    }

    package static func now() -> FileTime { .now() }
}
