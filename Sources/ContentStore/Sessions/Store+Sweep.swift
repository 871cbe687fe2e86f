internal import Core
internal import Glibc
internal import HostOS

extension Store {
    /// Drops the leases of dead sessions and removes their directories, as far as the budget goes.
    func sweep(budget: Duration?) throws(ContentStoreError) {
        let deadline = budget.map { ContinuousClock.now + $0 }
        var ids = Set(try names(in: location.temporary))
        for name in try names(in: location.locks) where name.hasPrefix(StoreSession.lockPrefix) {
            ids.insert(String(name.dropFirst(StoreSession.lockPrefix.count)))
        }
        let leasing = try read { (index) throws(ContentStoreError) in
            try index.database.rows("SELECT DISTINCT session FROM leases") { $0.text(0) }
        }
        ids.formUnion(leasing)
        if let own = currentSession { ids.remove(own) }
        for id in ids.sorted() {
            if let deadline, ContinuousClock.now >= deadline { return }
            guard let lock = try LockFile.tryAcquire(StoreSession.lockPath(location, id)) else { continue }
            if leasing.contains(id) {
                try write { (index) throws(ContentStoreError) in
                    _ = try index.database.run("DELETE FROM leases WHERE session = ?", id)
                }
            }
            lock.release(removing: removeDead(location.temporary + "/" + id, deadline: deadline))
        }
    }

    /// - Returns: whether all of it is gone. What can't be removed now (a mount, other users' files) is tried again by
    ///   the next sweep.
    private func removeDead(_ directory: String, deadline: ContinuousClock.Instant?) -> Bool {
        guard let children = try? names(in: directory) else { return false }
        if access(directory, F_OK) != 0 { return true }
        options.beforeSweep(directory)
        rescuePartials(directory)
        for child in children {
            if let deadline, ContinuousClock.now >= deadline { return false }
            try? options.removeTree(directory + "/" + child)
        }
        return rmdir(directory) == 0 || errno == ENOENT
    }

    /// Gives interrupted downloads back to where ``resumeBlob(_:)`` finds them.
    func rescuePartials(_ directory: String) {
        for name in (try? names(in: directory)) ?? [] where name.hasPrefix(BlobWriter.partialPrefix) {
            // The name is `partial-<hex>-<number>`.
            let hex = name.dropFirst(BlobWriter.partialPrefix.count).prefix(64)
            guard let digest = Digest(hex: hex) else { continue }
            returnPartial(directory + "/" + name, digest)
        }
    }

    /// Puts an unfinished file where the next download of the digest goes on, unless a longer one is there.
    func returnPartial(_ file: String, _ digest: Digest) {
        let place = location.partial + "/" + digest.hex
        let have = (try? FileInfo.of(file))?.size ?? 0
        let other = (try? FileInfo.of(place))?.size ?? -1
        if have > other, have > 0 { rename(file, place) } else { unlink(file) }
    }

    /// The names in a directory of the store as text; none when it is missing.
    func names(in directory: String) throws(ContentStoreError) -> [String] {
        do {
            let descriptor = try FileDescriptor.open(directory, O_RDONLY | O_DIRECTORY)
            return try Directory.names(descriptor).map { String(decoding: $0, as: UTF8.self) }
        } catch {
            if error.errno == ENOENT { return [] }
            throw ContentStoreError(error, at: directory)
        }
    }
}
