import Core
import Testing

@Suite("text for XML, and hexadecimal digits")
struct XMLTextTests {
    @Test(
        "what means something in XML is escaped, what it can't hold is spelled out",
        arguments: [
            ("plain é 😀", "plain é 😀"), ("<a b=\"c\"> & 'd'", "&lt;a b=&quot;c&quot;&gt; &amp; 'd'"), ("]]>", "]]&gt;"),
            ("a\u{fffe}b\u{ffff}", "a\\u{fffe}b\\u{ffff}"), ("\u{1fffe}", "\\u{1fffe}"), ("\u{fffd}", "\u{fffd}"),
            ("", ""),
        ])
    func escaped(text: String, expected: String) { #expect(XMLText.escaped(text) == expected) }

    @Test("every byte that is a hexadecimal digit has its value, and no other")
    func digits() {
        let digits = Array("0123456789abcdef".utf8) + Array("ABCDEF".utf8)
        for byte in UInt8.min...UInt8.max {
            let place = digits.firstIndex(of: byte).map { UInt8($0 < 16 ? $0 : $0 - 6) }
            #expect(HexDigit.value(byte) == place)
        }
    }
}
