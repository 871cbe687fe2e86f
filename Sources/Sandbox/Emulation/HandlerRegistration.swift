// https://docs.kernel.org/admin-guide/binfmt-misc.html
private import Glibc
internal import HostOS

/// A short-lived process in a new user and mount namespace, which registers a handler there.
///
/// The handlers of a user namespace live as long as a mount of them does. The mount is handed to the helper as a
/// descriptor, so that nothing of this process has to stay.
enum HandlerRegistration {
    /// The first argument that makes the program such a process.
    static let argument = "__sandbox-handler"

    /// - Returns: the exit code to end with.
    static func serve() -> Int32 {
        let channel = ControlChannel(socket: FileDescriptor(owning: SandboxHelper.controlDescriptor))
        guard case .handler(let handler, let directory)? = try? channel.receive() else { return 64 }
        do throws(SandboxError) {
            let mount = try register(handler, directory)
            try SandboxError.wrap { () throws(SystemError) in
                try channel.send(.registered)
                try UnixSocket.send(mount, over: channel.socket)
            }
        } catch {
            try? channel.send(.failed(error))
            return 1
        }
        // The namespaces must last until the helper holds them.
        _ = try? channel.receive()
        return 0
    }

    private static func register(_ handler: BinaryHandler, _ directory: String) throws(SandboxError) -> FileDescriptor {
        func step<Value>(
            _ operation: String, _ body: () throws(SystemError) -> Value
        ) throws(SandboxError) -> Value {
            do throws(SystemError) { return try body() } catch {
                throw handler.refused(operation, error.errno)
            }
        }
        try step("mount binfmt_misc in a user namespace") { () throws(SystemError) in
            try Mounts.mount("binfmt_misc", on: directory, type: "binfmt_misc")
        }
        try step("register '\(handler.emulator.path)' in a user namespace") { () throws(SystemError) in
            try FileDescriptor.open(directory + "/register", O_WRONLY).write(Array(handler.registration.utf8))
        }
        return try SandboxError.wrap { () throws(SystemError) in
            try FileDescriptor.open(directory, OpenFlags.path | O_DIRECTORY)
        }
    }
}

extension BinaryHandler {
    func refused(_ operation: String, _ errno: Int32) -> SandboxError {
        .cannotEmulate(platform: platform, .refused(operation: operation, errno: errno))
    }
}
