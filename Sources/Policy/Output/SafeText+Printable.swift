import Core

extension SafeText {
    /// ``text(_:)`` without what XML and YAML can't hold at all. https://www.w3.org/TR/xml/#charsets
    static func printable(_ text: String) -> String {
        let safe = Self.text(text)
        guard safe.unicodeScalars.contains(where: isNoncharacter) else { return safe }
        return safe.unicodeScalars.reduce(into: "") { out, scalar in
            if isNoncharacter(scalar) {
                out += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isNoncharacter(_ scalar: Unicode.Scalar) -> Bool { scalar.value & 0xfffe == 0xfffe }

    /// A path as one word of a shell: names of images are anybody's, and hints are copied.
    static func word(_ path: BytePath) -> String {
        let text = Self.path(path)
        return text.utf8.allSatisfy(isPlain) ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// Whether a byte means itself in URIs, in YAML and to a shell.
    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "/"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}
