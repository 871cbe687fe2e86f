internal import CSQLite
internal import Core

/// A value that a statement's parameter can take.
protocol SQLValue {
    /// Returns SQLite's result code.
    func bind(to statement: OpaquePointer, at position: Int32) -> Int32
}

/// Has SQLite copy the bytes, so that they need not outlive the call.
private var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

extension Int64: SQLValue {
    func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        sqlite3_bind_int64(statement, position, self)
    }
}

extension Int: SQLValue {
    func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        sqlite3_bind_int64(statement, position, Int64(self))
    }
}

extension Bool: SQLValue {
    func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        sqlite3_bind_int64(statement, position, self ? 1 : 0)
    }
}

extension String: SQLValue {
    func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { chars in
                // An empty buffer may have no address, which SQLite would take for NULL.
                guard let base = chars.baseAddress else {
                    return sqlite3_bind_text(statement, position, "", 0, transient)
                }
                return sqlite3_bind_text64(
                    statement, position, base, UInt64(chars.count), transient, UInt8(SQLITE_UTF8))
            }
        }
    }
}

extension Digest: SQLValue {
    func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        withUnsafeBytes { sqlite3_bind_blob(statement, position, $0.baseAddress, 32, transient) }
    }
}

extension [UInt8]: SQLValue {
    func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                return sqlite3_bind_zeroblob(statement, position, 0)
            }
            return sqlite3_bind_blob64(statement, position, base, UInt64(bytes.count), transient)
        }
    }
}

extension Optional: SQLValue where Wrapped: SQLValue {
    func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        switch self {
        case .some(let value): value.bind(to: statement, at: position)
        case .none: sqlite3_bind_null(statement, position)
        }
    }
}
