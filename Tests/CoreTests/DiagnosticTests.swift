import Core
import Testing

@Suite("Diagnostics")
struct DiagnosticTests {
    private func span(_ text: String, _ start: Int, _ end: Int, name: String = "Dockerfile") -> SourceSpan {
        SourceSpan(SourceFile(name: name, text: text), SourceRange(start, end))
    }

    @Test("message, place, causes and hint come in this order")
    func whole() {
        let diagnostic = Diagnostic(
            code: "x", "unknown instruction 'RUNN'", at: span("FROM a\nRUNN true\n", 7, 11), causes: ["near", "far"],
            hint: "did you mean 'RUN'?")
        #expect(
            diagnostic.description == """
                error: unknown instruction 'RUNN'
                 --> Dockerfile:2:1
                2 | RUNN true
                  | ^^^^
                cause: near
                cause: far
                hint: did you mean 'RUN'?

                """)
    }

    @Test("a warning without a place")
    func bare() {
        #expect(Diagnostic(.warning, code: "x", "careful").description == "warning: careful\n")
        #expect(Diagnostic(.note, code: "x", "so").description == "note: so\n")
    }

    @Test("tabs keep the caret under its word, and wide line numbers widen the margin")
    func tabs() {
        let text = String(repeating: "#\n", count: 9) + "\tRUN\tbad\n"
        #expect(
            Diagnostic(code: "x", "m", at: span(text, 23, 26)).description == """
                error: m
                  --> Dockerfile:10:6
                10 | \tRUN\tbad
                   | \t   \t^^^

                """)
    }

    @Test("a range over several lines is marked to the end of its first line")
    func manyLines() {
        #expect(
            Diagnostic(code: "x", "m", at: span("abc def\nghi", 4, 11)).description == """
                error: m
                 --> Dockerfile:1:5
                1 | abc def
                  |     ^^^

                """)
    }

    @Test("an empty range, also behind the last character, has one caret")
    func emptyRange() {
        #expect(
            Diagnostic(code: "x", "m", at: span("abc", 3, 3)).description == """
                error: m
                 --> Dockerfile:1:4
                1 | abc
                  |    ^

                """)
        #expect(
            Diagnostic(code: "x", "m", at: span("", 0, 0)).description == "error: m\n --> Dockerfile:1:1\n1 | \n  | ^\n"
        )
    }

    @Test("carriage returns are no part of the line")
    func carriageReturn() {
        #expect(
            Diagnostic(code: "x", "m", at: span("a\r\nbad\r\n", 3, 6)).description
                == "error: m\n --> Dockerfile:2:1\n2 | bad\n  | ^^^\n")
    }

    @Test("a very long line is shown around the place")
    func longLine() {
        let text = String(repeating: "a", count: 1000) + "BAD" + String(repeating: "b", count: 1000)
        let shown = String(repeating: "a", count: 10) + "BAD" + String(repeating: "b", count: 17)
        #expect(
            DiagnosticRenderer(width: 30).render(Diagnostic(code: "x", "m", at: span(text, 1000, 1003)))
                == "error: m\n --> Dockerfile:1:1001\n1 | …\(shown)\n  |            ^^^\n")
    }

    @Test("control characters in other people's text do not reach the terminal")
    func sanitised() {
        let diagnostic = Diagnostic(
            code: "x", "a\u{1b}[31mb\u{7f}\u{9b}", at: span("x\u{1b}y", 0, 3), causes: ["c\rd"], hint: "e\u{0}f")
        #expect(
            diagnostic.description == #"""
                error: a\x1b[31mb\x7f\u{9b}
                 --> Dockerfile:1:1
                1 | x\x1by
                  | ^^^^^^
                cause: c\x0dd
                hint: e\x00f

                """#)
    }

    @Test(
        "what turns or hides text is shown as its number, in every part of a diagnostic",
        arguments: [
            "\u{202a}", "\u{202b}", "\u{202c}", "\u{202d}", "\u{202e}", "\u{2066}", "\u{2067}", "\u{2068}",
            "\u{2069}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{200e}", "\u{200f}", "\u{feff}", "\u{80}", "\u{85}",
            "\u{9f}", "\u{ad}", "\u{34f}", "\u{61c}", "\u{2028}", "\u{2029}", "\u{2060}", "\u{180e}", "\u{3164}",
            "\u{fe0f}", "\u{1d173}", "\u{e0001}", "\u{e0041}", "\u{e007f}",
        ])
    func invisible(_ hidden: String) throws {
        let scalar = try #require(hidden.unicodeScalars.first)
        let number = "\\u{" + String(scalar.value, radix: 16) + "}"
        let line = "RUN a\(hidden)b"
        let diagnostic = Diagnostic(
            code: "x", "m\(hidden)", at: span(line, 4, line.utf8.count, name: "D\(hidden)f"), causes: ["c\(hidden)"],
            hint: "h\(hidden)")
        #expect(
            diagnostic.description == """
                error: m\(number)
                 --> D\(number)f:1:5
                1 | RUN a\(number)b
                  |     ^\(String(repeating: "^", count: number.count))^
                cause: c\(number)
                hint: h\(number)

                """)
    }

    @Test("line breaks and tabs of a message stay, of a file's name they do not; other languages are shown as they are")
    func keptCharacters() {
        #expect(Diagnostic(code: "x", "a\n\tb é漢עב😀").description == "error: a\n\tb é漢עב😀\n")
        #expect(
            Diagnostic(code: "x", "m", at: span("é b", 3, 4, name: "a\nb")).description
                == "error: m\n --> a\\nb:1:4\n1 | é b\n  |   ^\n")
    }

    @Test("bytes that are no text are shown as their numbers")
    func invalidText() {
        let file = SourceFile(name: "f", bytes: [0x61, 0xFF, 0x62])
        let diagnostic = Diagnostic(code: "x", "m", at: SourceSpan(file, SourceRange(2, 3)))
        #expect(diagnostic.description == "error: m\n --> f:1:3\n1 | a\\xffb\n  |      ^\n")
    }

    @Test("a long line is cut between characters", arguments: 20...26)
    func longLineOfWideCharacters(width: Int) {
        let text = String(repeating: "é漢😀", count: 40)
        for start in [0, 9 * 20, 9 * 39] {
            let diagnostic = Diagnostic(code: "x", "m", at: span(text, start, start + 2))
            let shown = DiagnosticRenderer(width: width).render(diagnostic)
            #expect(!shown.contains("\\x") && !shown.contains("\u{fffd}"))
            #expect(shown.hasSuffix("^\n") && !shown.hasSuffix("^^\n"))
        }
        // Nothing that is no text makes it leave the line.
        let rubbish = SourceFile(name: "f", bytes: [UInt8](repeating: 0x80, count: 100))
        for start in [0, 1, 50, 99] {
            let diagnostic = Diagnostic(code: "x", "m", at: SourceSpan(rubbish, SourceRange(start, start + 1)))
            #expect(DiagnosticRenderer(width: width).render(diagnostic).contains("^^^^\n"))
        }
    }

    @Test("colour adds escapes around the same words")
    func colour() {
        let text = DiagnosticRenderer(color: true).render(Diagnostic(code: "x", "m", at: span("ab", 0, 1), hint: "h"))
        #expect(
            text == "\u{1b}[1;31merror\u{1b}[0m: m\n --> Dockerfile:1:1\n1 | ab\n  | \u{1b}[1;31m^\u{1b}[0m\n"
                + "\u{1b}[36mhint\u{1b}[0m: h\n")
    }

    @Test("any error becomes a diagnostic")
    func explaining() {
        struct Odd: Error {}
        #expect(Diagnostic(explaining: ReferenceError.empty).code == "reference.empty")
        #expect(Diagnostic(explaining: Odd()).code == "internal")
        #expect(Diagnostic(explaining: CancellationError()).exitCode == 130)
        #expect(Diagnostic(explaining: DiagnosticList([Diagnostic(code: "first", "")])).code == "first")
        #expect(Diagnostic(explaining: Diagnostic(code: "same", "")).code == "same")
    }

    @Test("a place is added only where there is none")
    func within() {
        let here = span("abc", 0, 1)
        let there = span("abc", 1, 2)
        #expect(Diagnostic(code: "x", "m").within(here).span?.range == here.range)
        #expect(Diagnostic(code: "x", "m", at: there).within(here).span?.range == there.range)
    }

    @Test("severities are ordered")
    func severities() {
        #expect(Diagnostic.Severity.note < .warning)
        #expect(Diagnostic.Severity.warning < .error)
    }
}

@Suite("Source files")
struct SourceFileTests {
    private let file = SourceFile(name: "f", text: "ab\n\ncd\r\nend")

    @Test(
        "offsets have lines and columns",
        arguments: [(0, 1, 1), (2, 1, 3), (3, 2, 1), (4, 3, 1), (6, 3, 3), (8, 4, 1), (11, 4, 4)])
    func positions(offset: Int, line: Int, column: Int) {
        let position = file.position(at: offset)
        #expect(position.line == line)
        #expect(position.column == column)
    }

    @Test("lines are without their ends")
    func lines() {
        #expect((0..<5).map { String(decoding: file.lineBytes($0), as: UTF8.self) } == ["ab", "", "cd", "end", ""])
        #expect(file.text(SourceRange(4, 6)) == "cd")
    }

    @Test("ranges never run backwards and join")
    func ranges() {
        #expect(SourceRange(5, 3) == SourceRange(5, 5))
        #expect(SourceRange(5, 5).isEmpty)
        #expect(SourceRange(2, 4).union(SourceRange(7, 9)) == SourceRange(2, 9))
    }
}

@Suite("Suggestions")
struct SuggestionTests {
    private let words = ["RUN", "COPY", "WORKDIR", "ENTRYPOINT", "ENV", "EXPOSE", "FROM"]

    @Test(
        "the nearest word is found, swaps count once, and far ones are not offered",
        arguments: [
            ("RUNN", "RUN"), ("copy", "COPY"), ("CPOY", "COPY"), ("WORKDRI", "WORKDIR"), ("ENTRPOINT", "ENTRYPOINT"),
            ("EXPSOE", "EXPOSE"), ("XYZ", nil), ("", nil), ("R", nil), ("FORM", "FROM"), ("EVN", "ENV"),
        ] as [(String, String?)])
    func nearest(word: String, expected: String?) {
        #expect(Suggestion.nearest(to: word, in: words) == expected)
        #expect(Suggestion.hint(for: word, in: words) == expected.map { "did you mean '\($0)'?" })
    }

    @Test("no candidates, no suggestion; of equals the first")
    func edges() {
        #expect(Suggestion.nearest(to: "a", in: []) == nil)
        #expect(Suggestion.nearest(to: "cat", in: ["bat", "hat"]) == "bat")
    }

    @Test("a very long word costs no more than a short one")
    func long() {
        let word = String(repeating: "x", count: 1_000_000)
        #expect(Suggestion.nearest(to: word, in: words) == nil)
    }
}
