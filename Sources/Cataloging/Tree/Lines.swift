/// The lines of a text, without what ends them.
struct Lines: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> ArraySlice<UInt8>? {
        guard position < bytes.count else { return nil }
        let start = position
        var end = start
        bytes.withUnsafeBufferPointer { buffer in
            while end < buffer.count, buffer[end] != UInt8(ascii: "\n") { end += 1 }
        }
        position = end + 1
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return bytes[start..<end]
    }
}

extension ArraySlice<UInt8> {
    /// Without blanks at both ends.
    var trimmed: ArraySlice<UInt8> {
        var slice = self
        while let first = slice.first, first == 0x20 || first == 0x09 { slice = slice.dropFirst() }
        while let last = slice.last, last == 0x20 || last == 0x09 { slice = slice.dropLast() }
        return slice
    }

    var text: String { String(decoding: self, as: UTF8.self) }

    func starts(with text: StaticString) -> Bool { text.withUTF8Buffer { starts(with: $0) } }

    /// What stands behind a prefix, without blanks around it; nil when the line starts otherwise.
    func value(after prefix: StaticString) -> String? {
        guard starts(with: prefix) else { return nil }
        return dropFirst(prefix.utf8CodeUnitCount).trimmed.text
    }
}
