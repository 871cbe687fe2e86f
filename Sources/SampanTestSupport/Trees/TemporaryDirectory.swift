private import Glibc
package import HostOS

/// A directory for one test, removed with everything in it when the last holder lets go.
package final class TemporaryDirectory: Sendable {
    /// Absolute, without a slash at the end.
    package let path: String

    package init(_ name: String = "test") throws(SystemError) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        path = "\(base)/sampan-\(name)-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        try Directory.create(path, mode: 0o755)
    }

    deinit { try? Directory.removeTree(path) }

    /// The path of something in it.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes a directory in it, with its parents, and gives its path.
    @discardableResult
    package func directory(_ name: String) throws(SystemError) -> String {
        try Directory.create(path(name))
        return path(name)
    }

    /// Writes a file in it, making the directories on the way, and gives its path.
    @discardableResult
    package func file(_ name: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(SystemError) -> String {
        let path = path(name)
        if let slash = path.lastIndex(of: "/") { try Directory.create(String(path[..<slash])) }
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try file.write(bytes)
        // Whatever the umask says.
        try check("change mode of", path) { fchmod(file.raw, mode) }
        return path
    }

    @discardableResult
    package func file(_ name: String, _ text: String, mode: UInt32 = 0o644) throws(SystemError) -> String {
        try file(name, Array(text.utf8), mode: mode)
    }

    /// Makes a symbolic link in it.
    package func symlink(_ name: String, to target: String) throws(SystemError) {
        try check("link", path(name)) { Glibc.symlink(target, path(name)) }
    }

    /// The bytes of a file in it.
    package func bytes(_ name: String) throws(SystemError) -> [UInt8] { try WholeFile.read(path(name)) }

    package func text(_ name: String) throws(SystemError) -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    /// An open, empty file that is removed already.
    package func scratchFile() throws(SystemError) -> FileDescriptor {
        let name = path("scratch-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))")
        let file = try FileDescriptor.open(name, O_RDWR | O_CREAT | O_EXCL)
        unlink(name)
        return file
    }
}
