import Core
import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("text of images on terminals")
struct SafeTextTests {
    @Test(
        "what moves the cursor, hides or turns text is escaped",
        arguments: [
            ("plain", "plain"), ("größe 文件", "größe 文件"), ("a\u{1b}[2Jb", "a\\x1b[2Jb"),
            ("a\nb\tc\r", "a\\nb\\tc\\x0d"),
            ("\u{9b}31m", "\\u{9b}31m"), ("txt.\u{202e}exe", "txt.\\u{202e}exe"), ("a\u{200b}b", "a\\u{200b}b"),
            ("\u{7f}", "\\x7f"), ("\u{2028}", "\\u{2028}"), ("\u{e0041}", "\\u{e0041}"), ("", ""),
        ])
    func escapes(text: String, shown: String) {
        #expect(SafeText.text(text) == shown)
        #expect(SafeText.bytes(Array(text.utf8)) == shown)
    }

    @Test("bytes that are no UTF-8 are escaped one by one")
    func invalid() {
        #expect(SafeText.path(BytePath(normalized: [0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82])) == "/a\\xff\\xc3(\\xe2\\x82")
        #expect(SafeText.bytes([0xed, 0xa0, 0x80, 0x41]) == "\\xed\\xa0\\x80A")
    }

    @Test("JSON keeps its meaning and has no such character as itself")
    func json() throws {
        let document: OrderedJSON = ["a\u{9b}": "x\u{202e}y\u{1b}\u{e0041}\n", "b": [1, "ü"]]
        let bytes = SafeText.json(document)
        #expect(try OrderedJSON(parsing: bytes) == document)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && SafeText.isHidden($0) })
        #expect(text.contains("ü"))
    }

    @Test("random bytes never give a control character, and valid text stays")
    func fuzz() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random) : UInt8.random(in: 32...126, using: &random)
            }
            let text = SafeText.bytes(bytes)
            #expect(!text.unicodeScalars.contains(where: SafeText.isHidden))
        }
    }
}

@Suite("columns of text")
struct TextColumnsTests {
    @Test(
        "widths",
        arguments: [("abc", 3), ("文件", 4), ("e\u{301}", 1), ("한", 2), ("😀", 2), ("…", 1), ("", 0)] as [(String, Int)])
    func width(text: String, columns: Int) { #expect(TextColumns.width(text) == columns) }

    @Test("what is too long is cut where it says least, never in the middle of a character")
    func clips() {
        #expect(TextColumns.clipped("abcdef", to: 4) == "abc…")
        #expect(TextColumns.clipped("文件文件", to: 4) == "文…")
        #expect(TextColumns.clipped("abc", to: 3) == "abc")
        #expect(TextColumns.clipped("abc", to: 0) == "")
        #expect(TextColumns.padded("文", to: 4, right: true) == "  文")
    }

    @Test(
        "a path keeps its beginning and its name",
        arguments: [
            ("/usr/lib/x86_64-linux-gnu/libssl.so.3", 37, "/usr/lib/x86_64-linux-gnu/libssl.so.3"),
            ("/usr/lib/x86_64-linux-gnu/libssl.so.3", 24, "/usr/li…-gnu/libssl.so.3"),
            ("/usr/lib/x86_64-linux-gnu/libssl.so.3", 18, "/usr/…/libssl.so.3"),
            ("/usr/lib/x86_64-linux-gnu/libssl.so.3", 10, "/us…l.so.3"), ("/usr/lib/x", 2, "…x"),
            ("/usr/lib/x", 1, "…"),
            ("/usr/lib/x", 0, ""), ("/文件/文件/文件", 8, "/…/文件"), ("no slash at all", 9, "no…at all"),
        ])
    func middle(path: String, columns: Int, shown: String) {
        let text = TextColumns.clippedMiddle(path, to: columns)
        #expect(text == shown)
        #expect(TextColumns.width(text) <= columns)
    }

    @Test(
        "text is broken between words",
        arguments: [
            ("one two three", 7, ["one two", "three"]), ("one two", 80, ["one two"]), ("", 5, [""]),
            ("a verylongword b", 4, ["a", "verylongword", "b"]), ("文件 文件 文件", 9, ["文件 文件", "文件"]),
        ] as [(String, Int, [String])])
    func wraps(text: String, columns: Int, lines: [String]) {
        #expect(TextColumns.wrapped(text, to: columns) == lines)
    }

    @Test("flexible columns give way, and no line ends in spaces")
    func grid() {
        var grid = Grid([.right, .flexible, .left], header: ["N", "NAME", ""])
        grid.add(["1", Grid.Cell(String(repeating: "x", count: 50)), "end"])
        grid.add(["10", "short", ""])
        let lines = grid.lines(Page(width: 40, color: false))
        #expect(lines == [" N  NAME", " 1  \(String(repeating: "x", count: 30))…  end", "10  short"])
    }
}
