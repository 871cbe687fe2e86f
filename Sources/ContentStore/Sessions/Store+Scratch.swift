internal import Glibc
package import HostOS

extension Store {
    /// An empty file of the session without a name: it ends with the last who holds it.
    package func scratchFile() throws -> FileDescriptor {
        let path = try session().makePath("scratch")
        let file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
        return file
    }
}
