import Glibc
import Synchronization

/// An HTTP/1.1 server on a free port of 127.0.0.1 for tests: plain sockets, a thread for each connection, and replies
/// that may misbehave in every way a network can. It is stopped by ``stop()`` or when it is released.
package final class LoopbackServer: Sendable {
    package typealias Handler = @Sendable (ServerRequest) -> ServerReply
    /// Says how much of a request's body to read before it is answered, in bytes; nil is all of it. What is left unread
    /// ends the connection, as it does with servers that answer early.
    package typealias BodyLimit = @Sendable (ServerRequest) -> Int?

    package let port: UInt16
    private let listener: Int32
    private let shared: Shared

    /// What the threads share with the owner, so that a running thread doesn't keep the server alive.
    final class Shared: Sendable {
        struct State {
            var isStopped = false
            var connections: Set<Int32> = []
            var threads = 0
            var log: [ServerRequest] = []
        }
        let state = Mutex(State())
    }

    /// Starts to listen.
    package init(bodyLimit: @escaping BodyLimit = { _ in nil }, _ handler: @escaping Handler) throws(ServerError) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw ServerError(call: "socket", number: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> ServerError? in
                if bind(listener, pointer, length) != 0 { return ServerError(call: "bind", number: errno) }
                if listen(listener, 128) != 0 { return ServerError(call: "listen", number: errno) }
                if getsockname(listener, pointer, &length) != 0 {
                    return ServerError(call: "getsockname", number: errno)
                }
                return nil
            }
        }
        if let result {
            close(listener)
            throw result
        }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        let shared = Shared()
        self.shared = shared
        Self.spawn {
            Self.accept(listener, shared, bodyLimit, handler)
            close(listener)
        }
    }

    deinit { end() }

    /// `127.0.0.1:port`.
    package var authority: String { "127.0.0.1:\(port)" }

    /// `http://127.0.0.1:port`.
    package var url: String { "http://" + authority }

    /// All requests so far, in the order they came.
    package var requests: [ServerRequest] { shared.state.withLock { $0.log } }

    /// Forgets the requests so far.
    package func clearRequests() { shared.state.withLock { $0.log = [] } }

    /// Ends all connections and waits for their threads.
    package func stop() {
        end()
        for _ in 0..<5000 where shared.state.withLock({ $0.threads > 0 }) { usleep(1000) }
    }

    /// Ends all connections. The thread that accepts closes the listener, so that its number isn't used again before.
    private func end() {
        shared.state.withLock { state in
            if !state.isStopped { shutdown(listener, Int32(SHUT_RDWR)) }
            state.isStopped = true
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private static func accept(
        _ listener: Int32, _ shared: Shared, _ bodyLimit: @escaping BodyLimit, _ handler: @escaping Handler
    ) {
        while true {
            let connection = Glibc.accept(listener, nil, nil)
            if connection < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            var yes: Int32 = 1
            setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
            let mayServe = shared.state.withLock { state in
                if state.isStopped { return false }
                state.connections.insert(connection)
                state.threads += 1
                return true
            }
            guard mayServe else {
                close(connection)
                return
            }
            spawn {
                ServerConnection(descriptor: connection, shared: shared).serve(bodyLimit, handler)
                shared.state.withLock { state in
                    state.connections.remove(connection)
                    state.threads -= 1
                    close(connection)
                }
            }
        }
    }

    private static func spawn(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let failed = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        if failed == 0 { pthread_detach(thread) } else { box.release() }
    }
}

/// A system call that failed when a server was started.
package struct ServerError: Error, CustomStringConvertible {
    var call: String
    var number: Int32

    package var description: String { "\(call): \(String(cString: strerror(number)))" }
}
