package import Core

/// The right to run a step, which one at a time has among all threads and processes.
package final class StepLock: Sendable {
    private let lock: LockFile

    init(_ lock: LockFile) { self.lock = lock }

    deinit { release() }

    /// Lets the next one run the step, who will find its result recorded.
    package func release() { lock.release(removing: true) }
}

extension Store {
    private static let stepLockPrefix = "step-"

    private func stepLockPath(_ key: Digest) -> String { location.locks + "/" + Self.stepLockPrefix + key.hex }

    /// Removes the lock files of steps whose process was killed.
    func removeDeadStepLocks() throws(ContentStoreError) {
        for name in try names(in: location.locks) where name.hasPrefix(Self.stepLockPrefix) {
            try LockFile.tryAcquire(location.locks + "/" + name)?.release(removing: true)
        }
    }

    /// Waits until no one else runs the step.
    /// - Parameter isCancelled: asked every few milliseconds while waiting.
    /// - Returns: nil when cancelled.
    package func lockStep(
        _ key: Digest, isCancelled: () -> Bool = { false }
    ) throws(ContentStoreError) -> StepLock? {
        try LockFile.acquire(stepLockPath(key), isCancelled: isCancelled).map(StepLock.init)
    }

    /// The lock if no one else runs the step now, else nil.
    package func tryLockStep(_ key: Digest) throws(ContentStoreError) -> StepLock? {
        try LockFile.tryAcquire(stepLockPath(key)).map(StepLock.init)
    }
}
