import Synchronization

/// A value that is worked out when it is first wanted. Of several who want it at once, each may work it out.
final class Once<Value: Sendable>: Sendable {
    private let known = Mutex<Value?>(nil)

    func value(_ make: () async throws -> Value) async throws -> Value {
        if let value = known.withLock({ $0 }) { return value }
        let value = try await make()
        known.withLock { $0 = value }
        return value
    }
}
