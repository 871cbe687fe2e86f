private import Glibc

/// An advisory lock on a file, held until the value goes away; the kernel drops it when the process dies.
package final class FileLock: Sendable {
    private let descriptor: FileDescriptor

    private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    package enum Mode: Sendable { case shared, exclusive }

    /// Waits for the lock. The file is made when missing and never removed (removal would split the lock in two).
    package static func acquire(_ path: String, _ mode: Mode = .exclusive) throws(SystemError) -> FileLock {
        let descriptor = try FileDescriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
        try check("lock", path) { flock(descriptor.raw, mode == .shared ? LOCK_SH : LOCK_EX) }
        return FileLock(descriptor)
    }

    /// The lock if it is free now, else nil.
    package static func tryAcquire(_ path: String, _ mode: Mode = .exclusive) throws(SystemError) -> FileLock? {
        let descriptor = try FileDescriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
        while true {
            if flock(descriptor.raw, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 {
                return FileLock(descriptor)
            }
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return nil
            default: throw SystemError(errno, "lock", path)
            }
        }
    }
}
