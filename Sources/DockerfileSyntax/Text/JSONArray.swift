// https://www.rfc-editor.org/rfc/rfc8259

/// Reads the JSON form of an instruction's arguments: an array of strings.
///
/// Whether a text is the JSON form hangs on two questions with different answers for the user: text that isn't a JSON
/// array is a shell command, whereas a JSON array of anything but strings is a mistake. So all of JSON is checked,
/// without recursion.
enum JSONArray {
    enum Outcome {
        case strings([(text: String, range: Range<Int>)])
        /// Valid JSON, but the element in this range is no string.
        case notAString(Range<Int>)
        case notJSON
    }

    /// Deepest nesting that still counts as JSON.
    private static let depthLimit = 10_000

    static func parse(_ bytes: [UInt8], _ range: Range<Int>) -> Outcome {
        var reader = Reader(bytes: bytes, index: range.lowerBound, end: range.upperBound)
        reader.skipSpace()
        guard reader.take(UInt8(ascii: "[")) else { return .notJSON }
        var strings: [(text: String, range: Range<Int>)] = []
        var stranger: Range<Int>?
        reader.skipSpace()
        if !reader.take(UInt8(ascii: "]")) {
            while true {
                reader.skipSpace()
                let start = reader.index
                if reader.peek == UInt8(ascii: "\"") {
                    guard let text = reader.string() else { return .notJSON }
                    strings.append((text, start..<reader.index))
                } else {
                    guard reader.skipValue(depthLimit) else { return .notJSON }
                    if stranger == nil { stranger = start..<reader.index }
                }
                reader.skipSpace()
                if reader.take(UInt8(ascii: "]")) { break }
                guard reader.take(UInt8(ascii: ",")) else { return .notJSON }
            }
        }
        reader.skipSpace()
        guard reader.index == reader.end else { return .notJSON }
        if let stranger { return .notAString(stranger) }
        return .strings(strings)
    }

    private struct Reader {
        let bytes: [UInt8]
        var index: Int
        let end: Int

        var peek: UInt8? { index < end ? bytes[index] : nil }

        mutating func take(_ byte: UInt8) -> Bool {
            guard peek == byte else { return false }
            index += 1
            return true
        }

        mutating func skipSpace() {
            while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
        }

        /// A string with its escapes resolved; nil when it is malformed.
        mutating func string() -> String? {
            guard take(UInt8(ascii: "\"")) else { return nil }
            var out: [UInt8] = []
            while let byte = peek {
                index += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let scalar = escape() else { return nil }
                    out.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
                case 0..<0x20: return nil
                default: out.append(byte)
                }
            }
            return nil
        }

        private mutating func escape() -> UnicodeScalar? {
            guard let byte = peek else { return nil }
            index += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UnicodeScalar(byte)
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{C}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"):
                guard let unit = hex4() else { return nil }
                if let scalar = UnicodeScalar(unit) { return scalar }
                // A surrogate: with its other half a scalar, alone the replacement character.
                guard unit < 0xDC00, index + 1 < end, bytes[index] == UInt8(ascii: "\\"),
                    bytes[index + 1] == UInt8(ascii: "u")
                else { return "\u{FFFD}" }
                let mark = index
                index += 2
                guard let low = hex4() else { return nil }
                guard (0xDC00...0xDFFF).contains(low) else {
                    index = mark
                    return "\u{FFFD}"
                }
                return UnicodeScalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)) ?? "\u{FFFD}"
            default: return nil
            }
        }

        private mutating func hex4() -> UInt16? {
            guard index + 4 <= end else { return nil }
            var value: UInt16 = 0
            for byte in bytes[index..<(index + 4)] {
                guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
                value = value << 4 | UInt16(digit)
            }
            index += 4
            return value
        }

        /// Steps over any value.
        mutating func skipValue(_ limit: Int) -> Bool {
            var open: [UInt8] = []
            while true {
                skipSpace()
                guard let byte = peek else { return false }
                switch byte {
                case UInt8(ascii: "["):
                    index += 1
                    skipSpace()
                    if !take(UInt8(ascii: "]")) {
                        open.append(byte)
                        if open.count >= limit { return false }
                        continue
                    }
                case UInt8(ascii: "{"):
                    index += 1
                    skipSpace()
                    if !take(UInt8(ascii: "}")) {
                        open.append(byte)
                        guard open.count < limit, key() else { return false }
                        continue
                    }
                case UInt8(ascii: "\""): guard string() != nil else { return false }
                case UInt8(ascii: "t"): guard literal("true") else { return false }
                case UInt8(ascii: "f"): guard literal("false") else { return false }
                case UInt8(ascii: "n"): guard literal("null") else { return false }
                default: guard number() else { return false }
                }
                // A value ended: close what ends with it, or go on to the next one.
                closing: while true {
                    guard let container = open.last else { return true }
                    skipSpace()
                    let isList = container == UInt8(ascii: "[")
                    if take(UInt8(ascii: ",")) {
                        if !isList, !key() { return false }
                        break closing
                    }
                    guard take(isList ? UInt8(ascii: "]") : UInt8(ascii: "}")) else { return false }
                    open.removeLast()
                }
            }
        }

        private mutating func key() -> Bool {
            skipSpace()
            guard string() != nil else { return false }
            skipSpace()
            return take(UInt8(ascii: ":"))
        }

        private mutating func literal(_ text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            guard index + count <= end else { return false }
            let same = text.withUTF8Buffer { bytes[index..<(index + count)].elementsEqual($0) }
            index += count
            return same
        }

        private mutating func digits() -> Bool {
            let start = index
            while let byte = peek, (0x30...0x39).contains(byte) { index += 1 }
            return index > start
        }

        private mutating func number() -> Bool {
            _ = take(UInt8(ascii: "-"))
            if !take(UInt8(ascii: "0")) { guard digits() else { return false } }
            if take(UInt8(ascii: ".")) { guard digits() else { return false } }
            if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
                _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
                guard digits() else { return false }
            }
            return true
        }
    }
}
