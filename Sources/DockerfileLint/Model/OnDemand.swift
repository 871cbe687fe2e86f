import Synchronization

/// A value that is worked out when somebody asks for it, and then known.
final class OnDemand<Value: Sendable>: Sendable {
    private let known = Mutex<Value?>(nil)

    /// - Parameter make: works it out; it must not ask for the same value.
    func value(_ make: () -> Value) -> Value {
        known.withLock { known in
            if let known { return known }
            let value = make()
            known = value
            return value
        }
    }
}
