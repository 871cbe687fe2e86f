private import Glibc
internal import HostOS

/// Device nodes of a sandbox's own where the host's are.
///
/// In a user namespace a runtime cannot make device nodes: it binds the host's. Root of a namespace with the host's ids
/// owns those, and `chmod /dev/null` would reach the host. In the mount namespace of the helper they are covered by
/// equal ones, which vanish with it.
enum PrivateDevices {
    static func cover(_ request: SandboxRequest, _ workspace: inout HelperWorkspace) throws(SystemError) {
        let directory = try workspace.memoryDirectory()
        try Mounts.mount("tmpfs", on: directory, type: "tmpfs", flags: .noSetuid, options: "mode=755")
        let all = standard + (request.security == .insecure ? HostDevices.list() : [])
        for (number, device) in all.enumerated() {
            let place = "\(directory)/\(number)"
            let kind = device.type == "b" ? S_IFBLK : S_IFCHR
            try check("make the device", place) {
                mknod(place, kind | 0o600, dev_t(DeviceNumber.join(device.major, device.minor)))
            }
            try check("chown", place) { chown(place, device.uid, device.gid) }
            try check("chmod", place) { chmod(place, device.fileMode & 0o7777) }
            try Mounts.bind(place, on: device.path)
        }
    }

    /// What every container has.
    private static let standard: [RuntimeSpec.Device] = [
        ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
    ].map {
        RuntimeSpec.Device(
            path: "/dev/" + $0, type: "c", major: $1, minor: $2, fileMode: 0o666, uid: 0, gid: 0)
    }
}
