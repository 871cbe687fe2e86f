private import Glibc
internal import HostOS

/// Control groups of sandboxes: one a run, named after its builder, below `/sampan` unless asked otherwise.
package enum ControlGroups {
    static let parent = "sampan"

    /// Removes the empty groups of builders that are gone; groups with a process in them stay.
    package static func sweep() {
        for hierarchy in hierarchies() {
            let place = "\(hierarchy)/\(parent)"
            guard let opened = try? FileDescriptor.open(place, O_RDONLY | O_DIRECTORY),
                let names = try? Directory.names(opened)
            else { continue }
            for name in names.map({ String(decoding: $0, as: UTF8.self) }) {
                if let owner = BuilderIdentity(prefixOf: name), !owner.isAlive { rmdir("\(place)/\(name)") }
            }
        }
    }

    /// Removes one group from every hierarchy. The kernel takes a moment to forget processes that have ended.
    static func remove(_ path: String) {
        for hierarchy in hierarchies() {
            let place = hierarchy + path
            for attempt in 0..<20 {
                if rmdir(place) == 0 || errno != EBUSY { break }
                usleep(UInt32(500 * (attempt + 1)))
            }
        }
    }

    /// Where control groups are mounted: version 2 at one place, version 1 at one a controller.
    private static func hierarchies() -> [String] {
        ((try? MountTable.read()) ?? []).filter { $0.type == "cgroup" || $0.type == "cgroup2" }.map(\.target)
    }

    /// crun refuses hosts that mount version 2 beside version 1. In a mount namespace of our own the second can go.
    static func hideUnified() {
        guard let table = try? MountTable.read(),
            table.contains(where: { $0.target == "/sys/fs/cgroup" && $0.type == "tmpfs" }),
            table.contains(where: { $0.target == "/sys/fs/cgroup/unified" && $0.type == "cgroup2" })
        else { return }
        try? Mounts.unmount("/sys/fs/cgroup/unified", detach: true)
    }
}

/// A builder process, told from later ones with its pid by the time it started.
struct BuilderIdentity: Hashable {
    var pid: Int32
    /// In clock ticks since the machine started.
    var start: UInt64

    /// This process; nil when `/proc` is not there.
    static var current: BuilderIdentity? {
        let pid = getpid()
        return startTime(of: pid).map { BuilderIdentity(pid: pid, start: $0) }
    }

    init(pid: Int32, start: UInt64) {
        self.pid = pid
        self.start = start
    }

    /// Reads `pid-start-…`.
    init?(prefixOf name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let pid = Int32(parts[0]), let start = UInt64(parts[1]) else { return nil }
        self.init(pid: pid, start: start)
    }

    var isAlive: Bool { Self.startTime(of: pid) == start }

    private static func startTime(of pid: Int32) -> UInt64? {
        guard let bytes = try? WholeFile.read("/proc/\(pid)/stat", limit: 1 << 16),
            // The second field is the program's name in parentheses and may hold anything.
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19 else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }
}
