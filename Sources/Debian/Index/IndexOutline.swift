internal import Glibc

/// What one walk over a Packages file finds: where its stanzas start and which names they have and provide.
///
/// The walk goes from line to line with `memchr` and looks at the first byte of each. No text is made.
struct IndexOutline: Sendable {
    /// A stanza whose fields come without a Package.
    struct Nameless: Error {
        var offset: Int
    }

    /// Offset of each stanza's first field.
    private(set) var stanzas: [UInt32] = []
    /// Numbers of the stanzas that are essential or of priority required.
    private(set) var essential: [UInt32] = []
    private(set) var names = NameTable()

    /// - Parameter bytes: less than 4 GiB.
    init(_ bytes: UnsafeRawBufferPointer) throws(Nameless) {
        var position = 0
        var inStanza = false
        var hasName = false
        // A generous guess: a stanza of an index is seldom below half a kilobyte.
        stanzas.reserveCapacity(bytes.count / 700 + 1)
        while position < bytes.count {
            let end = bytes.firstOffset(of: UInt8(ascii: "\n"), in: position..<bytes.count) ?? bytes.count
            let line = position..<end
            position = end + 1
            let first = line.isEmpty ? 0 : bytes[line.lowerBound]
            if first <= 0x20, Self.isBlank(bytes, line) {
                if inStanza, !hasName { throw Nameless(offset: Int(stanzas[stanzas.count - 1])) }
                inStanza = false
                continue
            }
            if !inStanza {
                inStanza = true
                hasName = false
                stanzas.append(UInt32(truncatingIfNeeded: line.lowerBound))
            }
            let number = stanzas.count - 1
            switch first | 0x20 {
            case UInt8(ascii: "p"):
                if let value = Self.value(bytes, line, "package:") {
                    hasName = true
                    names.add(Self.trimmed(bytes, value), stanza: number, isProvided: false)
                } else if let value = Self.value(bytes, line, "provides:") {
                    addProvided(bytes, value.lowerBound..<Self.continued(bytes, &position, value.upperBound), number)
                } else if let value = Self.value(bytes, line, "priority:"),
                    bytes.equalsIgnoringCase(Self.trimmed(bytes, value), "required")
                {
                    addEssential(number)
                }
            case UInt8(ascii: "e"):
                if let value = Self.value(bytes, line, "essential:"),
                    bytes.equalsIgnoringCase(Self.trimmed(bytes, value), "yes")
                {
                    addEssential(number)
                }
            default: continue
            }
        }
        if inStanza, !hasName { throw Nameless(offset: Int(stanzas[stanzas.count - 1])) }
        names.finish(bytes)
    }

    func name(ofStanza number: Int, _ bytes: UnsafeRawBufferPointer) -> String {
        guard let entry = names.entries.first(where: { $0.stanza == number && !$0.isProvided }) else { return "" }
        return bytes.text(Int(entry.name)..<(Int(entry.name) + Int(entry.length)))
    }

    private mutating func addEssential(_ number: Int) {
        let number = UInt32(truncatingIfNeeded: number)
        if essential.last != number { essential.append(number) }
    }

    /// Adds the names of a Provides field: each comma starts one, which ends before a space, a colon or a parenthesis.
    private mutating func addProvided(_ bytes: UnsafeRawBufferPointer, _ field: Range<Int>, _ number: Int) {
        var position = field.lowerBound
        while position < field.upperBound {
            let comma = bytes.firstOffset(of: UInt8(ascii: ","), in: position..<field.upperBound) ?? field.upperBound
            var start = position
            while start < comma, bytes[start] <= 0x20 { start += 1 }
            var end = start
            while end < comma, bytes[end].isNameByte { end += 1 }
            if end > start { names.add(start..<end, stanza: number, isProvided: true) }
            position = comma + 1
        }
    }

    /// Moves behind a field's continuation lines; gives the end of the last one.
    private static func continued(_ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ end: Int) -> Int {
        var last = end
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 {
            let end = bytes.firstOffset(of: UInt8(ascii: "\n"), in: position..<bytes.count) ?? bytes.count
            if isBlank(bytes, position..<end) { break }
            last = end
            position = end + 1
        }
        return last
    }

    private static func value(
        _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, _ prefix: StaticString
    ) -> Range<Int>? {
        let length = prefix.utf8CodeUnitCount
        guard line.count >= length,
            bytes.equalsIgnoringCase(line.lowerBound..<(line.lowerBound + length), prefix)
        else { return nil }
        return (line.lowerBound + length)..<line.upperBound
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int> {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high, bytes[low] <= 0x20 { low += 1 }
        while high > low, bytes[high - 1] <= 0x20 { high -= 1 }
        return low..<high
    }

    private static func isBlank(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> Bool {
        line.allSatisfy { bytes[$0] == 0x20 || bytes[$0] == 0x09 || bytes[$0] == 0x0d }
    }
}
