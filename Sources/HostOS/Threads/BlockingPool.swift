private import CLinux
private import Glibc
private import Synchronization

/// Threads for work that blocks (files, hashing, compression), so that the cooperative pool never does.
///
/// Threads are made on demand up to the limit and end with the process.
package final class BlockingPool: Sendable {
    /// As many threads as cores: for work that computes.
    package static let compute = BlockingPool(threads: processorCount)
    /// More threads than cores: for work that waits for disks, locks and programs.
    package static let waiting = BlockingPool(threads: 64)

    /// Cores this process may run on.
    package static let processorCount = Int(sampan_processor_count())

    private typealias Job = @Sendable () -> Void

    private final class State: @unchecked Sendable {
        // Guarded by the mutex below; condition variables need stable addresses, hence the class.
        var mutex = pthread_mutex_t()
        var wake = pthread_cond_t()
        var jobs: [Job] = []
        var head = 0
        var idle = 0
        var threads = 0

        init() {
            pthread_mutex_init(&mutex, nil)
            pthread_cond_init(&wake, nil)
        }
    }

    private let state = State()
    private let limit: Int

    package init(threads: Int) { limit = max(1, threads) }

    /// Runs synchronous work on a thread of the pool. Cancellation does not interrupt it; work that can take long
    /// checks a flag of its own.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit { continuation.resume(with: Result { try work() }) }
        }
    }

    /// Queues work without waiting for it.
    package func submit(_ job: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(&state.mutex)
        state.jobs.append(job)
        // A thread that was woken counts as idle until it runs: jobs that wait count against it, or one of two jobs that
        // come together would wait for the end of the other.
        if state.jobs.count - state.head <= state.idle {
            pthread_cond_signal(&state.wake)
        } else if state.threads < limit {
            state.threads += 1
            startThread()
        }
        pthread_mutex_unlock(&state.mutex)
    }

    private func startThread() {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 1 << 21)
        let context = Unmanaged.passRetained(state)
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                BlockingPool.work(Unmanaged<State>.fromOpaque(argument!).takeRetainedValue())
                return nil
            }, context.toOpaque())
        pthread_attr_destroy(&attributes)
        precondition(result == 0, "no thread could be started")
    }

    private static func work(_ state: State) {
        pthread_mutex_lock(&state.mutex)
        while true {
            while state.head == state.jobs.count {
                state.jobs.removeAll(keepingCapacity: true)
                state.head = 0
                state.idle += 1
                pthread_cond_wait(&state.wake, &state.mutex)
                state.idle -= 1
            }
            let job = state.jobs[state.head]
            state.jobs[state.head] = {}
            state.head += 1
            pthread_mutex_unlock(&state.mutex)
            job()
            pthread_mutex_lock(&state.mutex)
        }
    }
}
