private import CLinux
internal import Glibc

/// UNIX sockets: pairs, listeners, and descriptors sent over them.
package enum UnixSocket {
    /// Two connected stream sockets.
    package static func pair() throws(SystemError) -> (FileDescriptor, FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        try check("make a socket pair") {
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        }
        return (FileDescriptor(owning: ends[0]), FileDescriptor(owning: ends[1]))
    }

    /// A listening socket at a path that does not exist yet. Paths are limited to 107 bytes by the kernel.
    package static func listen(_ path: String) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try check("listen on", path) { sampan_unix_listen(path) })
    }

    package static func connect(_ path: String) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try check("connect to", path) { sampan_unix_connect(path) })
    }

    /// The next connection of a listener.
    package static func accept(_ listener: FileDescriptor) throws(SystemError) -> FileDescriptor {
        FileDescriptor(
            owning: try check("accept a connection") {
                sampan_accept(listener.raw)
            })
    }

    /// Hands a descriptor to the other side, together with one zero byte.
    package static func send(_ descriptor: FileDescriptor, over socket: FileDescriptor) throws(SystemError) {
        try check("send a descriptor") { sampan_send_descriptor(socket.raw, descriptor.raw) }
    }

    /// Takes a descriptor from the other side; EPROTO when what came has none.
    package static func receive(over socket: FileDescriptor) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try check("receive a descriptor") { sampan_receive_descriptor(socket.raw) })
    }
}
