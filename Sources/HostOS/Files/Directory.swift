private import CLinux
internal import Glibc

/// Listing and removing directories by descriptor.
package enum Directory {
    /// The names in a directory, in byte order, without `.` and `..`.
    package static func names(_ directory: FileDescriptor) throws(SystemError) -> [[UInt8]] {
        let copy = try check("open directory") { openat(directory.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            throw SystemError(code, "list directory")
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemError(errno, "list directory") }
                break
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: UInt8.self, capacity: 256) { start in
                    Array(
                        UnsafeBufferPointer(
                            start: start, count: strlen(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))))
                }
            }
            if name == [0x2e] || name == [0x2e, 0x2e] { continue }
            names.append(name)
        }
        names.sort { $0.lexicographicallyPrecedes($1) }
        return names
    }

    /// Makes a directory of ours and its parents; an existing one is fine.
    package static func create(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw SystemError(errno, "create directory", path)
        }
        try create(String(path[..<slash]), mode: mode)
        if mkdir(path, mode) != 0, errno != EEXIST { throw SystemError(errno, "create directory", path) }
    }

    /// Asks the file system to put each directory that is made in this one into a region of its own.
    ///
    /// On ext4 a tree that is made where another was just removed costs several times as much: for a minute each new inode
    /// is searched for past all those that were freed. Other file systems refuse or ignore it, which is fine.
    package static func spread(_ path: String) {
        guard let directory = try? FileDescriptor.open(path, O_RDONLY | O_DIRECTORY) else { return }
        _ = sampan_spread_directories(directory.raw)
    }

    /// Removes a tree of ours without following links and without leaving the file system it is on. A missing tree is fine.
    ///
    /// Depth is bounded by nothing but memory: descent uses a stack of names, one open directory at a time a level.
    package static func removeTree(_ path: String) throws(SystemError) {
        if unlink(path) == 0 { return }
        switch errno {
        case ENOENT: return
        case EISDIR, EPERM: break
        default: throw SystemError(errno, "remove", path)
        }
        let parent = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        let device = try parent.info().device
        try removeContents(of: parent, device: device)
        try check("remove", path) { rmdir(path) }
    }

    private static func removeContents(of root: FileDescriptor, device: UInt64) throws(SystemError) {
        // Each level keeps its descriptor; a tree deeper than the descriptor limit is flattened from below by moving on.
        var stack: [(directory: FileDescriptor, names: [[UInt8]], name: [UInt8])] = [(root, try names(root), [])]
        while !stack.isEmpty {
            let top = stack.count - 1
            guard let name = stack[top].names.popLast() else {
                let done = stack.removeLast()
                if let above = stack.last {
                    _ = try withCName(done.name) { (pointer) throws(SystemError) in
                        try check("remove", String(cString: pointer)) {
                            unlinkat(above.directory.raw, pointer, AT_REMOVEDIR)
                        }
                    }
                }
                continue
            }
            let directory = stack[top].directory
            let child: FileDescriptor? = try withCName(name) { (pointer) throws(SystemError) in
                if unlinkat(directory.raw, pointer, 0) == 0 || errno == ENOENT { return nil }
                guard errno == EISDIR || errno == EPERM || errno == EACCES else {
                    throw SystemError(errno, "remove", String(cString: pointer))
                }
                _ = fchmodat(directory.raw, pointer, 0o700, 0)
                return FileDescriptor(
                    owning: try check("open", String(cString: pointer)) {
                        openat(directory.raw, pointer, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                    })
            }
            guard let child else { continue }
            guard try child.info().device == device else {
                throw SystemError(EXDEV, "remove a mount point", String(decoding: name, as: UTF8.self))
            }
            stack.append((child, try names(child), name))
        }
    }

    private static func withCName<Value>(
        _ name: [UInt8], _ body: (UnsafePointer<CChar>) throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        var terminated = name.map { CChar(bitPattern: $0) }
        terminated.append(0)
        return try terminated.withUnsafeBufferPointer { (buffer) throws(SystemError) in try body(buffer.baseAddress!) }
    }

    /// The target of a symbolic link, given by name in a directory.
    package static func linkTarget(_ name: UnsafePointer<CChar>, at directory: FileDescriptor) throws(SystemError)
        -> [UInt8]
    {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let capacity = buffer.count
        let count = try check("read link", String(cString: name)) {
            buffer.withUnsafeMutableBytes {
                readlinkat(directory.raw, name, $0.baseAddress!.assumingMemoryBound(to: CChar.self), capacity)
            }
        }
        return Array(buffer[..<count])
    }
}
