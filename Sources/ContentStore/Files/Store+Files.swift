package import Core
package import HostOS

/// The remembered digests of files outside of the store.
extension Store {
    /// How near to the time of looking a stamp may lie to be trusted, in seconds. A file system may stamp as coarsely
    /// as two seconds: a second change within that time would leave the stamp as it is.
    private static let racyWindow: Int64 = 2

    /// After so many rows that nobody asked for, a search is quicker than going on.
    private static let skipLimit = 8

    /// A row counts as used in the weeks it is met; more exact marks would cost a write each time.
    private static let seenGrain: Int64 = 7 * 86_400_000

    /// The digests of files whose stamps are the recorded ones; nil for the others, in the given order.
    package func fileDigests(_ stamps: [FileStamp]) throws(ContentStoreError) -> [Digest?] {
        if stamps.isEmpty { return [] }
        // A tree's files have inodes near each other; sorted, they are met in the order of the table.
        let order = stamps.indices.sorted {
            (stamps[$0].deviceKey, stamps[$0].inodeKey) < (stamps[$1].deviceKey, stamps[$1].inodeKey)
        }
        return try read { (index) throws(ContentStoreError) in
            var results = [Digest?](repeating: nil, count: stamps.count)
            var stale: [FileStamp] = []
            let freshest = IndexTime.now() - Self.seenGrain
            let statement = try index.database.statement(
                """
                SELECT inode, size, modified, changed, digest, seen FROM files
                WHERE device = ? AND inode >= ? ORDER BY inode
                """)
            defer { statement.reset() }
            var next = 0
            search: while next < order.count {
                let device = stamps[order[next]].deviceKey
                statement.reset()
                try statement.bind(device, at: 1)
                try statement.bind(stamps[order[next]].inodeKey, at: 2)
                var skipped = 0
                while try statement.step() {
                    let inode = statement.int(0)
                    var isWanted = false
                    while next < order.count, stamps[order[next]].deviceKey == device {
                        let stamp = stamps[order[next]]
                        if stamp.inodeKey > inode { break }
                        isWanted = isWanted || stamp.inodeKey == inode
                        if stamp.inodeKey == inode, stamp.size == statement.int(1),
                            stamp.modifiedKey == statement.int(2),
                            stamp.changedKey == statement.int(3)
                        {
                            results[order[next]] = statement.optionalDigest(4)
                            if statement.int(5) < freshest { stale.append(stamp) }
                        }
                        next += 1
                    }
                    if next == order.count || stamps[order[next]].deviceKey != device { continue search }
                    skipped = isWanted ? 0 : skipped + 1
                    if skipped > Self.skipLimit { continue search }
                }
                // No row of this device is left.
                while next < order.count, stamps[order[next]].deviceKey == device { next += 1 }
            }
            if !stale.isEmpty {
                statement.reset()
                try Self.markSeen(stale, index)
            }
            return results
        }
    }

    private static func markSeen(_ stamps: [FileStamp], _ index: Index) throws(ContentStoreError) {
        let now = IndexTime.now()
        try index.write { () throws(ContentStoreError) in
            for stamp in stamps {
                try index.database.run(
                    "UPDATE files SET seen = ? WHERE device = ? AND inode = ?", now, stamp.deviceKey, stamp.inodeKey)
            }
        }
    }

    /// Remembers digests, except of files that were touched so near to the time of looking that a later change could
    /// have the same stamp.
    /// - Parameter observed: the clock before the first of the stamps was taken, thus before any content was read.
    /// - Returns: how many were kept.
    @discardableResult
    package func recordFileDigests(
        _ items: [(stamp: FileStamp, digest: Digest)], observed: FileTime
    ) throws(ContentStoreError) -> Int {
        try recordFileDigests(
            items, before: FileTime(seconds: observed.seconds - Self.racyWindow, nanoseconds: observed.nanoseconds))
    }

    /// Remembers digests of files that were last touched before a time.
    /// - Parameter limit: no change that comes after the stamps were taken may be stamped earlier than this. Only whoever
    ///   made the files, and has let nobody else at them yet, knows such a time that is not seconds ago.
    /// - Returns: how many were kept.
    @discardableResult
    package func recordFileDigests(
        _ items: [(stamp: FileStamp, digest: Digest)], before limit: FileTime
    ) throws(ContentStoreError) -> Int {
        let trusted = items.filter { max($0.stamp.modified, $0.stamp.changed) < limit }.sorted {
            ($0.stamp.device, $0.stamp.inode) < ($1.stamp.device, $1.stamp.inode)
        }
        if trusted.isEmpty { return 0 }
        try write { (index) throws(ContentStoreError) in
            let now = IndexTime.now()
            for (stamp, digest) in trusted {
                try index.database.run(
                    """
                    INSERT OR REPLACE INTO files (device, inode, size, modified, changed, digest, seen)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """, stamp.deviceKey, stamp.inodeKey, stamp.size, stamp.modifiedKey, stamp.changedKey, digest, now)
            }
        }
        return trusted.count
    }
}
