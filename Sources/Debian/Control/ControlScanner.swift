// https://www.debian.org/doc/debian-policy/ch-controlfields.html#syntax-of-control-files
package import Core

/// Walks the fields of control data without copying any of it.
///
/// A field's value is a range of offsets: without the space around it, and with its continuation lines as they are.
package struct ControlScanner {
    /// One step of the walk.
    package enum Item {
        /// A field: where its name and its value lie.
        case field(name: Range<Int>, value: Range<Int>)
        /// The empty line (or lines) after a stanza.
        case separator
    }

    private let bytes: UnsafeRawBufferPointer
    /// Offset of the next line.
    package private(set) var position: Int
    private let end: Int
    /// Whether lines that start with `#` are left out: policy has them in source control files only.
    private let skipsComments: Bool

    /// - Parameter range: the part of the bytes to walk; nil for all. The bytes must outlive the scanner.
    package init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>? = nil, skipsComments: Bool = false) {
        self.bytes = bytes
        let range = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
        position = range.lowerBound
        end = range.upperBound
        self.skipsComments = skipsComments
    }

    /// The next field or separator; nil at the end.
    /// - Throws: ``ControlError`` with the offset of the line that is neither a field nor the continuation of one.
    package mutating func next() throws(ControlError) -> Item? {
        while position < end {
            let start = position
            let lineEnd = self.lineEnd(start)
            position = min(end, lineEnd + 1)
            let content = trim(start..<lineEnd)
            if content.isEmpty {
                skipEmptyLines()
                return .separator
            }
            let first = bytes[start]
            if skipsComments, first == UInt8(ascii: "#") { continue }
            if isBlank(first) { throw .strayContinuation(offset: start) }
            guard let colon = find(UInt8(ascii: ":"), start..<lineEnd) else { throw .missingColon(offset: start) }
            let name = start..<colon
            guard !name.isEmpty, bytes[start] != UInt8(ascii: "-"), bytes[start] != UInt8(ascii: "#"),
                name.allSatisfy({ bytes[$0] > 0x20 && bytes[$0] < 0x7f })
            else { throw .badName(offset: start) }
            return .field(name: name, value: trim((colon + 1)..<continued(lineEnd)))
        }
        return nil
    }

    /// Where the value ends whose first line ends at `lineEnd`; moves behind its continuation lines.
    private mutating func continued(_ lineEnd: Int) -> Int {
        var last = lineEnd
        while position < end {
            let start = position
            let first = bytes[start]
            let isComment = skipsComments && first == UInt8(ascii: "#")
            guard isBlank(first) || isComment else { break }
            let next = self.lineEnd(start)
            // A line of white space alone ends the stanza.
            if trim(start..<next).isEmpty { break }
            position = min(end, next + 1)
            if !isComment { last = next }
        }
        return last
    }

    private mutating func skipEmptyLines() {
        while position < end {
            let lineEnd = self.lineEnd(position)
            guard trim(position..<lineEnd).isEmpty else { return }
            position = min(end, lineEnd + 1)
        }
    }

    private func lineEnd(_ start: Int) -> Int { find(UInt8(ascii: "\n"), start..<end) ?? end }

    private func find(_ byte: UInt8, _ range: Range<Int>) -> Int? { bytes.firstOffset(of: byte, in: range) }

    private func trim(_ range: Range<Int>) -> Range<Int> {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high, isSpace(bytes[low]) { low += 1 }
        while high > low, isSpace(bytes[high - 1]) { high -= 1 }
        return low..<high
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }
}

/// Why bytes are no control data. Offsets count bytes from the start of what was read.
package enum ControlError: DiagnosticConvertible, Equatable {
    case missingColon(offset: Int)
    case badName(offset: Int)
    case strayContinuation(offset: Int)
    case duplicateField(String, offset: Int)
    /// The text has no field at all.
    case empty
    /// More than the one stanza that was expected.
    case severalStanzas(Int)

    package var diagnostic: Diagnostic {
        let message =
            switch self {
            case .missingColon(let offset): "the line at byte \(offset) is no field: it has no colon"
            case .badName(let offset): "the line at byte \(offset) has no valid name before its colon"
            case .strayContinuation(let offset): "the line at byte \(offset) continues no field"
            case .duplicateField(let name, let offset): "field '\(name)' comes a second time at byte \(offset)"
            case .empty: "there is no field"
            case .severalStanzas(let count): "there are \(count) stanzas instead of one"
            }
        return Diagnostic(
            code: "debian.control", "broken control data: \(message)",
            hint: "a stanza is lines of 'Name: value', continued by lines that start with a space")
    }
}
