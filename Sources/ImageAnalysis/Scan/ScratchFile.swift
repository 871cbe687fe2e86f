internal import Glibc
internal import HostOS

/// A place for what is too large for memory when there is no store.
enum ScratchFile {
    /// A file without a name that ends with the last who holds it.
    static func make() throws -> FileDescriptor {
        let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
        let path = "\(directory)/sampan-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
        return file
    }
}
