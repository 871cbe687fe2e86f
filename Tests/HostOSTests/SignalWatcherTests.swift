import Glibc
import HostOS
import Synchronization
import Testing

@Suite("signals", .serialized)
struct SignalWatcherTests {
    @Test("a signal reaches the callback, with its origin")
    func callback() throws {
        let seen = Mutex<[Int32]>([])
        let isFromProcess = Mutex(false)
        let watcher = try SignalWatcher([SIGUSR1, SIGUSR2]) { event in
            seen.withLock { $0.append(event.number) }
            isFromProcess.withLock { $0 = event.isFromProcess }
        }
        kill(getpid(), SIGUSR1)
        for _ in 0..<1000 where seen.withLock({ $0.isEmpty }) { usleep(1000) }
        kill(getpid(), SIGUSR2)
        for _ in 0..<1000 where seen.withLock({ $0.count < 2 }) { usleep(1000) }
        #expect(seen.withLock { $0 } == [SIGUSR1, SIGUSR2])
        #expect(isFromProcess.withLock { $0 })
        watcher.stop()
    }
}
