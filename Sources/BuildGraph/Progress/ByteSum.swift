package import Core
private import Synchronization

/// Adds up what several transfers of one step have done.
package final class ByteSum: Sendable {
    private let parts = Mutex<[Digest: Int64]>([:])
    private let report: @Sendable (Int64) -> Void

    package init(_ report: @Sendable @escaping (Int64) -> Void) { self.report = report }

    /// - Parameter bytes: of the part, done so far.
    package func set(_ part: Digest, _ bytes: Int64) {
        report(
            parts.withLock { parts in
                parts[part] = bytes
                return parts.values.reduce(0, +)
            })
    }
}
