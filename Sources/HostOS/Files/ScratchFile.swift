internal import Glibc

/// Files without a name, which end with the last who holds them.
package enum ScratchFile {
    /// One that had this path, which nobody else has, for a moment.
    package static func make(at path: String) throws(SystemError) -> FileDescriptor {
        let file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
        return file
    }

    /// One outside of any store.
    package static func make() throws(SystemError) -> FileDescriptor {
        let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
        return try make(at: "\(directory)/sampan-" + String(UInt64.random(in: 0...UInt64.max), radix: 36))
    }
}
