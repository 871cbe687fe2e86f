// https://www.sqlite.org/c3ref/deserialize.html, https://www.sqlite.org/security.html
internal import CSQLite

/// Goes through the packages of RPM's database of today: a table of SQLite.
enum SQLitePackages {
    /// Steps of SQLite's machine before it is taken for a trap; a row of the table takes a few.
    private static let stepLimit = 20_000_000

    static func forEachBlob(
        _ content: [UInt8], _ body: (ArraySlice<UInt8>) -> Void
    ) throws(RPMDatabaseError) {
        // The database may ask for a write-ahead log, which bytes in memory can't have.
        var content = content
        if content.count > 20 { (content[18], content[19]) = (1, 1) }

        var handle: OpaquePointer?
        let opened = sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        defer { sqlite3_close_v2(handle) }
        guard opened == SQLITE_OK, let handle else { throw .sqlite(opened) }
        // Stepping is stopped from within when it takes too long.
        let clock = Clock()
        sqlite3_progress_handler(
            handle, 10_000,
            { clock in clock.map { Unmanaged<Clock>.fromOpaque($0).takeUnretainedValue().isOver() } ?? 1 },
            Unmanaged.passUnretained(clock).toOpaque())
        let code = withExtendedLifetime(clock) {
            content.withUnsafeMutableBufferPointer { buffer -> Int32 in
                let bytes = sqlite3_int64(buffer.count)
                let code = sqlite3_deserialize(
                    handle, "main", buffer.baseAddress, bytes, bytes, UInt32(SQLITE_DESERIALIZE_READONLY))
                guard code == SQLITE_OK else { return code }
                let read = rows(handle, body)
                // SQLite lets go of the bytes before they end.
                sqlite3_deserialize(handle, "main", nil, 0, 0, 0)
                return read
            }
        }
        if code != SQLITE_DONE { throw .sqlite(code) }
    }

    private static func rows(_ handle: OpaquePointer, _ body: (ArraySlice<UInt8>) -> Void) -> Int32 {
        sqlite3_exec(handle, "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;", nil, nil, nil)
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Int32(Catalog.sizeLimit))
        // A view of the name could compute anything.
        let table = "SELECT 1 FROM sqlite_master WHERE name = 'Packages' AND type = 'table' AND rootpage > 0"
        let isTable = isAny(handle, table)
        // So could a column that is computed.
        let computed = "SELECT 1 FROM pragma_table_xinfo('Packages') WHERE hidden <> 0"
        guard isTable, !isAny(handle, computed) else { return SQLITE_NOTADB }
        var bytes = 0
        return step(handle, "SELECT blob FROM Packages") { statement in
            let count = Int(sqlite3_column_bytes(statement, 0))
            // Rows that share their pages would let a small file give many packages.
            bytes += count
            guard bytes <= Int(Catalog.sizeLimit) else { return false }
            if count > 0, let start = sqlite3_column_blob(statement, 0) {
                body([UInt8](UnsafeRawBufferPointer(start: start, count: count))[...])
            }
            return true
        }
    }

    private static func isAny(_ handle: OpaquePointer, _ sql: String) -> Bool {
        step(handle, sql) { _ in false } == SQLITE_TOOBIG
    }

    /// Goes through what a query gives, until a row says no.
    private static func step(_ handle: OpaquePointer, _ sql: String, _ row: (OpaquePointer) -> Bool) -> Int32 {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        defer { sqlite3_finalize(statement) }
        guard code == SQLITE_OK, let statement else { return code == SQLITE_OK ? SQLITE_ERROR : code }
        while true {
            let code = sqlite3_step(statement)
            guard code == SQLITE_ROW else { return code }
            if !row(statement) { return SQLITE_TOOBIG }
        }
    }

    /// Counts what SQLite does, in ten thousands of steps.
    private final class Clock {
        private var left = stepLimit / 10_000

        func isOver() -> Int32 {
            left -= 1
            return left < 0 ? 1 : 0
        }
    }
}
