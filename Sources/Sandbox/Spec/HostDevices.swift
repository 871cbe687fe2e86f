private import Glibc
private import HostOS

/// The device nodes of this machine, for programs that may use them all.
enum HostDevices {
    /// Below `/dev`, without what every container gets a private one of.
    static func list() -> [RuntimeSpec.Device] {
        var out: [RuntimeSpec.Device] = []
        collect("/dev", depth: 0, &out)
        return out
    }

    private static let skipped: Set<String> = [
        "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/fd", "/dev/console", "/dev/ptmx", "/dev/null", "/dev/zero",
        "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
    ]

    private static func collect(_ directory: String, depth: Int, _ out: inout [RuntimeSpec.Device]) {
        guard depth < 4, let opened = try? FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY),
            let names = try? Directory.names(opened)
        else { return }
        for name in names {
            let path = directory + "/" + String(decoding: name, as: UTF8.self)
            guard !skipped.contains(path), let info = try? FileInfo.of(path) else { continue }
            switch info.kind {
            case .directory: collect(path, depth: depth + 1, &out)
            case .characterDevice, .blockDevice:
                let (major, minor) = DeviceNumber.split(info.representedDevice)
                out.append(
                    RuntimeSpec.Device(
                        path: path, type: info.kind == .blockDevice ? "b" : "c", major: major, minor: minor,
                        fileMode: info.mode, uid: info.uid, gid: info.gid))
            default: continue
            }
        }
    }
}

/// The kernel's packing of device numbers.
enum DeviceNumber {
    static func split(_ device: UInt64) -> (major: Int64, minor: Int64) {
        (
            Int64((device >> 8) & 0xfff | (device >> 32) & 0xffff_f000),
            Int64(device & 0xff | (device >> 12) & 0xffff_ff00)
        )
    }

    /// The inverse of ``split(_:)``.
    static func join(_ major: Int64, _ minor: Int64) -> UInt64 {
        let (major, minor) = (UInt64(bitPattern: major), UInt64(bitPattern: minor))
        return (major & 0xfff) << 8 | (major & 0xffff_f000) << 32 | minor & 0xff | (minor & 0xffff_ff00) << 12
    }
}
