private import Glibc
internal import HostOS

/// The process between the builder and an OCI runtime: the same program as the builder, started a second time.
///
/// It is the first process of a new PID namespace and lives in a mount namespace of its own. Everything that a run
/// mounts and starts is therefore gone when it is gone, and the kernel kills it when the builder dies.
package enum SandboxHelper {
    /// The first argument that makes the program a helper.
    package static let argument = "__sandbox"

    /// The descriptor that the builder's messages come from.
    static let controlDescriptor: Int32 = 3

    /// Serves as a helper when the arguments (with the program's name first) say so. A program calls it before it does
    /// anything else.
    /// - Returns: the exit code to end with; nil when this process is no helper.
    package static func dispatch(_ arguments: [String]) -> Int32? {
        guard arguments.count == 2 else { return nil }
        if arguments[1] == HandlerRegistration.argument { return HandlerRegistration.serve() }
        guard arguments[1] == argument else { return nil }
        // What a program creates must not depend on who started the builder.
        umask(0o022)
        let channel = ControlChannel(socket: FileDescriptor(owning: controlDescriptor))
        guard getpid() == 1, case .order(let order)? = try? channel.receive() else { return 64 }
        do throws(SandboxError) {
            var session = HelperSession(order, channel)
            let result = try session.run()
            try? channel.send(.ended(result))
            return 0
        } catch {
            try? channel.send(.failed(error))
            return 1
        }
    }
}
