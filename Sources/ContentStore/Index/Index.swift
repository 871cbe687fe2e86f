internal import Core
internal import HostOS

/// The index of an open store with what this process remembers of it.
///
/// It is not safe by itself: ``Store`` owns it behind its lock and lends it only to closures that run inside of
/// it, which the compiler can't follow; hence the unchecked conformance.
final class Index: @unchecked Sendable {
    let database: Database
    /// What this session has leased already.
    private var leased: Set<StoreItem> = []
    /// Uses that are not yet written: reading is not worth a write each time.
    private var uses: [StoreItem: Int64] = [:]
    private static let useLimit = 512

    init(_ database: Database) { self.database = database }

    /// A write transaction that also writes the pending use marks.
    func write<Value>(_ body: () throws(ContentStoreError) -> Value) throws(ContentStoreError) -> Value {
        try database.transaction { () throws(ContentStoreError) in
            try writeUses()
            return try body()
        }
    }

    /// Remembers that a thing was used now.
    func markUsed(_ item: StoreItem) throws(ContentStoreError) {
        uses[item] = IndexTime.now()
        if uses.count >= Self.useLimit { try flush() }
    }

    /// Writes the pending use marks.
    func flush() throws(ContentStoreError) {
        if uses.isEmpty { return }
        try database.transaction { () throws(ContentStoreError) in try writeUses() }
    }

    private func writeUses() throws(ContentStoreError) {
        for (item, time) in uses {
            switch item {
            case .blob(let id): try database.run("UPDATE blobs SET used = ?2 WHERE digest = ?1 AND used < ?2", id, time)
            case .layer(let id): try database.run("UPDATE layers SET used = ?2 WHERE id = ?1 AND used < ?2", id, time)
            }
        }
        uses.removeAll(keepingCapacity: true)
    }

    /// Moves the write-ahead log into the index file and empties it. Another process that reads just now keeps it as it
    /// is, which is fine.
    func emptyLog() throws(ContentStoreError) {
        do throws(ContentStoreError) {
            try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        } catch {
            if case .busy = error { return }
            throw error
        }
    }

    func isLeased(_ item: StoreItem) -> Bool { leased.contains(item) }

    /// Writes leases; to be called inside a transaction, which ``remember(_:)`` follows.
    func insertLeases(_ items: some Sequence<StoreItem>, session: String) throws(ContentStoreError) {
        for item in items where !leased.contains(item) {
            try database.run(
                "INSERT OR IGNORE INTO leases (session, kind, id) VALUES (?, ?, ?)", session, item.kind, item.id)
        }
    }

    /// Notes leases whose transaction is through.
    func remember(_ items: some Sequence<StoreItem>) { leased.formUnion(items) }

    /// Drops this session's leases.
    func dropLeases(session: String) throws(ContentStoreError) {
        leased.removeAll()
        try database.run("DELETE FROM leases WHERE session = ?", session)
    }
}
