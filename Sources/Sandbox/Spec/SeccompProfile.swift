// https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp

/// A filter of system calls, as the runtime specification writes it.
struct SeccompProfile: Codable, Equatable {
    var defaultAction: String
    var defaultErrnoRet: UInt32?
    var architectures: [String]?
    var flags: [String]?
    var syscalls: [Rule]?
    /// A socket that gets to know of calls with the action SCMP_ACT_NOTIFY.
    var listenerPath: String?

    struct Rule: Codable, Equatable {
        var names: [String]
        var action: String
        var errnoRet: UInt32?
        var args: [Argument]?
    }

    struct Argument: Codable, Equatable {
        var index: UInt32
        var value: UInt64
        var valueTwo: UInt64?
        var op: String
    }
}

extension SeccompProfile {
    /// What a sandbox uses unless told otherwise: programs get all they need to compile, install and serve; nothing
    /// that makes namespaces, mounts, loads code into the kernel or touches the machine.
    ///
    /// Unknown calls are answered with ENOSYS rather than EPERM, so that a C library newer than the profile falls back
    /// to what an older kernel has.
    static func standard(architecture: String) -> SeccompProfile {
        var rules = [
            Rule(names: SystemCalls.allowed, action: allow),
            Rule(names: SystemCalls.refused, action: refuse, errnoRet: notPermitted),
            // Its flags lie in memory, where a filter cannot look: C libraries then take clone.
            Rule(names: ["clone3"], action: refuse, errnoRet: notImplemented),
            Rule(
                names: ["clone"], action: allow,
                args: [Argument(index: 0, value: namespaceFlags.reduce(0, |), valueTwo: 0, op: "SCMP_CMP_MASKED_EQ")]),
            Rule(
                names: ["socket"], action: allow,
                args: [Argument(index: 0, value: virtualSockets, op: "SCMP_CMP_NE")]),
            Rule(
                names: ["socket"], action: refuse, errnoRet: familyNotSupported,
                args: [Argument(index: 0, value: virtualSockets, op: "SCMP_CMP_EQ")]),
        ]
        for flag in namespaceFlags {
            rules.append(
                Rule(
                    names: ["clone"], action: refuse, errnoRet: notPermitted,
                    args: [Argument(index: 0, value: flag, valueTwo: flag, op: "SCMP_CMP_MASKED_EQ")]))
        }
        for persona in personalities {
            rules.append(
                Rule(
                    names: ["personality"], action: allow,
                    args: [Argument(index: 0, value: persona, op: "SCMP_CMP_EQ")]))
        }
        return SeccompProfile(
            defaultAction: refuse, defaultErrnoRet: notImplemented, architectures: architectures(architecture),
            syscalls: rules)
    }

    private static let allow = "SCMP_ACT_ALLOW"
    private static let refuse = "SCMP_ACT_ERRNO"
    private static let notPermitted: UInt32 = 1
    private static let notImplemented: UInt32 = 38
    private static let familyNotSupported: UInt32 = 97
    /// AF_VSOCK reaches the hypervisor past the network namespace.
    private static let virtualSockets: UInt64 = 40
    /// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
    private static let namespaceFlags: [UInt64] = [
        0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
    ]
    /// PER_LINUX, PER_LINUX32, both with UNAME26, and the question for the present one.
    private static let personalities: [UInt64] = [0x0, 0x8, 0x20000, 0x20008, 0xffff_ffff]

    /// The architecture of programs and those that the same kernel also runs.
    private static func architectures(_ name: String) -> [String]? {
        switch name {
        case "amd64", "386": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]
        case "arm64", "arm": ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]
        default: nil
        }
    }
}
