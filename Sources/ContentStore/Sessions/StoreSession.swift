internal import Core
internal import Glibc
internal import HostOS
internal import Synchronization

/// The stay of one process in the store: a directory for unfinished work that lives as long as the process holds a
/// lock.
///
/// When the process dies, the kernel drops the lock, and the next to open the store sweeps the directory.
package final class StoreSession: Sendable {
    package let id: String
    /// `tmp/<id>`: on the same file system as blobs and layers, so that finished work is published by a rename.
    package let directory: String
    private let lock: LockFile
    private let counter = Atomic<Int>(0)

    /// The lock comes before the directory: a directory without a held lock is dead at any time.
    init(_ location: StoreLocation) throws(ContentStoreError) {
        let unique = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        id = "\(getpid())-\(unique)"
        directory = location.temporary + "/" + id
        // A sweeper may hold the fresh lock for a moment.
        guard let lock = try LockFile.acquire(Self.lockPath(location, id)) else {
            throw .busy(path: Self.lockPath(location, id))
        }
        self.lock = lock
        // Layers are unpacked below it, often just after others were removed.
        Directory.spread(location.temporary)
        let path = directory
        try mapping(path) { () throws(SystemError) in try Directory.create(path, mode: 0o711) }
    }

    static let lockPrefix = "session-"

    static func lockPath(_ location: StoreLocation, _ id: String) -> String { location.locks + "/" + lockPrefix + id }

    /// A fresh name below the session's directory; nothing is made.
    /// - Parameter purpose: a word for people who look into the directory.
    package func makePath(_ purpose: String) -> String {
        let number = counter.add(1, ordering: .relaxed).newValue
        return "\(directory)/\(purpose)-\(number)"
    }

    /// A fresh empty directory with mode 0700 below the session's directory.
    package func makeDirectory(_ purpose: String) throws(ContentStoreError) -> String {
        let path = makePath(purpose)
        try mapping(path) { () throws(SystemError) in try Directory.create(path, mode: 0o700) }
        return path
    }

    /// Ends the session after its directory is gone.
    func end() { lock.release(removing: true) }
}
