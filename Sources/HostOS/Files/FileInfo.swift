package import Glibc

/// A point in time as the kernel stamps files.
package struct FileTime: Hashable, Sendable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package var seconds: Int64
    package var nanoseconds: Int64

    package init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package static func < (left: FileTime, right: FileTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    package static func now() -> FileTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return FileTime(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}

/// What stat(2) says of a file.
package struct FileInfo: Hashable, Sendable {
    package enum Kind: UInt8, Sendable {
        case file, directory, symlink, characterDevice, blockDevice, fifo, socket
    }

    package var kind: Kind
    /// Permission bits with setuid, setgid and sticky: 0o7777.
    package var mode: UInt32
    package var uid: UInt32
    package var gid: UInt32
    /// Bytes.
    package var size: Int64
    package var device: UInt64
    package var inode: UInt64
    package var links: UInt64
    /// The device that a device node stands for.
    package var representedDevice: UInt64
    package var modified: FileTime
    package var changed: FileTime

    package init(_ record: stat) {
        kind =
            switch record.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFLNK: .symlink
            case S_IFCHR: .characterDevice
            case S_IFBLK: .blockDevice
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            default: .file
            }
        mode = record.st_mode & 0o7777
        uid = record.st_uid
        gid = record.st_gid
        size = Int64(record.st_size)
        device = UInt64(record.st_dev)
        inode = UInt64(record.st_ino)
        links = UInt64(record.st_nlink)
        representedDevice = UInt64(record.st_rdev)
        modified = FileTime(seconds: Int64(record.st_mtim.tv_sec), nanoseconds: Int64(record.st_mtim.tv_nsec))
        changed = FileTime(seconds: Int64(record.st_ctim.tv_sec), nanoseconds: Int64(record.st_ctim.tv_nsec))
    }

    /// The metadata of a path of ours, without following a final link; nil when there is nothing.
    package static func of(_ path: String, followLinks: Bool = false) throws(SystemError) -> FileInfo? {
        var record = stat()
        let result = followLinks ? stat(path, &record) : lstat(path, &record)
        if result == 0 { return FileInfo(record) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw SystemError(errno, "stat", path)
    }

    /// The metadata of one name in a directory, without following a link.
    package static func of(_ name: UnsafePointer<CChar>, at directory: FileDescriptor) throws(SystemError) -> FileInfo {
        var record = stat()
        try check("stat", String(cString: name)) { fstatat(directory.raw, name, &record, AT_SYMLINK_NOFOLLOW) }
        return FileInfo(record)
    }
}
