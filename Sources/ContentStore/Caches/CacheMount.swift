internal import Core
internal import Glibc
internal import HostOS
internal import Synchronization

/// How the users of one cache mount share it.
package enum CacheSharing: String, Sendable, CaseIterable {
    /// All at once.
    case shared
    /// A second user gets a directory of its own.
    case `private`
    /// A second user waits.
    case locked
}

/// A cache directory in use. It stays locked until ``release()`` or the last holder lets go.
package final class CacheMount: Sendable {
    /// The directory to mount.
    package let path: String
    private let marker: String
    private let lock: LockFile
    private let populated: Atomic<Bool>

    init(slot: String, lock: LockFile) {
        path = slot + "/fs"
        marker = slot + "/populated"
        self.lock = lock
        populated = Atomic(access(marker, F_OK) == 0)
    }

    deinit { release() }

    /// Whether nobody has finished filling it yet: its first content, owner and mode are the caller's to set.
    package var isNew: Bool {
        if populated.load(ordering: .acquiring) { return false }
        // Another user of a shared cache may have filled it meanwhile.
        guard access(marker, F_OK) == 0 else { return true }
        populated.store(true, ordering: .releasing)
        return false
    }

    /// Says that the first content is in place, for this and all later users.
    package func markPopulated() throws(ContentStoreError) {
        if !isNew { return }
        try mapping(marker) { () throws(SystemError) in
            _ = try FileDescriptor.open(marker, O_WRONLY | O_CREAT, mode: 0o600)
        }
        populated.store(true, ordering: .releasing)
    }

    /// Lets others have it.
    package func release() { lock.release(removing: false) }
}

extension Store {
    private static let createAttempts = 10

    /// The lock file of one directory of a cache.
    func cacheLockPath(_ hex: String, _ slot: String) -> String { location.locks + "/cache-\(hex)-\(slot)" }

    /// Takes the cache directory with a name (the `id` of a mount, with whatever else keeps caches apart), making it
    /// when missing.
    /// - Parameter isCancelled: asked every few milliseconds while another user holds it.
    /// - Returns: nil when cancelled.
    package func acquireCache(
        _ id: String, sharing: CacheSharing, isCancelled: () -> Bool = { false }
    ) throws(ContentStoreError) -> CacheMount? {
        let hex = SHA256.digest(of: id).hex
        var slot = 0
        let lock: LockFile
        switch sharing {
        case .shared, .locked:
            let path = cacheLockPath(hex, "0")
            guard let held = try LockFile.acquire(path, shared: sharing == .shared, isCancelled: isCancelled) else {
                return nil
            }
            lock = held
        case .private:
            while true {
                if let held = try LockFile.tryAcquire(cacheLockPath(hex, String(slot))) {
                    lock = held
                    break
                }
                slot += 1
            }
        }
        let directory = location.caches + "/\(hex)/\(slot)"
        try mapping(directory) { () throws(SystemError) in
            for _ in 0..<Self.createAttempts {
                do throws(SystemError) {
                    return try Directory.create(directory + "/fs")
                } catch {
                    // Pruning takes an empty parent away at any time.
                    if error.errno != ENOENT { throw error }
                }
            }
            throw SystemError(ENOENT, "create directory", directory)
        }
        try write { (index) throws(ContentStoreError) in
            let now = IndexTime.now()
            _ = try index.database.run(
                """
                INSERT INTO caches (id, created, used) VALUES (?1, ?2, ?2) ON CONFLICT (id) DO UPDATE SET used = ?2
                """, id, now)
        }
        return CacheMount(slot: directory, lock: lock)
    }
}
