internal import Synchronization

/// A flag that a cancellation sets and blocking work looks at.
package final class CancelFlag: Sendable {
    private let flag = Atomic(false)

    package init() {}
    package var isSet: Bool { flag.load(ordering: .relaxed) }
    package func set() { flag.store(true, ordering: .relaxed) }
}
