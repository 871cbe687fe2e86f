// https://docs.kernel.org/filesystems/overlayfs.html
internal import Archive
internal import Core
internal import Glibc
internal import HostOS

/// Makes files below a root. Directories get their final metadata at the end, so that a read-only one can be filled
/// and keeps its time.
final class TreeBuilder {
    private let root: HostDirectory
    private let options: LayerUnpacker.Options
    /// The directory in which the last thing was made.
    private var parent: (path: BytePath, descriptor: FileDescriptor)?

    init(_ root: HostDirectory, _ options: LayerUnpacker.Options) {
        self.root = root
        self.options = options
    }

    /// Makes anything but a hard link. What is there already is replaced; a directory stays for a directory.
    /// - Parameter content: writes the bytes of a file.
    func make(_ entry: Entry, content: (any ByteSink) throws -> Void) throws {
        switch entry.kind {
        case .whiteout, .hardlink: return
        case .characterDevice, .blockDevice:
            switch options.devices {
            case .create: break
            case .skip: return
            case .refuse: throw LayerError.device(path: entry.path.description)
            }
        default: break
        }
        let directory = try open(entry.path.parent)
        try entry.path.withName { name in
            switch entry.kind {
            case .directory: try makeDirectory(entry.path, name, directory)
            case .file: try makeFile(entry, name, directory, content)
            case .symlink(let target):
                try target.withCString { target in
                    try replacing(entry.path, directory, "create link") { symlinkat(target, directory.raw, name) }
                }
                try setMetadata(entry, name, directory)
            case .characterDevice(let major, let minor):
                try makeNode(entry, name, directory, S_IFCHR, major, minor)
            case .blockDevice(let major, let minor):
                try makeNode(entry, name, directory, S_IFBLK, major, minor)
            case .fifo: try makeNode(entry, name, directory, S_IFIFO, 0, 0)
            case .hardlink, .whiteout: break
            }
        }
    }

    /// Makes another name for a file that was made before.
    func link(_ path: BytePath, to target: BytePath) throws {
        let from = try open(target.parent)
        let to = try open(path.parent)
        try target.withName { old in
            try path.withName { name in
                do {
                    try replacing(path, to, "link") { linkat(from.raw, old, to.raw, name, 0) }
                } catch let error as SystemError where error.errno == ENOENT {
                    // A node that was left out has no other names either.
                    if options.devices == .skip { return }
                    throw LayerError.danglingHardlink(path: path.description, target: target.description)
                }
            }
        }
    }

    /// Sets the metadata of directories and makes the marks, once everything else is there.
    func finish(_ contents: LayerContents) throws {
        let opaque = Set(contents.entries.lazy.filter(\.isOpaque).map(\.path))
        for entry in contents.entries {
            switch entry.kind {
            // Overlayfs would list a whiteout in an opaque directory as a file that cannot be opened.
            case .whiteout where options.overlay != .none && !entry.path.isBelow(any: opaque):
                let directory = try open(entry.path.parent)
                try entry.path.withName { name in
                    try replacing(entry.path, directory, "create whiteout") { mknodat(directory.raw, name, S_IFCHR, 0) }
                }
            case .directory: _ = try open(entry.path)
            default: break
            }
        }
        parent = nil
        // From below, as making things in a directory changes its time.
        for entry in contents.entries.reversed() where entry.isDirectory {
            let directory = try open(entry.path.parent)
            try entry.path.withName { name in
                if entry.isOpaque, let prefix = options.overlay.attributePrefix {
                    try ExtendedAttributes.set(name, at: directory, prefix + "opaque", [UInt8(ascii: "y")])
                }
                try setMetadata(entry, name, directory)
            }
        }
    }

    /// The same entries with the files of the directory as their contents.
    func contentsOnDisk(_ contents: LayerContents) throws -> LayerContents {
        var entries = contents.entries
        for index in entries.indices where entries[index].isFile && entries[index].size > 0 {
            let path = entries[index].path
            let directory = try open(path.parent)
            let info = try path.withName { try FileInfo.of($0, at: directory) }
            entries[index].content = .file(HostFile(root: root, path: path, info: info))
        }
        return LayerContents(sorted: entries)
    }

    // MARK: - One thing at a time

    /// A directory of the tree; it and its parents are made when they are missing.
    private func open(_ path: BytePath) throws -> FileDescriptor {
        if path.isRoot { return root.descriptor }
        if let parent, parent.path == path { return parent.descriptor }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
        let descriptor: FileDescriptor
        do throws(SystemError) {
            descriptor = try FileDescriptor.open(beneath: root.descriptor, path, flags, links: .refused)
        } catch {
            guard error.errno == ENOENT else { throw failure(error, path) }
            try makeParents(path)
            descriptor = try FileDescriptor.open(beneath: root.descriptor, path, flags, links: .refused)
        }
        parent = (path, descriptor)
        return descriptor
    }

    private func makeParents(_ path: BytePath) throws {
        var at = root.descriptor
        for name in path.components {
            at = try Array(name).withCString { name in
                if mkdirat(at.raw, name, 0o755) == 0 {
                    // Whatever the umask says.
                    fchmodat(at.raw, name, 0o755, 0)
                } else if errno != EEXIST {
                    throw SystemError(errno, "create directory", root.show(path))
                }
                return FileDescriptor(
                    owning: try check("open directory", root.show(path)) {
                        openat(at.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                    })
            }
        }
    }

    /// A path that turned out not to be what the layer takes it for.
    private func failure(_ error: SystemError, _ path: BytePath) -> any Error {
        switch error.errno {
        case ENOTDIR, ELOOP: LayerError.notADirectory(path: path.description, through: path.description)
        case ENAMETOOLONG: LayerError.tooDeep(path: path.description)
        default: SystemError(error.errno, error.operation, root.show(path))
        }
    }

    /// Runs a call that makes a name; when something is in its place, removes that and runs it again.
    private func replacing(
        _ path: BytePath, _ directory: FileDescriptor, _ operation: String, _ call: () -> Int32
    ) throws {
        if call() == 0 { return }
        guard errno == EEXIST else { throw SystemError(errno, operation, root.show(path)) }
        try remove(path, directory)
        try check(operation, root.show(path), call)
    }

    private func remove(_ path: BytePath, _ directory: FileDescriptor) throws {
        // A directory that is removed must not stay remembered.
        parent = nil
        try path.withName { name in
            if unlinkat(directory.raw, name, 0) == 0 { return }
            guard errno == EISDIR || errno == EPERM else { throw SystemError(errno, "remove", root.show(path)) }
            // The name is one component below an open directory, so no link can lead elsewhere.
            try Directory.removeTree("/proc/self/fd/\(directory.raw)/" + String(cString: name))
        }
    }

    private func makeDirectory(
        _ path: BytePath, _ name: UnsafePointer<CChar>, _ directory: FileDescriptor
    ) throws {
        if mkdirat(directory.raw, name, 0o700) == 0 { return }
        guard errno == EEXIST else { throw SystemError(errno, "create directory", root.show(path)) }
        if try FileInfo.of(name, at: directory).kind == .directory { return }
        try remove(path, directory)
        try check("create directory", root.show(path)) { mkdirat(directory.raw, name, 0o700) }
    }

    private func makeFile(
        _ entry: Entry, _ name: UnsafePointer<CChar>, _ directory: FileDescriptor,
        _ content: (any ByteSink) throws -> Void
    ) throws {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let file: FileDescriptor
        do throws(SystemError) {
            file = try entry.path.lastComponent.openBeneath(directory, flags)
        } catch {
            guard error.errno == EEXIST else { throw SystemError(error.errno, "create", root.show(entry.path)) }
            try remove(entry.path, directory)
            file = try entry.path.lastComponent.openBeneath(directory, flags)
        }
        try content(DescriptorSink(file))
        if options.owners {
            try check("change owner of", root.show(entry.path)) { fchown(file.raw, entry.uid, entry.gid) }
        }
        // After the owner: changing that takes setuid and capabilities away. Attributes before the mode: a read-only
        // file takes none.
        try setAttributes(entry, name, directory)
        try check("change mode of", root.show(entry.path)) { fchmod(file.raw, entry.mode) }
        let times = Self.times(options.time ?? entry.modified)
        try check("set time of", root.show(entry.path)) { futimens(file.raw, times) }
    }

    private func makeNode(
        _ entry: Entry, _ name: UnsafePointer<CChar>, _ directory: FileDescriptor, _ type: UInt32, _ major: UInt32,
        _ minor: UInt32
    ) throws {
        let device = dev_t(DeviceNumber.make(major: major, minor: minor))
        try replacing(entry.path, directory, "create node") { mknodat(directory.raw, name, type | 0o600, device) }
        try setMetadata(entry, name, directory)
    }

    private func setMetadata(
        _ entry: Entry, _ name: UnsafePointer<CChar>, _ directory: FileDescriptor
    ) throws {
        if options.owners {
            try check("change owner of", root.show(entry.path)) {
                fchownat(directory.raw, name, entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW)
            }
        }
        try setAttributes(entry, name, directory)
        if !entry.isSymlink {
            try check("change mode of", root.show(entry.path)) { fchmodat(directory.raw, name, entry.mode, 0) }
        }
        let times = Self.times(options.time ?? entry.modified)
        try check("set time of", root.show(entry.path)) {
            utimensat(directory.raw, name, times, AT_SYMLINK_NOFOLLOW)
        }
    }

    private func setAttributes(
        _ entry: Entry, _ name: UnsafePointer<CChar>, _ directory: FileDescriptor
    ) throws {
        for attribute in entry.attributes {
            do throws(SystemError) {
                try ExtendedAttributes.set(name, at: directory, attribute.name, attribute.value)
            } catch {
                let isForbidden = error.errno == EPERM || error.errno == ENOTSUP || error.errno == EACCES
                guard isForbidden, options.attributes == .permitted else { throw error }
            }
        }
    }

    /// A time of access and of modification, as the kernel takes them.
    static func times(_ modified: FileTime) -> [timespec] {
        let time = timespec(tv_sec: Int(modified.seconds), tv_nsec: Int(modified.nanoseconds))
        return [time, time]
    }
}

extension [UInt8] {
    /// Calls with the bytes as a C string.
    func withCString<Value>(_ body: (UnsafePointer<CChar>) throws -> Value) rethrows -> Value {
        try (self + [0]).withUnsafeBufferPointer { buffer in
            try buffer.withMemoryRebound(to: CChar.self) { try body($0.baseAddress!) }
        }
    }
}

extension BytePath {
    /// Whether one of the directories holds the path at any depth.
    fileprivate func isBelow(any directories: Set<BytePath>) -> Bool {
        if directories.isEmpty { return false }
        var above = self
        while !above.isRoot {
            above = above.parent
            if directories.contains(above) { return true }
        }
        return false
    }

    /// The last component as a path.
    var lastComponent: BytePath { BytePath(normalized: Array(name)) }

    /// Calls with the last component as a C string.
    func withName<Value>(_ body: (UnsafePointer<CChar>) throws -> Value) rethrows -> Value {
        try lastComponent.withCString(body)
    }

    fileprivate func openBeneath(_ directory: FileDescriptor, _ flags: Int32) throws(SystemError) -> FileDescriptor {
        try FileDescriptor.open(beneath: directory, self, flags, mode: 0o600, links: .refused)
    }
}
