import Core
import Glibc
import HostOS

/// Changing a file of logins: one process at a time, whole or not at all, for the owner's eyes alone.
enum FileUpdate {
    /// Reads the file, or begins a new one, and writes what `body` made of it when that is something else.
    /// - Throws: ``CredentialError``.
    static func change<Value: Sendable>(
        _ path: String, _ body: (inout CredentialFile) throws(CredentialError) -> Value
    ) throws(CredentialError) -> Value {
        // A link is somebody's choice of another place; it stays, and the file behind it changes.
        let target: String
        do throws(SystemError) { target = try follow(path) } catch {
            throw .unreadable(file: path, reason: error.reason)
        }
        let directory = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
        let held = try wrap(path) { () throws(SystemError) in
            try Directory.create(directory.isEmpty ? "/" : directory, mode: 0o700)
            return try lock(directory.isEmpty ? "/" : directory)
        }
        defer { withExtendedLifetime(held) {} }
        let before = try CredentialFile.read(target)
        var file = before ?? CredentialFile(new: path)
        let value = try body(&file)
        if file.document != before?.document {
            try wrap(path) { () throws(SystemError) in try write(file, to: target) }
        }
        return value
    }

    private static func write(_ file: CredentialFile, to path: String) throws(SystemError) {
        let new = try AtomicFile(path, mode: 0o600)
        // A file that root changes for a user stays the user's.
        if let old = try FileInfo.of(path), old.uid != geteuid() || old.gid != getegid() {
            _ = fchown(new.descriptor.raw, old.uid, old.gid)
        }
        try new.descriptor.write(file.document.bytes())
        try new.publish(durable: true)
    }

    /// Other processes that log in wait. Where a file system has no locks, last come, last served.
    private static func lock(_ directory: String) throws(SystemError) -> FileDescriptor {
        let descriptor = try FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY)
        _ = try? check("lock", directory) { flock(descriptor.raw, LOCK_EX) }
        return descriptor
    }

    /// Where a path leads, whether or not there is something.
    private static func follow(_ path: String) throws(SystemError) -> String {
        var path = path
        for _ in 0..<40 {
            guard try FileInfo.of(path)?.kind == .symlink else { return path }
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = try check("read link", path) { readlink(path, &buffer, buffer.count) }
            let link = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
            let directory = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            path = link.hasPrefix("/") ? link : directory + link
        }
        throw SystemError(ELOOP, "follow links", path)
    }

    private static func wrap<Value>(
        _ path: String, _ body: () throws(SystemError) -> Value
    ) throws(CredentialError) -> Value {
        do throws(SystemError) { return try body() } catch { throw .unwritable(file: path, reason: error.reason) }
    }
}
