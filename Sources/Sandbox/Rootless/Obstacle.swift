internal import Core

/// What keeps an ordinary user (or a confined root) from running programs in a sandbox.
package enum Obstacle: Codable, Equatable, Sendable {
    /// The kernel makes no user namespaces: this sysctl has this value.
    case sysctl(name: String, value: String)
    /// AppArmor confines user namespaces of programs without a profile.
    case appArmor
    /// A program that maps ids is missing.
    case missingProgram(String)
    /// It is there but may not do its work, and said this.
    case mappingFailed(program: String, message: String)
    /// The kernel refused a namespace for a reason that no sysctl tells.
    case refused(operation: String, errno: Int32)
    /// The file system that holds this directory cannot take the changes of an overlay.
    case unsuitableFileSystem(directory: String)
    /// Root without a capability.
    case missingCapability(String)

    var diagnostic: Diagnostic {
        let remedy = "or run as root, or put the programs that the image needs there with COPY instead of RUN"
        switch self {
        case .sysctl(let name, let value):
            return Diagnostic(
                code: "sandbox.user-namespaces", "this host does not let ordinary users make user namespaces",
                causes: ["\(name) is \(value)"],
                hint: "let root run `sysctl -w \(name)=\(name == "kernel.unprivileged_userns_clone" ? "1" : "28633")`, "
                    + remedy)
        case .appArmor:
            return Diagnostic(
                code: "sandbox.user-namespaces", "AppArmor does not let this program use user namespaces",
                causes: ["kernel.apparmor_restrict_unprivileged_userns is 1"],
                hint:
                    "let root run `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` or give sampan a profile "
                    + "with `userns,`, " + remedy)
        case .missingProgram(let name):
            return Diagnostic(
                code: "sandbox.id-maps", "'\(name)' is not installed", hint: "install the package uidmap, " + remedy)
        case .mappingFailed(let program, let message):
            return Diagnostic(
                code: "sandbox.id-maps", "'\(program)' cannot map the ids of the user namespace", causes: [message],
                hint:
                    "check that it is setuid root (in a container: that it has the file capability cap_setuid, and the "
                    + "container SETUID and SETGID), and the ranges in /etc/subuid and /etc/subgid, " + remedy)
        case .refused(let operation, let errno):
            return Diagnostic(
                code: "sandbox.namespaces", "this host does not allow a sandbox: cannot \(operation)",
                causes: [ErrnoText.describe(errno)],
                hint: "a container host may forbid it (seccomp or a missing CAP_SYS_ADMIN): allow it there, " + remedy)
        case .unsuitableFileSystem(let directory):
            return Diagnostic(
                code: "sandbox.file-system", "the file system of '\(directory)' cannot hold the changes of a program",
                causes: ["the kernel refuses it as the upper directory of an overlay, as it does overlays and NFS"],
                hint: "set SAMPAN_HOME to a directory on ext4, xfs, btrfs or tmpfs (in a container: a volume)")
        case .missingCapability(let name):
            return Diagnostic(
                code: "sandbox.capability",
                "RUN as root needs the capability \(name), which this process does not have",
                hint:
                    "start the container with --cap-add \(name.hasPrefix("CAP_") ? String(name.dropFirst(4)) : name), "
                    + "or run as an ordinary user with user namespaces")
        }
    }
}
