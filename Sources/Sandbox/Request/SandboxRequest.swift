/// One program to run in a root file system of its own.
///
/// All paths of the host are absolute. The upper, work and scratch directories are the caller's to make before and to
/// remove after; nothing is left mounted in them, whatever happens.
package struct SandboxRequest: Codable, Sendable {
    /// Lower directories, bottom first; none is an empty root.
    package var layers: [String]
    /// Where changes go: an existing directory, empty or from an earlier run. Nil makes the root read-only.
    package var upper: String?
    /// An existing empty directory on the file system of ``upper``, for the kernel's use.
    package var work: String?
    /// An existing empty directory on disk for this run alone.
    package var scratch: String
    /// The program and its arguments; the program is looked up in the PATH of ``env``.
    package var args: [String]
    /// `NAME=value`.
    package var env: [String] = []
    package var cwd = "/"
    package var uid: UInt32 = 0
    package var gid: UInt32 = 0
    package var additionalGids: [UInt32] = []
    package var hostname = "sampan"
    package var network = Network.default
    package var security = Security.sandbox
    package var seccomp = Seccomp.default
    package var mounts: [SandboxMount] = []
    /// Lines for `/etc/hosts`.
    package var extraHosts: [HostEntry] = []
    /// Size of `/dev/shm` in bytes.
    package var shmSize: Int64 = 64 << 20
    package var ulimits: [Ulimit] = []
    /// A control group below which the program's own is made; nil is `/sampan`.
    package var cgroupParent: String?
    package var readOnlyRoot = false
    /// Give the program a terminal; its other end is ``SandboxRun/console``.
    package var terminal = false
    package var noNewPrivileges = false
    /// Take all capabilities from the program.
    package var dropCapabilities = false
    /// Let `fsync` do nothing in the root, which makes package managers several times faster. After a crash of the
    /// machine (not of a program) the upper directory may be incomplete.
    package var volatile = true
    /// What to learn of the program while it runs; nil is nothing.
    package var observation: Observation?
    /// What runs the programs when they are another architecture's; see ``Emulation/handler(for:)``.
    package var handler: BinaryHandler?

    package init(
        layers: [String], upper: String? = nil, work: String? = nil, scratch: String, args: [String]
    ) {
        self.layers = layers
        self.upper = upper
        self.work = work
        self.scratch = scratch
        self.args = args
    }

    package enum Network: String, Codable, Sendable {
        /// The host's network: a build has no bridge to plug into.
        case `default`
        case host
        /// Loopback alone.
        case none
    }

    package enum Security: String, Codable, Sendable {
        case sandbox
        /// All capabilities and devices, no system call filter, nothing masked.
        case insecure
    }

    package enum Seccomp: Codable, Sendable {
        case `default`
        case off
        /// A `linux.seccomp` object of the runtime specification, as JSON.
        case custom(json: String)
    }

    package struct HostEntry: Codable, Sendable, Hashable {
        package var name: String
        package var address: String

        package init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    /// A resource limit by its name as docker writes it, `nofile` for instance.
    package struct Ulimit: Codable, Sendable, Hashable {
        package var name: String
        package var soft: UInt64
        package var hard: UInt64

        package init(name: String, soft: UInt64, hard: UInt64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }
}
