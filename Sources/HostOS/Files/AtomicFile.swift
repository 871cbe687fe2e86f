internal import Glibc

/// A file that appears under its name whole or not at all.
///
/// It is written under a temporary name in the same directory and published by one rename. Dropping it without
/// ``publish()`` removes it; a kill leaves at most the temporary name, which ``isTemporary(_:)`` tells for sweeping.
///
/// What is no file, such as `/dev/stdout`, `/dev/null` or a pipe, stays: it gets the bytes when they are complete.
package final class AtomicFile {
    package let path: String
    package let descriptor: FileDescriptor
    private let temporary: String
    private var published = false
    /// The path takes bytes and is no file.
    private let isSink: Bool

    /// - Parameter directory: where the unfinished file lies; by default next to its final place. It must be on the
    ///   same file system.
    /// - Throws: what went wrong, told of the final name: nobody gave the other one.
    package init(_ path: String, mode: UInt32 = 0o644, directory: String? = nil) throws(SystemError) {
        self.path = path
        do throws(SystemError) {
            isSink = try Self.isSink(path)
        } catch {
            throw SystemError(error.errno, "write", path)
        }
        let directory = isSink ? Self.elsewhere : directory
        let name = path.split(separator: "/").last.map(String.init) ?? "file"
        let place =
            directory
            ?? String(path.prefix(upTo: path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex))
        let prefix = place.isEmpty || place.hasSuffix("/") ? place : place + "/"
        let unique = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        temporary = "\(prefix).\(name.prefix(80)).\(unique)\(Self.suffix)"
        do throws(SystemError) {
            // Known now instead of at the end of much work.
            if try FileInfo.of(path)?.kind == .directory { throw SystemError(EISDIR, "write") }
            descriptor = try FileDescriptor.open(temporary, O_RDWR | O_CREAT | O_EXCL, mode: mode)
        } catch {
            throw SystemError(error.errno, "write", path)
        }
    }

    package static let suffix = ".sampan-tmp"

    /// Whether a file name is that of an unfinished file.
    package static func isTemporary(_ name: String) -> Bool { name.hasSuffix(suffix) }

    /// Makes the file durable (when asked) and visible under its final name, replacing what was there.
    package func publish(durable: Bool = false) throws(SystemError) {
        if isSink { return try pour() }
        if durable { try check("sync", path) { fdatasync(descriptor.raw) } }
        try check("write", path) { rename(temporary, path) }
        published = true
    }

    deinit { if !published { unlink(temporary) } }

    /// Writes the complete bytes to what is no file.
    private func pour() throws(SystemError) {
        do throws(SystemError) {
            let sink = try FileDescriptor.open(path, O_WRONLY | O_APPEND)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
            defer { buffer.deallocate() }
            var offset: Int64 = 0
            while true {
                let count = try descriptor.read(into: buffer, at: offset)
                if count == 0 { return }
                try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                offset += Int64(count)
            }
        } catch {
            throw SystemError(error.errno, "write", path)
        }
    }

    /// Where unfinished files lie whose final place is no directory for files.
    private static var elsewhere: String {
        getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
    }

    /// Writes a whole file atomically. What is no file, such as `/dev/stdout` or a pipe, is written to and stays.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(SystemError) {
        do throws(SystemError) {
            if try isSink(path) { return try FileDescriptor.open(path, O_WRONLY | O_APPEND).write(bytes) }
            let file = try AtomicFile(path, mode: mode)
            try file.descriptor.write(bytes)
            try file.publish()
        } catch {
            throw SystemError(error.errno, "write", path)
        }
    }

    /// Whether ``write(_:to:mode:)`` can begin there; asked before the work that makes the bytes. Leaves nothing behind.
    package static func probe(_ path: String) throws(SystemError) {
        do throws(SystemError) {
            if try !isSink(path) { _ = try AtomicFile(path) }
        } catch {
            throw SystemError(error.errno, "write", path)
        }
    }

    /// Whether something takes bytes there that is no file: it is not replaced. Nor is a link of the system's to what a
    /// process has open, whatever that is.
    private static func isSink(_ path: String) throws(SystemError) -> Bool {
        guard let info = try FileInfo.of(path, followLinks: true), info.kind != .directory else { return false }
        return info.kind != .file || ["/dev/std", "/dev/fd/", "/proc/"].contains(where: path.hasPrefix)
    }
}

/// Reading small files of ours whole.
package enum WholeFile {
    /// - Parameter limit: refuse more bytes than this with EFBIG.
    package static func read(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        try read(FileDescriptor.open(path, O_RDONLY), limit: limit, name: path)
    }

    package static func read(_ file: FileDescriptor, limit: Int, name: String? = nil) throws(SystemError) -> [UInt8] {
        var out: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return out }
            guard out.count + count <= limit else { throw SystemError(EFBIG, "read", name) }
            out.append(contentsOf: buffer[..<count])
        }
    }
}
