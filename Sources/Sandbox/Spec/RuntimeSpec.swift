// https://github.com/opencontainers/runtime-spec/blob/main/config.md

/// What an OCI runtime reads as `config.json`: the parts that a sandbox uses.
struct RuntimeSpec: Encodable {
    var ociVersion = "1.0.2"
    var process: Process
    var root: Root
    var hostname: String
    var mounts: [Mount]
    var linux: Linux

    struct Root: Encodable {
        var path: String
        var readonly: Bool
    }

    struct Process: Encodable {
        var terminal: Bool
        var user: User
        var args: [String]
        var env: [String]
        var cwd: String
        var capabilities: Capabilities
        var rlimits: [ResourceLimit]
        var noNewPrivileges: Bool
    }

    struct User: Encodable {
        var uid: UInt32
        var gid: UInt32
        var additionalGids: [UInt32]
    }

    struct Capabilities: Encodable {
        var bounding: [String]
        var effective: [String]
        var permitted: [String]
        var inheritable: [String] = []
        var ambient: [String] = []
    }

    struct ResourceLimit: Encodable {
        var type: String
        var soft: UInt64
        var hard: UInt64
    }

    struct Mount: Encodable {
        var destination: String
        var type: String
        var source: String
        var options: [String]
    }

    struct Linux: Encodable {
        var namespaces: [Namespace]
        var uidMappings: [IDMapping]?
        var gidMappings: [IDMapping]?
        var cgroupsPath: String?
        var resources: Resources?
        var devices: [Device]?
        var seccomp: SeccompProfile?
        var sysctl: [String: String]?
        var maskedPaths: [String]
        var readonlyPaths: [String]
    }

    struct Namespace: Encodable {
        var type: String
        /// One that is there already; nil is a new one.
        var path: String?
    }

    struct IDMapping: Encodable {
        var containerID: UInt64
        var hostID: UInt64
        var size: UInt64
    }

    struct Resources: Encodable {
        var devices: [DeviceRule]
    }

    struct DeviceRule: Encodable {
        var allow: Bool
        var type: String?
        var access: String
    }

    struct Device: Encodable {
        var path: String
        /// `c` or `b`.
        var type: String
        var major: Int64
        var minor: Int64
        var fileMode: UInt32
        var uid: UInt32
        var gid: UInt32
    }
}
