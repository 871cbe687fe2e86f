private import CLinux
package import Core
internal import Glibc

/// An open file, closed when the last holder lets go. Always close-on-exec.
package final class FileDescriptor: Sendable {
    package let raw: Int32

    /// Takes over a descriptor.
    package init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Opens a path of ours (never one that came from an archive or image; see ``open(beneath:_:flags:mode:)``).
    package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o600) throws(SystemError) -> FileDescriptor
    {
        FileDescriptor(owning: try check("open", path) { sampan_open(path, flags | O_CLOEXEC, mode) })
    }

    /// Opens a path of ours relative to a directory.
    package static func open(
        at directory: FileDescriptor, _ name: String, _ flags: Int32, mode: UInt32 = 0o600
    ) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try check("open", name) { sampan_openat(directory.raw, name, flags | O_CLOEXEC, mode) })
    }

    /// How links in an untrusted path are treated by ``open(beneath:_:flags:mode:links:)``.
    package enum Links: UInt64, Sendable {
        /// Absolute links and `..` are taken relative to the root, as a chroot does.
        case insideRoot = 0x10
        /// Any symbolic link in the path is refused with ELOOP.
        case refused = 0x0C
    }

    /// Opens an untrusted path below a root directory: never leaves it, whatever links the tree has.
    package static func open(
        beneath root: FileDescriptor, _ path: BytePath, _ flags: Int32, mode: UInt32 = 0, links: Links = .insideRoot
    ) throws(SystemError) -> FileDescriptor {
        // RESOLVE_NO_MAGICLINKS (0x02) always; with refused links also RESOLVE_BENEATH (0x08) and NO_SYMLINKS (0x04).
        let resolve = links.rawValue | 0x02
        let name = path.isRoot ? "." : nil
        let raw = try check("open", path.absolute) {
            if let name {
                return sampan_openat2(
                    root.raw, name, UInt64(bitPattern: Int64(flags | O_CLOEXEC)), UInt64(mode), resolve)
            }
            return path.withCString {
                sampan_openat2(root.raw, $0, UInt64(bitPattern: Int64(flags | O_CLOEXEC)), UInt64(mode), resolve)
            }
        }
        return FileDescriptor(owning: raw)
    }

    /// The file's metadata.
    package func info() throws(SystemError) -> FileInfo {
        var record = stat()
        try check("stat") { fstat(raw, &record) }
        return FileInfo(record)
    }

    /// Reads up to the buffer's size from the current position; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try check("read") { Glibc.read(raw, buffer.baseAddress, buffer.count) }
    }

    /// Reads up to the buffer's size from an offset; fewer bytes only at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(SystemError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = try check("read") {
                pread(raw, buffer.baseAddress! + done, buffer.count - done, off_t(offset) + off_t(done))
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Where the next read or write happens.
    package func position() throws(SystemError) -> Int64 {
        let offset = lseek(raw, 0, SEEK_CUR)
        guard offset >= 0 else { throw SystemError(errno, "seek") }
        return Int64(offset)
    }

    /// Writes all bytes at the current position.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            done += try check("write") { Glibc.write(raw, bytes.baseAddress! + done, bytes.count - done) }
        }
    }

    package func write(_ bytes: [UInt8]) throws(SystemError) {
        var failure: SystemError?
        bytes.withUnsafeBytes { buffer in
            do throws(SystemError) { try write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Copies all of another file here: by sharing blocks where the file system can, else inside the kernel.
    package func copyContents(of source: FileDescriptor) throws(SystemError) {
        if sampan_clone_file(raw, source.raw) == 0 { return }
        while true {
            let count = sampan_copy_file_range(source.raw, raw, 1 << 30)
            if count > 0 { continue }
            if count == 0 { return }
            switch errno {
            case EINTR: continue
            case EXDEV, EINVAL, ENOSYS, EOPNOTSUPP: return try copyThroughBuffer(from: source)
            default: throw SystemError(errno, "copy")
            }
        }
    }

    private func copyThroughBuffer(from source: FileDescriptor) throws(SystemError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { return }
            try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

extension BytePath {
    /// Calls with the path as a C string; a NUL inside ends it early, which the kernel then does not find.
    package func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try (bytes + [0]).withUnsafeBufferPointer { buffer in
            try buffer.withMemoryRebound(to: CChar.self) { try body($0.baseAddress!) }
        }
    }
}
