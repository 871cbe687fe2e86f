private import Glibc
package import HostOS
private import Synchronization

/// What the builder asks about a program in a sandbox.
enum ObserverQuestion: Codable, Sendable {
    case ports
    case connect(UInt16)
}

/// Reaches into a sandbox while its program runs. All calls block; one is served after another.
package final class SandboxObserver: Sendable {
    private let channel: ControlChannel
    private let turn = Mutex(())

    init(_ socket: FileDescriptor) { channel = ControlChannel(socket: socket) }

    /// TCP ports that listen in the sandbox' network; empty when its program has ended.
    package func ports() -> [UInt16] {
        turn.withLock { _ in
            guard (try? channel.send(.question(.ports))) != nil, case .ports(let ports)? = try? channel.receive() else {
                return []
            }
            return ports
        }
    }

    /// A connection to a port of the loopback address in there; nil when nobody listens.
    package func connect(port: UInt16) -> FileDescriptor? {
        turn.withLock { _ in
            guard (try? channel.send(.question(.connect(port)))) != nil, case .connected? = try? channel.receive()
            else {
                return nil
            }
            return try? UnixSocket.receive(over: channel.socket)
        }
    }
}
