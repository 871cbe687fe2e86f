internal import Archive
internal import HostOS

/// Does numbered pieces of work on several threads.
enum Parallel {
    /// Calls for each number once; the first failure ends it. The calling thread works too, so it goes on when no other
    /// thread of the pool is free.
    static func forEach(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
        let work = Work(count, body)
        for _ in 1..<max(1, min(threads, count)) { BlockingPool.compute.submit { work.help() } }
        work.help()
        try work.finish()
    }

    /// The results in the order of the numbers.
    static func map<Value: Sendable>(
        _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        let results = Results<Value>(count)
        try forEach(count, threads: threads) { number in results.set(number, try body(number)) }
        return results.values
    }

    private final class Work: @unchecked Sendable {
        // All below is touched with the monitor held.
        private let monitor = Monitor()
        private let count: Int
        private let body: @Sendable (Int) throws -> Void
        private var next = 0
        private var running = 0
        private var failure: (any Error)?

        init(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) {
            self.count = count
            self.body = body
        }

        func help() {
            monitor.lock()
            while next < count, failure == nil {
                let number = next
                next += 1
                running += 1
                monitor.unlock()
                let result = Result { try body(number) }
                monitor.lock()
                running -= 1
                if case .failure(let error) = result, failure == nil { failure = error }
            }
            if running == 0 { monitor.wakeAll() }
            monitor.unlock()
        }

        func finish() throws {
            monitor.lock()
            defer { monitor.unlock() }
            while running > 0 { monitor.wait() }
            if let failure { throw failure }
        }
    }

    private final class Results<Value: Sendable>: @unchecked Sendable {
        private let monitor = Monitor()
        private var slots: [Value?]

        init(_ count: Int) { slots = [Value?](repeating: nil, count: count) }

        func set(_ number: Int, _ value: Value) {
            monitor.lock()
            slots[number] = value
            monitor.unlock()
        }

        var values: [Value] { slots.compactMap { $0 } }
    }
}
