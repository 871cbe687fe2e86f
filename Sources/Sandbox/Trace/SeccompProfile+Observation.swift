// https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp (SCMP_ACT_NOTIFY, listenerPath)

extension SeccompProfile {
    /// The calls that name a path or an address.
    private static let observed: Set<String> = [
        "open", "creat", "openat", "openat2", "stat", "lstat", "newfstatat", "statx", "access", "faccessat",
        "faccessat2",
        "readlink", "readlinkat", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "mknod", "mknodat", "chmod",
        "fchmodat", "chown", "lchown", "fchownat", "rename", "renameat", "renameat2", "link", "linkat", "symlink",
        "symlinkat", "truncate", "chdir", "statfs", "execve", "execveat", "connect",
    ]

    /// The same filter, where every call that names a path is told to a listener before it goes on.
    func observed(listener: String) -> SeccompProfile {
        var copy = self
        copy.listenerPath = listener
        copy.syscalls = (syscalls ?? []).map { rule in
            guard rule.action == "SCMP_ACT_ALLOW", rule.args == nil else { return rule }
            var rule = rule
            rule.names.removeAll(where: Self.observed.contains)
            return rule
        }
        copy.syscalls?.append(Rule(names: Self.observed.sorted(), action: "SCMP_ACT_NOTIFY"))
        return copy
    }
}
