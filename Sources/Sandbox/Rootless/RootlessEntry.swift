// user_namespaces(7), newuidmap(1)
private import Glibc
package import HostOS

/// How an ordinary user gets to run programs in a sandbox: the whole process starts a second time as root of a user
/// namespace, where the kernel lets it mount.
package enum RootlessEntry {
    /// Whether this process must enter before it can run a sandbox.
    package static var isNeeded: Bool { geteuid() != 0 }

    /// Whether this process has root's rights in a user namespace only. Overlays then keep their attributes under
    /// `user.overlay.` instead of `trusted.overlay.`.
    package static var isInside: Bool { IDMap.isNested }

    /// Whether files can have other owners than root and the user: false when the user has no subordinate ids.
    package static var mapsManyIDs: Bool { IDMap.contains(1, in: "/proc/self/uid_map") }

    /// Starts this program again with the same arguments as root of a user namespace, waits for it, hands signals on
    /// and ends with its exit code. Returns at once when ``isNeeded`` is false.
    package static func enter() throws(SandboxError) {
        guard isNeeded else { return }
        var options = ChildProcess.Options("/proc/self/exe", Array(CommandLine.arguments.dropFirst()))
        options.inheritsStandardStreams = true
        let child = try spawn(options)
        // Ctrl-C on a terminal reaches both processes by itself; what another process sends reaches only this one.
        let watcher = try SandboxError.wrap { () throws(SystemError) in
            try SignalWatcher([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]) { event in
                if event.isFromProcess { child.terminate(event.number) }
            }
        }
        let status = child.wait()
        withExtendedLifetime(watcher) {}
        exit(status.shellCode)
    }

    /// Starts a program as root of a new user and mount namespace.
    package static func spawn(_ options: ChildProcess.Options) throws(SandboxError) -> ChildProcess {
        var options = options
        options.namespaces.formUnion([.user, .mount])
        options.becomesRoot = true
        let maps = IDMaps.forThisUser()
        do throws(ProcessError) {
            return try ChildProcess.spawn(options) { (pid) throws(ProcessError) in try maps.write(for: pid) }
        } catch {
            throw explain(error)
        }
    }

    private static func explain(_ error: ProcessError) -> SandboxError {
        switch error {
        case .notFound(let name): .notAllowed(.missingProgram(name))
        case .cannotStart(let program, let step, let errno) where program == IDMaps.failed:
            .notAllowed(.mappingFailed(program: step, message: ErrnoText.describe(errno)))
        case .cannotStart(_, let step, let errno) where [EPERM, EACCES, ENOSPC, EUSERS, EINVAL, ENOSYS].contains(errno):
            .notAllowed(Obstacle.toUserNamespaces() ?? .refused(operation: step, errno: errno))
        default: SandboxError(error)
        }
    }
}

extension Obstacle {
    /// What the kernel's settings say against user namespaces; nil when they allow them.
    static func toUserNamespaces() -> Obstacle? {
        func value(_ name: String) -> String? {
            let path = "/proc/sys/" + name.split(separator: ".").joined(separator: "/")
            guard let bytes = try? WholeFile.read(path, limit: 4096) else { return nil }
            return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
        }
        for name in ["kernel.unprivileged_userns_clone", "user.max_user_namespaces"] where value(name) == "0" {
            return .sysctl(name: name, value: "0")
        }
        return value("kernel.apparmor_restrict_unprivileged_userns") == "1" ? .appArmor : nil
    }
}
