internal import Core
private import Glibc
internal import HostOS

/// Turns the mounts of a request into mounts that a runtime makes: sources are prepared on the host's side, targets get
/// their places in the root.
struct MountAssembly {
    var workspace: HelperWorkspace
    let rootless: Bool
    /// The program lives in a user namespace below that of the mounts.
    let nested: Bool
    private(set) var mounts: [RuntimeSpec.Mount] = []
    /// Where they are mounted, and the file systems that every sandbox has.
    private(set) var targets: Set<BytePath> = []
    /// Sockets that listen for the program, and where they lead.
    private(set) var sockets: [(listener: FileDescriptor, path: String)] = []

    init(_ workspace: HelperWorkspace, rootless: Bool, nested: Bool = false) {
        self.workspace = workspace
        self.rootless = rootless
        self.nested = nested
    }

    /// Prepares all mounts.
    /// - Parameter view: the merged layers, for looking targets up.
    /// - Returns: the directory to put on top of the layers.
    mutating func assemble(_ request: SandboxRequest, view: FileDescriptor) throws(SandboxError) -> String {
        let directory = try system { (workspace) throws(SystemError) in try workspace.diskDirectory() }
        var points = try SandboxError.wrap { () throws(SystemError) in try MountPointLayer(directory, over: view) }
        for name in RuntimeSpec.systemDirectories {
            targets.insert(try points.provide(name, isDirectory: true, covered: []))
        }
        for mount in Self.ordered(try networkFiles(request) + request.mounts) {
            let source = try prepare(mount.kind)
            let target = try points.provide(mount.target, isDirectory: source.isDirectory, covered: targets)
            targets.insert(target)
            mounts.append(
                RuntimeSpec.Mount(
                    destination: target.absolute, type: source.type, source: source.path, options: source.options))
        }
        try SandboxError.wrap { () throws(SystemError) in try points.finish() }
        return directory
    }

    /// Parents first, else as given.
    private static func ordered(_ mounts: [SandboxMount]) -> [SandboxMount] {
        mounts.enumerated()
            .map { (depth: BytePath(cleaning: $0.element.target).components.count, offset: $0.offset, $0.element) }
            .sorted { ($0.depth, $0.offset) < ($1.depth, $1.offset) }
            .map(\.2)
    }

    private mutating func networkFiles(_ request: SandboxRequest) throws(SandboxError) -> [SandboxMount] {
        let given = Set(request.mounts.map { BytePath(cleaning: $0.target) })
        var out: [SandboxMount] = []
        for (target, content) in NetworkFiles.contents(request) where !given.contains(BytePath(cleaning: target)) {
            let path = try system { (workspace) throws(SystemError) in try workspace.file(content) }
            out.append(SandboxMount(target: target, kind: .directory(path: path, readOnly: true)))
        }
        return out
    }

    /// A mount's source as the runtime gets it.
    private struct Source {
        var path: String
        var isDirectory: Bool
        var type = "bind"
        var options: [String]
    }

    private mutating func prepare(_ kind: SandboxMount.Kind) throws(SandboxError) -> Source {
        switch kind {
        case .bind(let source, let writable):
            let path = try bindSource(source, writable: writable)
            return try hostSource(path, readOnly: !writable)
        case .directory(let path, let readOnly):
            return try hostSource(path, readOnly: readOnly)
        case .tmpfs(let size):
            var options = ["nosuid", "nodev", "mode=1777"]
            if let size { options.append("size=\(size)") }
            return Source(path: "tmpfs", isDirectory: true, type: "tmpfs", options: options)
        case .secret(let content, let mode, let uid, let gid):
            let path = try system { (workspace) throws(SystemError) in
                try workspace.file(content, mode: mode, uid: uid, gid: gid)
            }
            return Source(path: path, isDirectory: false, options: ["bind", "ro", "nosuid", "nodev", "noexec"])
        case .socket(let path, let mode, let uid, let gid):
            let own = try listen(leadingTo: path, mode, uid, gid)
            return Source(path: own, isDirectory: false, options: ["bind", "nosuid", "nodev", "noexec"])
        }
    }

    private func hostSource(_ path: String, readOnly: Bool) throws(SandboxError) -> Source {
        // A user namespace may not take away restrictions that the host's mount has: they are named again.
        let inherited = rootless || nested ? Mounts.restrictions(of: path) : []
        return Source(
            path: path, isDirectory: try isDirectory(path), options: ["rbind", readOnly ? "ro" : "rw"] + inherited)
    }

    private func isDirectory(_ path: String) throws(SandboxError) -> Bool {
        let info = try SandboxError.wrap { () throws(SystemError) in try FileInfo.of(path, followLinks: true) }
        guard let info else { throw .sourceNotFound(path) }
        return info.kind == .directory
    }

    private mutating func bindSource(
        _ source: SandboxMount.BindSource, writable: Bool
    ) throws(SandboxError) -> String {
        switch source {
        case .host(let path):
            guard writable else { return path }
            guard try isDirectory(path) else { return try copy(path) }
            return try merge([path], writable: true)
        case .layers(let directories, let path):
            let merged = try merge(directories, writable: writable)
            let walk = try SandboxError.wrap { () throws(SystemError) in
                try RootWalk.resolve(path, in: FileDescriptor.open(merged, OpenFlags.path | O_DIRECTORY))
            }
            guard walk.missing.isEmpty else { throw .sourceNotFound(path) }
            return walk.path.isRoot ? merged : merged + walk.path.absolute
        }
    }

    /// A merged view; with a throw-away upper directory on disk when it is to be written.
    private mutating func merge(_ directories: [String], writable: Bool) throws(SandboxError) -> String {
        let rootless = rootless
        return try system { (workspace) throws(SystemError) in
            let upper: (directory: String, work: String)? =
                writable ? (try workspace.diskDirectory(), try workspace.diskDirectory()) : nil
            if let upper, let top = directories.last {
                let source = try FileDescriptor.open(top, O_RDONLY | O_DIRECTORY)
                try MetadataCopy.apply(source.info(), from: "/proc/self/fd/\(source.raw)/.", to: upper.directory)
            }
            return try workspace.overlay(directories, upper: upper, volatile: true, rootless: rootless)
        }
    }

    /// A throw-away copy of a file, with its mode and owner.
    private mutating func copy(_ path: String) throws(SandboxError) -> String {
        try system { (workspace) throws(SystemError) in
            let place = try workspace.diskDirectory() + "/file"
            let source = try FileDescriptor.open(path, O_RDONLY)
            let info = try source.info()
            let file = try FileDescriptor.open(place, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.copyContents(of: source)
            try check("chown", place) { fchown(file.raw, info.uid, info.gid) }
            try check("chmod", place) { fchmod(file.raw, info.mode) }
            return place
        }
    }

    private mutating func listen(
        leadingTo path: String, _ mode: UInt32, _ uid: UInt32, _ gid: UInt32
    ) throws(SandboxError) -> String {
        let (own, listener) = try system { (workspace) throws(SystemError) in
            let directory = try workspace.memoryDirectory()
            let listener = try WorkingDirectory.inside(directory) { () throws(SystemError) in
                try UnixSocket.listen("socket")
            }
            let own = directory + "/socket"
            try check("chown", own) { chown(own, uid, gid) }
            try check("chmod", own) { chmod(own, mode & 0o7777) }
            return (own, listener)
        }
        sockets.append((listener, path))
        return own
    }

    private mutating func system<Value>(
        _ body: (inout HelperWorkspace) throws(SystemError) -> Value
    ) throws(SandboxError) -> Value {
        do throws(SystemError) { return try body(&workspace) } catch { throw SandboxError(error) }
    }
}

/// Working inside a directory for a moment: names of sockets are limited to 107 bytes, so they are given relative.
enum WorkingDirectory {
    static func inside<Value>(
        _ path: String, _ body: () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        let here = try FileDescriptor.open(".", O_RDONLY | O_DIRECTORY)
        try check("enter", path) { chdir(path) }
        defer { fchdir(here.raw) }
        return try body()
    }
}
