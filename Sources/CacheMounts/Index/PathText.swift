// https://www.rfc-editor.org/rfc/rfc3986#section-2.1 (percent-encoding)

/// Bytes as ASCII text that reads well: printable characters as they are, all others and `%` as `%` and two upper-case
/// hexadecimal digits. Each sequence of bytes has one text.
enum PathText {
    static func encode(_ bytes: [UInt8]) -> String {
        if bytes.allSatisfy(isPlain) { return String(decoding: bytes, as: UTF8.self) }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 16)
        for byte in bytes {
            if isPlain(byte) {
                out.append(byte)
            } else {
                out.append(UInt8(ascii: "%"))
                out.append(digit(byte >> 4))
                out.append(digit(byte & 15))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes of a text that ``encode(_:)`` could have made; nil for any other.
    static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            if isPlain(byte) {
                out.append(byte)
                continue
            }
            guard byte == UInt8(ascii: "%"), let high = rest.next().flatMap(value),
                let low = rest.next().flatMap(value), !isPlain(high << 4 | low)
            else { return nil }
            out.append(high << 4 | low)
        }
        return out
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "%") && byte != UInt8(ascii: "\"")
            && byte != UInt8(ascii: "\\")
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
