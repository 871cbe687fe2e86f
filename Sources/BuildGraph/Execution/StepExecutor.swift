package import Core

/// Runs programs for RUN steps. The engine knows only this; the sandbox is plugged in by the application.
package protocol StepExecutor: Sendable {
    /// Whether programs can be run here at all; asked before the first RUN.
    func prepare() async throws

    /// Runs one program to its end. Cancelling the task ends the program first.
    func execute(_ request: ExecutionRequest) async throws -> ExecutionOutcome
}

/// One program and the file system it sees.
package struct ExecutionRequest: Sendable {
    package struct Mount: Sendable {
        package enum Kind: Sendable {
            /// A path inside a stack of directories (lowest first); writes are thrown away.
            case stack([String], path: String, writable: Bool)
            /// A directory of the store that keeps what is written: a cache.
            case directory(String, readOnly: Bool)
            case tmpfs(size: Int64?)
            case secret([UInt8], mode: UInt32, uid: UInt32, gid: UInt32)
            case socket(String, mode: UInt32, uid: UInt32, gid: UInt32)
        }

        package var target: String
        package var kind: Kind

        package init(target: String, kind: Kind) {
            self.target = target
            self.kind = kind
        }
    }

    package enum Network: String, Sendable { case `default`, none, host }

    /// Directories of the layers, lowest first.
    package var layers: [String]
    /// An empty directory that receives the changes.
    package var upper: String
    package var work: String
    /// An empty directory for this run alone.
    package var scratch: String
    package var arguments: [String]
    package var environment: [String]
    package var directory: String
    package var user: ResolvedUser
    package var mounts: [Mount]
    package var network: Network
    package var insecure: Bool
    package var settings: ExecutionSettings
    package var platform: Platform
    /// Receives what the program prints, in pieces as they come.
    package var output: @Sendable (UnsafeRawBufferPointer) -> Void

    package init(
        layers: [String], upper: String, work: String, scratch: String, arguments: [String], environment: [String],
        directory: String, user: ResolvedUser, mounts: [Mount], network: Network, insecure: Bool,
        settings: ExecutionSettings, platform: Platform, output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) {
        self.layers = layers
        self.upper = upper
        self.work = work
        self.scratch = scratch
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.user = user
        self.mounts = mounts
        self.network = network
        self.insecure = insecure
        self.settings = settings
        self.platform = platform
        self.output = output
    }
}

/// What `--add-host`, `--shm-size` and `--ulimit` set for every RUN.
package struct ExecutionSettings: Sendable, Hashable {
    package struct Ulimit: Sendable, Hashable {
        package var name: String
        package var soft: UInt64
        package var hard: UInt64

        package init(name: String, soft: UInt64, hard: UInt64) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }

    /// One line of /etc/hosts.
    package struct Host: Sendable, Hashable {
        package var name: String
        package var address: String

        package init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    package var extraHosts: [Host] = []
    /// Bytes of /dev/shm; nil is the default.
    package var sharedMemory: Int64?
    package var ulimits: [Ulimit] = []

    package init() {}
}

/// A user with all numbers known.
package struct ResolvedUser: Sendable, Hashable {
    package var uid: UInt32
    package var gid: UInt32
    package var groups: [UInt32]
    /// The home directory, when /etc/passwd names one.
    package var home: String?

    package init(uid: UInt32 = 0, gid: UInt32 = 0, groups: [UInt32] = [], home: String? = nil) {
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.home = home
    }
}

/// How a program ended.
package struct ExecutionOutcome: Sendable {
    /// The exit status as a shell shows it: the code, or 128 and the signal.
    package var code: Int32

    package init(code: Int32) { self.code = code }
}
