internal import Glibc
internal import HostOS

/// An advisory lock on a named file below `locks/`, which can be removed when it is let go.
///
/// Removing a lock's file is safe here because a lock counts only while its name leads to the locked file: who locked a
/// file that was removed meanwhile starts again.
final class LockFile: Sendable {
    let path: String
    private let descriptor: FileDescriptor

    private init(path: String, _ descriptor: FileDescriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    /// The lock if it is free now, else nil.
    static func tryAcquire(_ path: String, shared: Bool = false) throws(ContentStoreError) -> LockFile? {
        while true {
            let descriptor = try mapping(path) { () throws(SystemError) in
                try FileDescriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
            }
            if flock(descriptor.raw, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
                switch errno {
                case EINTR: continue
                case EWOULDBLOCK: return nil
                default: throw ContentStoreError(SystemError(errno, "lock", path), at: path)
                }
            }
            let same = try mapping(path) { () throws(SystemError) in
                let held = try descriptor.info()
                let named = try FileInfo.of(path)
                return held.inode == named?.inode && held.device == named?.device
            }
            if same { return LockFile(path: path, descriptor) }
        }
    }

    /// Waits for the lock, looking at `isCancelled` every few milliseconds.
    /// - Returns: nil when cancelled.
    static func acquire(
        _ path: String, shared: Bool = false, isCancelled: () -> Bool = { false }
    ) throws(ContentStoreError) -> LockFile? {
        var pause: UInt32 = 1_000
        while true {
            if let lock = try tryAcquire(path, shared: shared) { return lock }
            if isCancelled() { return nil }
            usleep(pause)
            pause = min(pause * 2, 50_000)
        }
    }

    /// Lets go now instead of with the last holder of the value.
    /// - Parameter removing: also removes the file; only for an exclusive lock.
    func release(removing: Bool) {
        if removing { unlink(path) }
        flock(descriptor.raw, LOCK_UN)
    }
}
