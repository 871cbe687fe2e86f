// https://www.sqlite.org/c3ref/intro.html
internal import CSQLite
internal import Core
internal import Glibc
internal import HostOS

/// One connection to an SQLite file. Not thread-safe: its owner keeps it behind a lock.
final class Database {
    let path: String
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]

    /// Opens a file, making it when missing.
    /// - Parameter timeout: how long to wait for the locks of other processes, in milliseconds.
    init(path: String, timeout: Int32) throws(ContentStoreError) {
        self.path = path
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            defer { sqlite3_close_v2(handle) }
            throw Self.failure(code, handle, path)
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, timeout)
        // The write-ahead log and its index stay when the last process closes: opening then needs no room on the disk.
        var persist: Int32 = 1
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &persist)
        // A short command would otherwise wait for the disk four times at its end and the next one's start; the log is
        // moved into the database when it has grown.
        _ = sampan_sqlite_keep_log_on_close(handle)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs statements without parameters and results.
    func execute(_ script: String) throws(ContentStoreError) {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        if code != SQLITE_OK { throw failure(code) }
    }

    /// The compiled form of a statement, kept for the next time.
    func statement(_ sql: String) throws(ContentStoreError) -> Statement {
        if let known = statements[sql] { return known }
        var raw: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &raw, nil)
        guard code == SQLITE_OK, let raw else { throw failure(code) }
        let statement = Statement(raw, self)
        statements[sql] = statement
        return statement
    }

    private func bound<each Value: SQLValue>(
        _ sql: String, _ values: repeat each Value
    ) throws(ContentStoreError) -> Statement {
        let statement = try statement(sql)
        var position: Int32 = 1
        for value in repeat each values {
            try statement.bind(value, at: position)
            position += 1
        }
        return statement
    }

    /// Runs a statement that gives no rows.
    /// - Returns: how many rows it changed.
    @discardableResult
    func run<each Value: SQLValue>(_ sql: String, _ values: repeat each Value) throws(ContentStoreError) -> Int {
        let statement = try bound(sql, repeat each values)
        defer { statement.reset() }
        while try statement.step() {}
        return Int(sqlite3_changes(handle))
    }

    /// All rows of a query.
    func rows<Row, each Value: SQLValue>(
        _ sql: String, _ values: repeat each Value, row: (Statement) throws(ContentStoreError) -> Row
    ) throws(ContentStoreError) -> [Row] {
        let statement = try bound(sql, repeat each values)
        defer { statement.reset() }
        var rows: [Row] = []
        while try statement.step() { rows.append(try row(statement)) }
        return rows
    }

    /// The first row of a query, if there is one.
    func first<Row, each Value: SQLValue>(
        _ sql: String, _ values: repeat each Value, row: (Statement) throws(ContentStoreError) -> Row
    ) throws(ContentStoreError) -> Row? {
        let statement = try bound(sql, repeat each values)
        defer { statement.reset() }
        return try statement.step() ? try row(statement) : nil
    }

    /// Whether a query gives any row.
    func exists<each Value: SQLValue>(_ sql: String, _ values: repeat each Value) throws(ContentStoreError) -> Bool {
        let statement = try bound(sql, repeat each values)
        defer { statement.reset() }
        return try statement.step()
    }

    /// Runs a write transaction: all of it, or none when the body throws. It takes the write lock at once, so the body
    /// sees a state that no other process changes until the end.
    func transaction<Value>(_ body: () throws(ContentStoreError) -> Value) throws(ContentStoreError) -> Value {
        try run("BEGIN IMMEDIATE")
        do {
            let value = try body()
            try run("COMMIT")
            return value
        } catch {
            // Some errors have rolled back already; then this fails, which changes nothing.
            _ = try? run("ROLLBACK")
            throw error
        }
    }

    func failure(_ code: Int32) -> ContentStoreError { Self.failure(code, handle, path) }

    private static func failure(_ code: Int32, _ handle: OpaquePointer?, _ path: String) -> ContentStoreError {
        let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        let reason = handle.map { sqlite3_system_errno($0) } ?? 0
        switch code & 0xFF {
        case SQLITE_FULL: return .diskFull(path: path)
        // SQLite reports a shared-memory file that cannot grow as an error of its own, without an errno.
        case SQLITE_IOERR where reason == ENOSPC || reason == EDQUOT || code >> 8 == 19: return .diskFull(path: path)
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corruptIndex(path: path, detail: message)
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy(path: path)
        case SQLITE_CANTOPEN where reason != 0: return .system(SystemError(reason, "open", path))
        case SQLITE_READONLY: return .system(SystemError(reason == 0 ? EACCES : reason, "write", path))
        default: return .index(code: code, message: message, path: path)
        }
    }
}
