internal import Glibc
internal import HostOS

/// A little room that is kept for the moment when there is none: forgetting something is a write too.
extension Store {
    /// Enough to move the write-ahead log, which is emptied whenever it reaches 1 MiB, into the index.
    private static let reserveSize: off_t = 3 << 19

    /// Makes the reserve when it is missing and there is room for it.
    func keepReserve() {
        let path = location.reserve
        if access(path, F_OK) == 0 { return }
        guard let file = try? FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL) else { return }
        if posix_fallocate(file.raw, 0, Self.reserveSize) != 0 { unlink(path) }
    }

    /// Runs work that makes room; when the disk is full, again with the reserve given up for the time.
    func withReserve<Value>(_ body: () throws(ContentStoreError) -> Value) throws(ContentStoreError) -> Value {
        do throws(ContentStoreError) {
            return try body()
        } catch {
            guard case .diskFull = error, unlink(location.reserve) == 0 else { throw error }
        }
        defer { keepReserve() }
        try read { (index) throws(ContentStoreError) in try index.emptyLog() }
        return try body()
    }
}
