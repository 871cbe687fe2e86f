private import Glibc
internal import HostOS

/// The helper's own directories, in its private mount namespace: what is in memory vanishes with the helper.
struct HelperWorkspace {
    /// On disk, the caller's.
    let scratch: String
    /// In memory, below it.
    let memory: String
    private var counter = 0

    var bundle: String { memory + "/bundle" }
    var root: String { bundle + "/root" }
    var state: String { memory + "/state" }
    var log: String { memory + "/runtime.log" }
    var pidFile: String { memory + "/pid" }

    init(scratch: String) throws(SystemError) {
        self.scratch = scratch
        memory = scratch + "/memory"
        try Directory.create(memory, mode: 0o700)
        try Mounts.tmpfs(on: memory, mode: 0o711)
        for directory in [bundle, root, state] { try Directory.create(directory, mode: 0o711) }
    }

    /// A new empty directory in memory.
    mutating func memoryDirectory() throws(SystemError) -> String { try make(memory) }

    /// A new empty directory on disk.
    mutating func diskDirectory() throws(SystemError) -> String { try make(scratch) }

    /// A path in memory where nothing is yet.
    mutating func memoryPath() -> String {
        counter += 1
        return "\(memory)/\(counter)"
    }

    private mutating func make(_ parent: String) throws(SystemError) -> String {
        counter += 1
        let path = "\(parent)/\(counter)"
        try check("make", path) { mkdir(path, 0o755) }
        try check("chmod", path) { chmod(path, 0o755) }
        return path
    }

    /// Writes a new file in memory.
    mutating func file(
        _ content: [UInt8], mode: UInt32 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0
    ) throws(SystemError) -> String {
        let path = memoryPath()
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        try file.write(content)
        try check("chown", path) { fchown(file.raw, uid, gid) }
        try check("chmod", path) { fchmod(file.raw, mode & 0o7777) }
        return path
    }

    /// Mounts a merged view of directories at a new place in memory.
    mutating func overlay(
        _ lower: [String], upper: (directory: String, work: String)? = nil, volatile: Bool, rootless: Bool
    ) throws(SystemError) -> String {
        let target = try memoryDirectory()
        try overlay(lower, upper: upper, volatile: volatile, rootless: rootless, on: target)
        return target
    }

    mutating func overlay(
        _ lower: [String], upper: (directory: String, work: String)?, volatile: Bool, rootless: Bool,
        on target: String
    ) throws(SystemError) {
        var lower = lower
        // The kernel wants at least one directory below an upper one, and two where there is none.
        while lower.count < (upper == nil ? 2 : 1) { lower.insert(try memoryDirectory(), at: 0) }
        var overlay = Overlay(lower: lower, upper: upper)
        overlay.userAttributes = rootless
        overlay.volatile = volatile
        try overlay.mount(on: target, links: memoryDirectory())
    }
}
