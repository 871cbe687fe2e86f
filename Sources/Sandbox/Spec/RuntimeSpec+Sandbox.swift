private import Core
private import HostOS

extension RuntimeSpec {
    /// What the runtime must be told beyond the request: where the helper has put things.
    struct Placement {
        /// The mounted root.
        var root: String
        /// Files, directories and sockets to bind: source on the host and target in the root, in mount order.
        var mounts: [Mount]
        var cgroupsPath: String?
        /// In a user namespace: control groups and device rules are not ours to make.
        var rootless: Bool
        /// Whether the group that owns terminals exists in the user namespace.
        var mapsTerminalGroup: Bool
        var seccomp: SeccompProfile?
        /// The prepared namespace that the program runs in, when it is another one than the helper's.
        var userNamespace: UserNamespace?
    }

    struct UserNamespace {
        var path: String
        var uids: [IDMapping]
        var gids: [IDMapping]
        /// Where the helper has mounted a view of /sys; nil when it may not.
        var sys: String?
    }

    init(_ request: SandboxRequest, _ placement: Placement) throws(SandboxError) {
        let insecure = request.security == .insecure
        let granted = request.dropCapabilities ? [] : insecure ? CapabilityNames.available() : CapabilityNames.standard
        // Another user than root gains capabilities by set-uid programs alone, as under docker.
        let own = request.uid == 0 ? granted : []
        process = Process(
            terminal: request.terminal,
            user: User(uid: request.uid, gid: request.gid, additionalGids: request.additionalGids),
            args: request.args, env: request.env, cwd: request.cwd,
            capabilities: Capabilities(bounding: granted, effective: own, permitted: own),
            rlimits: try ResourceLimits.specification(request.ulimits),
            noNewPrivileges: request.noNewPrivileges)
        root = Root(path: placement.root, readonly: request.readOnlyRoot || request.upper == nil)
        hostname = request.hostname
        mounts = Self.system(request, placement) + placement.mounts
        var namespaces = ["pid", "ipc", "uts", "mount"].map { Namespace(type: $0) }
        if request.network == .none { namespaces.append(Namespace(type: "network")) }
        if let user = placement.userNamespace { namespaces.append(Namespace(type: "user", path: user.path)) }
        linux = Linux(
            namespaces: namespaces, uidMappings: placement.userNamespace?.uids,
            gidMappings: placement.userNamespace?.gids, cgroupsPath: placement.cgroupsPath,
            resources: placement.rootless
                ? nil : Resources(devices: [DeviceRule(allow: insecure, type: insecure ? "a" : nil, access: "rwm")]),
            devices: insecure && !placement.rootless ? HostDevices.list() : nil,
            seccomp: placement.seccomp, sysctl: Self.settings(request),
            maskedPaths: insecure ? [] : Self.masked, readonlyPaths: insecure ? [] : Self.readOnly)
    }

    /// Programs that are observed may listen on any port, as engines let them in a network of its own.
    private static func settings(_ request: SandboxRequest) -> [String: String]? {
        guard request.observation != nil, request.network == .none else { return nil }
        return ["net.ipv4.ip_unprivileged_port_start": "0"]
    }

    /// The file systems that every program expects.
    private static func system(_ request: SandboxRequest, _ placement: Placement) -> [Mount] {
        let safe = ["nosuid", "noexec", "nodev"]
        var terminals = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]
        if placement.mapsTerminalGroup { terminals.append("gid=5") }
        return [
            Mount(destination: "/proc", type: "proc", source: "proc", options: safe),
            Mount(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            Mount(destination: "/dev/pts", type: "devpts", source: "devpts", options: terminals),
            sys(request, placement, safe),
            Mount(destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: safe),
            Mount(
                destination: "/dev/shm", type: "tmpfs", source: "shm",
                options: safe + ["mode=1777", "size=\(max(0, request.shmSize))"]),
        ]
    }

    /// A new view of /sys belongs to whoever owns the network; in a user namespace that is the host.
    private static func sys(_ request: SandboxRequest, _ placement: Placement, _ safe: [String]) -> Mount {
        if placement.rootless {
            return Mount(destination: "/sys", type: "none", source: "/sys", options: ["rbind"] + safe + ["ro"])
        }
        let access = request.security == .insecure ? "rw" : "ro"
        if let made = placement.userNamespace?.sys {
            return Mount(destination: "/sys", type: "none", source: made, options: ["bind"] + safe + [access])
        }
        return Mount(destination: "/sys", type: "sysfs", source: "sysfs", options: safe + [access])
    }

    /// Directories that every root needs for the mounts above.
    static let systemDirectories = ["/proc", "/dev", "/sys"]

    /// What tells of the host or lets it be changed, hidden.
    private static let masked = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]

    /// The same, but to be read.
    private static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
}
