internal import Archive
internal import Core
internal import HostOS

/// Hashes a source on another thread.
///
/// When no other thread is free in time, whoever asks for the digest does the work.
final class BackgroundHash: @unchecked Sendable {
    // The source is touched by the one thread that has set `isTaken`; the rest is guarded by the monitor.
    private let source: any ByteSource
    private let monitor = Monitor()
    private let isStopped = CancelFlag()
    private var isTaken = false
    private var result: Result<Digest, any Error>?

    init(_ source: any ByteSource) {
        self.source = source
        BlockingPool.waiting.submit { self.work() }
    }

    /// The digest of the whole; waits for it.
    func digest() throws -> Digest {
        work()
        monitor.lock()
        defer { monitor.unlock() }
        while true {
            if let result { return try result.get() }
            monitor.wait()
        }
    }

    /// Ends the work; when this returns, nobody reads the source any more.
    func stop() {
        isStopped.set()
        monitor.lock()
        if !isTaken {
            isTaken = true
            result = .failure(CancellationError())
        }
        while result == nil { monitor.wait() }
        monitor.unlock()
    }

    private func work() {
        monitor.lock()
        let isMine = !isTaken
        isTaken = true
        monitor.unlock()
        guard isMine else { return }
        let outcome = Result {
            var hash = SHA256()
            try source.forEachPiece(size: 1 << 20) { piece in
                if isStopped.isSet { throw CancellationError() }
                hash.update(piece)
            }
            return hash.finalize()
        }
        monitor.lock()
        result = outcome
        monitor.wakeAll()
        monitor.unlock()
    }
}
