internal import Glibc

/// The thread that all children are born on. It lives as long as the process.
enum SpawnThread {
    private static let pool = BlockingPool(threads: 1)

    private final class Slot<Value, Failure: Error>: @unchecked Sendable {
        // Written by the thread before it posts, read by the caller after it waited.
        var result: Result<Value, Failure>?
        let done: UnsafeMutablePointer<sem_t>

        init() {
            done = .allocate(capacity: 1)
            sem_init(done, 0, 0)
        }

        deinit {
            sem_destroy(done)
            done.deallocate()
        }
    }

    /// Runs the work there and waits for it.
    static func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let slot = Slot<Value, Failure>()
        pool.submit {
            do throws(Failure) { slot.result = .success(try work()) } catch { slot.result = .failure(error) }
            sem_post(slot.done)
        }
        while sem_wait(slot.done) != 0 {}
        guard let result = slot.result else { preconditionFailure("the work has ended with a result") }
        return try result.get()
    }
}
