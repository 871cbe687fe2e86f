private import CLinux
internal import Glibc
private import Synchronization

/// Gives chosen signals of this process to a callback, on a thread of its own.
///
/// One watcher serves a process at a time: a later one takes the signals over.
package final class SignalWatcher: Sendable {
    /// A signal that arrived.
    package struct Event: Sendable {
        package var number: Int32
        /// True when a process sent it (`kill`), false when the kernel did (Ctrl-C on a terminal, which reaches all
        /// programs in the foreground by itself).
        package var isFromProcess: Bool
    }

    private let signals: [Int32]
    private let pipe: Pipe

    /// Starts to watch. The callback may do anything; signals wait for it to return.
    package init(_ signals: [Int32], _ callback: @escaping @Sendable (Event) -> Void) throws(SystemError) {
        self.signals = signals
        pipe = try Pipe()
        let reader = pipe.reader
        BlockingPool(threads: 1).submit { Self.deliver(reader, callback) }
        for number in signals {
            try check("watch signal \(number)") { sampan_catch_signal(number, pipe.writer.raw) }
        }
    }

    /// Gives the signals their default action back.
    package func stop() { for number in signals { _ = sampan_release_signal(number) } }

    deinit { stop() }

    private static func deliver(_ reader: FileDescriptor, _ callback: @Sendable (Event) -> Void) {
        var bytes: [UInt8] = [0, 0]
        // Two bytes are written at once, which a pipe keeps together; the end comes when the watcher goes away.
        while let count = try? bytes.withUnsafeMutableBytes({ try reader.read(into: $0) }), count == 2 {
            callback(Event(number: Int32(bytes[0]), isFromProcess: bytes[1] != 0))
        }
    }
}
