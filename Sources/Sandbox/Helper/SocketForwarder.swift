private import Glibc
internal import HostOS

/// Connects each client of a listening socket with a new connection to another socket.
///
/// A bound socket would keep its owner and mode on the host, which another user in the sandbox may not open.
enum SocketForwarder {
    /// Serves until the process ends.
    static func start(_ listener: FileDescriptor, leadingTo path: String) {
        BlockingPool(threads: 1).submit {
            while let client = try? UnixSocket.accept(listener) {
                guard let server = try? UnixSocket.connect(path) else { continue }
                BlockingPool.waiting.submit { copy(from: client, to: server) }
                BlockingPool.waiting.submit { copy(from: server, to: client) }
            }
        }
    }

    private static func copy(from source: FileDescriptor, to target: FileDescriptor) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while let count = try? buffer.withUnsafeMutableBytes({ try source.read(into: $0) }), count > 0 {
            guard (try? target.writeQuietly(Array(buffer[..<count]))) != nil else { break }
        }
        shutdown(target.raw, Int32(SHUT_WR))
        shutdown(source.raw, Int32(SHUT_RD))
    }
}
