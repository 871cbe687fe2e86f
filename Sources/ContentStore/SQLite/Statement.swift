internal import CSQLite
internal import Core

/// A compiled statement. It belongs to its ``Database`` and is used by one thread at a time.
final class Statement {
    private let raw: OpaquePointer
    private unowned let database: Database

    init(_ raw: OpaquePointer, _ database: Database) {
        self.raw = raw
        self.database = database
    }

    deinit { sqlite3_finalize(raw) }

    /// Sets a parameter; positions count from 1.
    func bind(_ value: some SQLValue, at position: Int32) throws(ContentStoreError) {
        let code = value.bind(to: raw, at: position)
        if code != SQLITE_OK { throw database.failure(code) }
    }

    /// Goes to the next row; false at the end.
    func step() throws(ContentStoreError) -> Bool {
        let code = sqlite3_step(raw)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw database.failure(code)
        }
    }

    /// Makes it ready for the next use and lets go of what it holds locked.
    func reset() { sqlite3_reset(raw) }

    // Columns count from 0. A NULL reads as zero, as empty or as nil.

    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(raw, column) }

    func bool(_ column: Int32) -> Bool { int(column) != 0 }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(raw, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(raw, column) else { return "" }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(raw, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(raw, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(raw, column))))
    }

    /// Nil for NULL and for a value that has not the size of a digest.
    func optionalDigest(_ column: Int32) -> Digest? {
        guard let start = sqlite3_column_blob(raw, column), sqlite3_column_bytes(raw, column) == 32 else { return nil }
        return Digest(bytes: UnsafeRawBufferPointer(start: start, count: 32).bytes)
    }

    func digest(_ column: Int32) throws(ContentStoreError) -> Digest {
        guard let digest = optionalDigest(column) else {
            throw .corruptIndex(path: database.path, detail: "a digest in it has not 32 bytes")
        }
        return digest
    }
}
