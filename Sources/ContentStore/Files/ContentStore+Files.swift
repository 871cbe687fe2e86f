package import Core
package import HostOS

/// The remembered digests of files outside of the store.
extension ContentStore {
    /// How near to the time of looking a stamp may lie to be trusted, in seconds. A file system may stamp as coarsely as
    /// two seconds: a second change within that time would leave the stamp as it is.
    private static let racyWindow: Int64 = 2

    /// Inodes at most this far apart are read by one scan of the index instead of a search each.
    private static let scanGap: UInt64 = 16

    /// A row counts as used in the weeks it is met; more exact marks would cost a write each time.
    private static let seenGrain: Int64 = 7 * 86_400_000

    /// The digests of files whose stamps are the recorded ones; nil for the others, in the given order.
    package func fileDigests(_ stamps: [FileStamp]) throws(ContentStoreError) -> [Digest?] {
        if stamps.isEmpty { return [] }
        // A tree's files have inodes near each other; sorted, they are met in the order of the table.
        let order = stamps.indices.sorted {
            (stamps[$0].device, stamps[$0].inode) < (stamps[$1].device, stamps[$1].inode)
        }
        return try read { (index) throws(ContentStoreError) in
            var results = [Digest?](repeating: nil, count: stamps.count)
            var stale: [FileStamp] = []
            let freshest = IndexTime.now() - Self.seenGrain
            let statement = try index.database.statement(
                """
                SELECT inode, size, modified, changed, digest, seen FROM files
                WHERE device = ? AND inode BETWEEN ? AND ? ORDER BY inode
                """)
            var start = 0
            while start < order.count {
                var end = start + 1
                while end < order.count, Self.areNear(stamps[order[end - 1]], stamps[order[end]]) { end += 1 }
                try statement.bind(stamps[order[start]].deviceKey, at: 1)
                try statement.bind(stamps[order[start]].inodeKey, at: 2)
                try statement.bind(stamps[order[end - 1]].inodeKey, at: 3)
                defer { statement.reset() }
                var next = start
                while next < end, try statement.step() {
                    let inode = statement.int(0)
                    while next < end, stamps[order[next]].inodeKey < inode { next += 1 }
                    while next < end, stamps[order[next]].inodeKey == inode {
                        let stamp = stamps[order[next]]
                        if stamp.size == statement.int(1), stamp.modifiedKey == statement.int(2),
                            stamp.changedKey == statement.int(3)
                        {
                            results[order[next]] = statement.optionalDigest(4)
                            if statement.int(5) < freshest { stale.append(stamp) }
                        }
                        next += 1
                    }
                }
                start = end
            }
            if !stale.isEmpty { try Self.markSeen(stale, index) }
            return results
        }
    }

    /// Whether two neighbours in order fall into one scan. Numbers of the upper half are negative in the index and are
    /// looked up alone, which keeps the order of a scan that of the list.
    private static func areNear(_ left: FileStamp, _ right: FileStamp) -> Bool {
        left.device == right.device && right.inode - left.inode <= scanGap && right.inode <= UInt64(Int64.max)
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
        let limit = FileTime(seconds: observed.seconds - Self.racyWindow, nanoseconds: observed.nanoseconds)
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
