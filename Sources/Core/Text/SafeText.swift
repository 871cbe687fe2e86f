/// Text out of an image as a terminal may show it.
///
/// Names and instructions of images are anybody's. Control characters move the cursor or do worse, and invisible or
/// direction-changing ones make a name look like another. They are shown as escapes: `\x1b` is a byte, `\u{202e}` a
/// character.
package enum SafeText {
    package static func path(_ path: BytePath) -> String { "/" + bytes(path.bytes) }

    /// Text of one line.
    package static func text(_ text: String) -> String { self.text(text, keeping: []) }

    /// - Parameter kept: characters that stay, such as the line breaks of a text of many lines.
    package static func text(_ text: String, keeping kept: [Unicode.Scalar]) -> String {
        text.unicodeScalars.contains(where: isHidden) ? bytes(Array(text.utf8), keeping: kept) : text
    }

    /// Bytes that should be UTF-8; those that aren't are escaped one by one.
    package static func bytes(_ bytes: some Collection<UInt8>, keeping kept: [Unicode.Scalar] = []) -> String {
        if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return String(decoding: bytes, as: UTF8.self) }
        var out = ""
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var position = bytes.startIndex
        while true {
            switch parser.parseScalar(from: &rest) {
            case .emptyInput: return out
            case .error(let length):
                let next = bytes.index(position, offsetBy: length)
                for byte in bytes[position..<next] { out += escape(byte) }
                position = next
            case .valid(let encoded):
                position = bytes.index(position, offsetBy: encoded.count)
                let scalar = Unicode.UTF8.decode(encoded)
                if isHidden(scalar), !kept.contains(scalar) {
                    out += escape(scalar)
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
    }

    /// The same JSON with such characters written as JSON's own escapes.
    package static func json(_ document: OrderedJSON) -> [UInt8] { json(document.bytes(indent: "  ")) }

    /// - Parameter text: valid JSON, whose lines stay as they are.
    package static func json(_ text: [UInt8]) -> [UInt8] {
        let text = String(decoding: text, as: UTF8.self)
        guard text.unicodeScalars.contains(where: { $0 != "\n" && isHidden($0) }) else { return Array(text.utf8) }
        var out = ""
        for scalar in text.unicodeScalars {
            guard scalar != "\n", isHidden(scalar) else {
                out.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 { out += "\\u" + hex(UInt32(unit), digits: 4) }
        }
        return Array(out.utf8)
    }

    /// Whether a character is not seen as itself.
    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f...0x9f, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b...0x180f,
            0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0x3164, 0xfe00...0xfe0f, 0xfeff, 0xffa0,
            0xfff0...0xfffb, 0x1d173...0x1d17a, 0xe0000...0xe0fff:
            true
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        if scalar.value < 0x80 { return escape(UInt8(scalar.value)) }
        return "\\u{" + String(scalar.value, radix: 16) + "}"
    }

    private static func escape(_ byte: UInt8) -> String {
        byte == 0x0a ? "\\n" : byte == 0x09 ? "\\t" : "\\x" + hex(UInt32(byte), digits: 2)
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
