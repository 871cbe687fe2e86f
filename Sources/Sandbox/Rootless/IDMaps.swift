private import Glibc
internal import HostOS

/// Which ids of the host the ids of a new user namespace stand for: root is the user, the rest its subordinate ids.
struct IDMaps {
    var uid: UInt32
    var gid: UInt32
    var uids: SubordinateIDs?
    var gids: SubordinateIDs?

    /// A marker in errors of mapping, in place of the program's name.
    static let failed = "newuidmap"

    static func forThisUser() -> IDMaps {
        let uid = getuid()
        let name = SubordinateIDs.userName(uid)
        return IDMaps(
            uid: uid, gid: getgid(), uids: SubordinateIDs.of(uid: uid, name: name, in: "/etc/subuid"),
            gids: SubordinateIDs.of(uid: uid, name: name, in: "/etc/subgid"))
    }

    /// Writes the maps of a waiting child: by the set-uid programs when there are subordinate ids, else by ourselves,
    /// which the kernel allows for the one own id.
    func write(for pid: Int32) throws(ProcessError) {
        if let uids, let gids {
            try run("newuidmap", pid, uid, uids)
            try run("newgidmap", pid, gid, gids)
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

    private func run(_ program: String, _ pid: Int32, _ own: UInt32, _ range: SubordinateIDs) throws(ProcessError) {
        let options = ChildProcess.Options(
            program, [String(pid), "0", String(own), "1", "1", String(range.first), String(range.count)])
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
