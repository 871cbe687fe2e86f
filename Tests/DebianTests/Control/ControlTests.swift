import Core
import Debian
import SampanTestSupport
import Testing

@Suite struct ControlTests {
    @Test("a stanza gives its fields by name, whatever the case, and in order")
    func fields() throws {
        let control = try Control(
            parsing: Array("Package: hello\nVersion:1.0-1 \nDESCRIPTION:\tshort\n long text\n .\n  more\nEmpty:\n".utf8)
        )
        #expect(control["package"] == "hello")
        #expect(control["Version"] == "1.0-1")
        #expect(control["Description"] == "short\n long text\n .\n  more")
        #expect(control["Empty"] == "")
        #expect(control["Versio"] == nil)
        #expect(control.fields.map(\.name) == ["Package", "Version", "DESCRIPTION", "Empty"])
    }

    @Test("stanzas are parted by empty lines, also of white space, and keep their own bytes")
    func stanzas() throws {
        let text = "\n\nA: 1\nB: 2\n \t\n\nA: 3\r\n\r\nA: 4"
        let stanzas = try Control.stanzas(in: Array(text.utf8))
        #expect(stanzas.map { $0["A"] } == ["1", "3", "4"])
        #expect(stanzas[0].bytes == Array("A: 1\nB: 2".utf8))
        #expect(stanzas[1]["B"] == nil)
    }

    @Test("comments are left out where files have them")
    func comments() throws {
        let text = "# about\nTypes: deb\nURIs: one\n# between\n two\n"
        let stanzas = try Control.stanzas(in: Array(text.utf8), skipsComments: true)
        #expect(stanzas.count == 1)
        #expect(stanzas.first?["Types"] == "deb")
        #expect(stanzas.first?["URIs"]?.hasPrefix("one") == true)
        #expect(throws: ControlError.self) { try Control.stanzas(in: Array(text.utf8)) }
    }

    @Test(
        "what is no control data is refused with the place",
        arguments: [
            ("", .empty), ("\n\n", .empty), ("A: 1\nnonsense\n", .missingColon(offset: 5)),
            (" A: 1\n", .strayContinuation(offset: 0)), ("A: 1\n\n B: 1\n", .strayContinuation(offset: 6)),
            (": 1\n", .badName(offset: 0)), ("A B: 1\n", .badName(offset: 0)), ("-A: 1\n", .badName(offset: 0)),
            ("Ä: 1\n", .badName(offset: 0)), ("A: 1\na: 2\n", .duplicateField("a", offset: 5)),
            ("A: 1\n\nA: 2\n", .severalStanzas(2)),
        ] as [(String, ControlError)])
    func refused(_ text: String, _ error: ControlError) {
        #expect(throws: error) { try Control(parsing: Array(text.utf8)) }
        #expect(!error.diagnostic.message.isEmpty)
    }

    @Test("bytes that are no text are kept as they are and shown replaced")
    func bytes() throws {
        let bytes = Array("A: ".utf8) + [0xff, 0x00, 0xc3]
        let control = try Control(parsing: bytes)
        #expect(control.bytes == bytes)
        #expect(control["A"]?.isEmpty == false)
    }

    @Test("random bytes never do more than throw")
    func noise() {
        var generator = SeededGenerator(seed: 3)
        let alphabet = Array("A: \n\t#-b\r\0".utf8) + [0xff]
        for _ in 0..<3000 {
            let length = Int.random(in: 0...40, using: &generator)
            let bytes = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            guard let stanzas = try? Control.stanzas(in: bytes, skipsComments: Bool.random(using: &generator)) else {
                continue
            }
            for stanza in stanzas {
                #expect(!stanza.fields.isEmpty)
                #expect(stanza.fields.allSatisfy { stanza[$0.name] == $0.value })
            }
        }
    }
}
