internal import Core

/// A record that doesn't hold what it should.
struct RecordDamage: Error {}

/// Reads what ``RecordWriter`` wrote. Nothing is trusted: every read is checked against what is left.
struct RecordReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private var left: Int { bytes.count - position }

    var isAtEnd: Bool { left == 0 }

    mutating func byte() throws(RecordDamage) -> UInt8 {
        guard left > 0 else { throw RecordDamage() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() throws(RecordDamage) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            guard shift < 63 || (shift == 63 && byte <= 1) else { throw RecordDamage() }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    mutating func signed() throws(RecordDamage) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func int() throws(RecordDamage) -> Int { Int(try signed()) }

    /// Bytes of a content or of several: so few that sums of them stay numbers.
    mutating func size() throws(RecordDamage) -> Int64 {
        let value = try signed()
        guard value >= 0, value <= 1 << 52 else { throw RecordDamage() }
        return value
    }

    mutating func word() throws(RecordDamage) -> UInt32 {
        guard let value = UInt32(exactly: try number()) else { throw RecordDamage() }
        return value
    }

    mutating func flag() throws(RecordDamage) -> Bool {
        switch try byte() {
        case 0: false
        case 1: true
        default: throw RecordDamage()
        }
    }

    /// How many things follow, each of which takes a byte at least.
    mutating func count() throws(RecordDamage) -> Int {
        let value = try number()
        guard value <= UInt64(left) else { throw RecordDamage() }
        return Int(value)
    }

    /// Bytes that are good as long as the record's are.
    mutating func piece(_ count: Int) throws(RecordDamage) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= left else { throw RecordDamage() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func data() throws(RecordDamage) -> [UInt8] { [UInt8](try piece(try count())) }

    mutating func text() throws(RecordDamage) -> String { String(decoding: try piece(try count()), as: UTF8.self) }

    mutating func digest() throws(RecordDamage) -> Digest { Digest(bytes: try piece(32).bytes) }

    mutating func choice<Value: CaseIterable>(_ type: Value.Type) throws(RecordDamage) -> Value
    where Value.AllCases == [Value] {
        let cases = Value.allCases
        guard let place = Int(exactly: try number()), cases.indices.contains(place) else { throw RecordDamage() }
        return cases[place]
    }

    mutating func optional<Value>(
        _ body: (inout RecordReader) throws(RecordDamage) -> Value
    ) throws(RecordDamage) -> Value? {
        try flag() ? try body(&self) : nil
    }

    mutating func optionalText() throws(RecordDamage) -> String? {
        try flag() ? try text() : nil
    }

    mutating func list<Value>(
        _ body: (inout RecordReader) throws(RecordDamage) -> Value
    ) throws(RecordDamage) -> [Value] {
        let count = try count()
        var values: [Value] = []
        values.reserveCapacity(min(count, 1 << 16))
        for _ in 0..<count { values.append(try body(&self)) }
        return values
    }

    mutating func texts() throws(RecordDamage) -> [String] {
        let count = try count()
        var texts: [String] = []
        texts.reserveCapacity(min(count, 1 << 16))
        for _ in 0..<count { texts.append(try text()) }
        return texts
    }
}
