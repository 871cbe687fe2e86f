import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("keys of terminals")
struct KeyParserTests {
    @Test(
        "keys",
        arguments: [
            ("a", [.character("a")]), ("\u{1b}[A\u{1b}OB", [.up, .down]), ("\u{1b}[5~\u{1b}[6~", [.pageUp, .pageDown]),
            ("\u{1b}[1;5C", [.right]), ("\u{1b}[H\u{1b}[4~", [.home, .end]),
            ("\r\t\u{7f}", [.enter, .tab, .backspace]),
            ("\u{1b}[Z", [.backTab]), ("\u{3}\u{1a}", [.control("c"), .control("z")]),
            ("é文", [.character("é"), .character("文")]),
            ("\u{1b}[200~", []), ("\u{1b}x", [.escape, .character("x")]),
        ] as [(String, [Key])])
    func keys(text: String, keys: [Key]) {
        var parser = KeyParser()
        #expect(parser.parse(Array(text.utf8)) == keys)
        // Byte by byte the same comes out.
        var slow = KeyParser()
        #expect(text.utf8.flatMap { slow.parse([$0]) } == keys)
    }

    @Test("an escape alone is a key once nothing follows")
    func escape() {
        var parser = KeyParser()
        #expect(parser.parse([0x1b]) == [])
        #expect(parser.flush() == [.escape])
        #expect(parser.parse([0x1b]) == [])
        #expect(parser.parse(Array("[A".utf8)) == [.up])
        #expect(parser.flush() == [])
    }

    @Test("any bytes are taken, and nothing piles up")
    func fuzz() {
        var random = SeededGenerator(seed: 3)
        var parser = KeyParser()
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                [0x1b, 0x5b, 0x3b, 0x30, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
            }
            #expect(parser.parse(bytes).count <= bytes.count + 20)
        }
        _ = parser.flush()
        #expect(parser.parse([0x71]) == [.character("q")])
    }
}
