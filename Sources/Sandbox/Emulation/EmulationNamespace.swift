// user_namespaces(7), https://docs.kernel.org/admin-guide/binfmt-misc.html
private import Glibc
internal import HostOS

/// A user namespace with a handler for foreign programs, in which every id is what it is outside.
///
/// It lives as long as this value: two descriptors hold it and the mount of its handlers, and no process.
struct EmulationNamespace {
    private let user: FileDescriptor
    private let handlers: FileDescriptor
    /// What the runtime must be told.
    let specification: RuntimeSpec.UserNamespace

    /// - Parameter rootless: the helper itself has root's rights in a user namespace only.
    init(
        _ handler: BinaryHandler, _ request: SandboxRequest, _ workspace: inout HelperWorkspace, rootless: Bool
    ) throws(SandboxError) {
        let directory: String
        let sys: String?
        do throws(SystemError) {
            directory = try workspace.memoryDirectory()
            if !rootless {
                try PrivateDevices.cover(request, &workspace)
                ResourceLimits.raise(request.ulimits)
            }
            // With a network of its own, the program's view of /sys can be made in its namespaces.
            sys = rootless || request.network == .none ? nil : try Self.mountSys(request, &workspace)
        } catch { throw SandboxError(error) }
        let (uids, gids) = (Self.identity("/proc/self/uid_map"), Self.identity("/proc/self/gid_map"))
        let (process, channel) = try Self.spawn(handler, uids, gids)
        defer {
            // It ends when nobody listens any more.
            shutdown(channel.socket.raw, Int32(SHUT_RDWR))
            process.wait()
        }
        handlers = try Self.register(handler, directory, channel)
        user = try SandboxError.wrap { () throws(SystemError) in
            try FileDescriptor.open("/proc/\(process.pid)/ns/user", O_RDONLY)
        }
        // The helper is the first process of its namespace, and the runtime sees the same /proc.
        specification = RuntimeSpec.UserNamespace(
            path: "/proc/1/fd/\(user.raw)", uids: uids, gids: gids, sys: sys)
    }

    /// Every id of the present namespace to itself.
    static func identity(_ file: String) -> [RuntimeSpec.IDMapping] {
        IDMap.ranges(file).map { RuntimeSpec.IDMapping(containerID: $0.inside, hostID: $0.inside, size: $0.count) }
    }

    private static func mountSys(
        _ request: SandboxRequest, _ workspace: inout HelperWorkspace
    ) throws(SystemError) -> String {
        let directory = try workspace.memoryDirectory()
        var flags: Mounts.Flags = [.noSetuid, .noDevices, .noExecute]
        if request.security == .sandbox { flags.insert(.readOnly) }
        try Mounts.mount("sysfs", on: directory, type: "sysfs", flags: flags)
        return directory
    }

    /// - Returns: the process that registers, and the only holder of our end of its socket; no other holds the other
    ///   end, so that its death is seen.
    private static func spawn(
        _ handler: BinaryHandler, _ uids: [RuntimeSpec.IDMapping], _ gids: [RuntimeSpec.IDMapping]
    ) throws(SandboxError) -> (ChildProcess, ControlChannel) {
        let (ours, theirs) = try SandboxError.wrap { () throws(SystemError) in try UnixSocket.pair() }
        var options = ChildProcess.Options("/proc/self/exe", [HandlerRegistration.argument])
        options.namespaces = [.user, .mount]
        options.becomesRoot = true
        options.descriptors[SandboxHelper.controlDescriptor] = theirs
        do throws(ProcessError) {
            let process = try ChildProcess.spawn(options) { (pid) throws(ProcessError) in
                do throws(SystemError) {
                    try write(uids, "/proc/\(pid)/uid_map")
                    try write(gids, "/proc/\(pid)/gid_map")
                } catch { throw .cannotStart(program: "the handler", step: "map its ids", errno: error.errno) }
            }
            return (process, ControlChannel(socket: ours))
        } catch {
            guard case .cannotStart(_, _, let errno) = error else { throw SandboxError(error) }
            throw handler.refused("make a user namespace", errno)
        }
    }

    private static func write(_ map: [RuntimeSpec.IDMapping], _ path: String) throws(SystemError) {
        let text = map.map { "\($0.containerID) \($0.hostID) \($0.size)\n" }.joined()
        try FileDescriptor.open(path, O_WRONLY).write(Array(text.utf8))
    }

    private static func register(
        _ handler: BinaryHandler, _ directory: String, _ channel: ControlChannel
    ) throws(SandboxError) -> FileDescriptor {
        let answer: ControlMessage?
        do throws(SystemError) {
            try channel.send(.handler(handler, directory: directory))
            answer = try channel.receive()
            if case .registered? = answer { return try UnixSocket.receive(over: channel.socket) }
        } catch { throw SandboxError(error) }
        if case .failed(let error)? = answer { throw error }
        throw handler.refused("make a user namespace", EPROTO)
    }
}
