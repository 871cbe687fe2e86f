private import Glibc
internal import HostOS

/// Which ids of the host the ids of a new user namespace stand for: root is the user, the rest its subordinate ids, one
/// range after the other.
struct IDMaps {
    var uid: UInt32
    var gid: UInt32
    var uids: [SubordinateIDs]
    var gids: [SubordinateIDs]

    /// A marker in errors of mapping, in place of the program's name.
    static let failed = "newuidmap"

    static func forThisUser() -> IDMaps {
        let uid = getuid()
        // newuidmap has no more rights than its caller then.
        if gainsNoPrivileges { return IDMaps(uid: uid, gid: getgid(), uids: [], gids: []) }
        let name = SubordinateIDs.userName(uid)
        return IDMaps(
            uid: uid, gid: getgid(), uids: SubordinateIDs.of(uid: uid, name: name, in: "/etc/subuid"),
            gids: SubordinateIDs.of(uid: uid, name: name, in: "/etc/subgid"))
    }

    /// Writes the maps of a waiting child: by the set-uid programs when there are subordinate ids, else by ourselves,
    /// which the kernel allows for the one own id.
    func write(for pid: Int32) throws(ProcessError) {
        if !uids.isEmpty, !gids.isEmpty {
            try run("newuidmap", pid, Self.lines(own: uid, uids))
            try run("newgidmap", pid, Self.lines(own: gid, gids))
            return
        }
        do throws(SystemError) {
            try put("deny", "/proc/\(pid)/setgroups")
            try put("0 \(uid) 1\n", "/proc/\(pid)/uid_map")
            try put("0 \(gid) 1\n", "/proc/\(pid)/gid_map")
        } catch {
            throw .cannotStart(program: Self.failed, step: error.path ?? "uid_map", errno: error.errno)
        }
    }

    /// The arguments of newuidmap: first id inside, first id outside, how many. What no longer fits into 32 bits is left
    /// out.
    static func lines(own: UInt32, _ ranges: [SubordinateIDs]) -> [String] {
        var inside: UInt32 = 1
        var out = ["0", String(own), "1"]
        for range in ranges {
            let (next, overflow) = inside.addingReportingOverflow(range.count)
            if overflow { break }
            out += [String(inside), String(range.first), String(range.count)]
            inside = next
        }
        return out
    }

    /// Whether programs that this process starts can't gain rights, as containers may be told
    /// (`allowPrivilegeEscalation: false`).
    private static var gainsNoPrivileges: Bool {
        guard let status = try? WholeFile.read("/proc/self/status", limit: 1 << 16) else { return false }
        return status.firstRange(of: Array("\nNoNewPrivs:\t1\n".utf8)) != nil
    }

    private func run(_ program: String, _ pid: Int32, _ lines: [String]) throws(ProcessError) {
        let options = ChildProcess.Options(program, [String(pid)] + lines)
        let done = try ChildProcess.capture(options, limit: 1 << 16)
        guard done.status.isSuccess else {
            throw .cannotStart(
                program: Self.failed, step: done.errorText.isEmpty ? program : done.errorText, errno: EPERM)
        }
    }

    private func put(_ text: String, _ path: String) throws(SystemError) {
        try FileDescriptor.open(path, O_WRONLY).write(Array(text.utf8))
    }
}
