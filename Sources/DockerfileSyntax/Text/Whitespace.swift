// https://pkg.go.dev/unicode#IsSpace (what the reference parser trims and splits at)

/// What counts as white space where.
enum Whitespace {
    /// The bytes that separate an instruction from its arguments and plain arguments from each other.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0B || byte == 0x0C || byte == 0x0D
    }

    /// Blank bytes and the line end.
    static func isASCIISpace(_ byte: UInt8) -> Bool { isBlank(byte) || byte == 0x0A }

    /// The length of the white space character at an index, in bytes; 0 when there is none.
    static func length(_ bytes: [UInt8], _ index: Int, _ end: Int) -> Int {
        let byte = bytes[index]
        if byte < 0x80 { return isASCIISpace(byte) ? 1 : 0 }
        if byte == 0xC2, index + 1 < end {
            return bytes[index + 1] == 0x85 || bytes[index + 1] == 0xA0 ? 2 : 0
        }
        guard byte >= 0xE1, byte <= 0xE3, index + 2 < end else { return 0 }
        switch (byte, bytes[index + 1], bytes[index + 2]) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9),
            (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            return 3
        default: return 0
        }
    }

    /// The range without white space at its start.
    static func trimmedStart(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        while start < range.upperBound {
            let length = length(bytes, start, range.upperBound)
            if length == 0 { break }
            start += length
        }
        return start..<range.upperBound
    }

    /// The range without white space at both ends.
    static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        let left = trimmedStart(bytes, range)
        var end = left.upperBound
        while end > left.lowerBound {
            if isASCIISpace(bytes[end - 1]) {
                end -= 1
            } else if end - 2 >= left.lowerBound, length(bytes, end - 2, end) == 2 {
                end -= 2
            } else if end - 3 >= left.lowerBound, length(bytes, end - 3, end) == 3 {
                end -= 3
            } else {
                break
            }
        }
        return left.lowerBound..<end
    }
}

extension UnicodeScalar {
    /// A letter or a decimal digit of any script, as Go's `unicode.IsLetter` and `unicode.IsDigit` see it.
    var isLetterOrDigit: Bool { isLetter || isDecimalDigit }

    var isLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    var isDecimalDigit: Bool { properties.generalCategory == .decimalNumber }
}

/// Reads the scalar at an index of valid UTF-8; a byte that starts none stands for itself.
func decodeScalar(_ bytes: [UInt8], _ index: Int, _ end: Int) -> (scalar: UnicodeScalar, length: Int) {
    let first = bytes[index]
    if first < 0x80 { return (UnicodeScalar(first), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0
    guard length > 0, index + length <= end else { return ("\u{FFFD}", 1) }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for next in bytes[(index + 1)..<(index + length)] {
        guard next & 0xC0 == 0x80 else { return ("\u{FFFD}", 1) }
        value = value << 6 | UInt32(next & 0x3F)
    }
    guard let scalar = UnicodeScalar(value) else { return ("\u{FFFD}", 1) }
    return (scalar, length)
}
