internal import Core

/// Writes values one after another, without names or types: whoever reads them knows their order.
struct RecordWriter {
    private(set) var bytes: [UInt8] = []
    /// Takes the bytes from time to time, when there are many; nil when they stay.
    private let pieces: RecordPieces?

    init(into pieces: RecordPieces? = nil) { self.pieces = pieces }

    /// Whether more was written than a record may have: there is no use in going on.
    var isTooLong: Bool { pieces?.isTooLong ?? false }

    /// To be called between values: hands over what was written when it is a piece's worth.
    mutating func cut() {
        guard let pieces, bytes.count >= RecordPieces.size else { return }
        pieces.add(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Seven bits a byte, the lowest first; the top bit says that more follow.
    mutating func write(_ number: UInt64) {
        var left = number
        while left >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: left) | 0x80)
            left >>= 7
        }
        bytes.append(UInt8(left))
    }

    mutating func write(_ number: Int) { write(Int64(number)) }

    /// Small numbers of either sign become small numbers.
    mutating func write(_ number: Int64) { write(UInt64(bitPattern: number << 1 ^ number >> 63)) }

    mutating func write(_ number: UInt32) { write(UInt64(number)) }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func write(_ data: some Collection<UInt8>) {
        write(UInt64(data.count))
        bytes.append(contentsOf: data)
    }

    mutating func write(_ text: String) { write(text.utf8) }

    mutating func write(_ digest: Digest) { digest.withUnsafeBytes { bytes.append(contentsOf: $0) } }

    /// By its place in the list of all cases.
    mutating func write<Value: CaseIterable & Equatable>(_ value: Value) {
        let place = Value.allCases.firstIndex(of: value).map {
            Value.allCases.distance(from: Value.allCases.startIndex, to: $0)
        }
        write(UInt64(place ?? 0))
    }

    mutating func write<Value>(_ value: Value?, _ body: (inout RecordWriter, Value) -> Void) {
        write(value != nil)
        if let value { body(&self, value) }
    }

    mutating func write(_ text: String?) { write(text) { $0.write($1) } }

    mutating func write<Value>(_ list: [Value], _ body: (inout RecordWriter, Value) -> Void) {
        write(UInt64(list.count))
        for value in list { body(&self, value) }
    }

    mutating func write(_ list: [String]) { write(list) { $0.write($1) } }
}
