import Core
import DockerfileSyntax
import Testing

@Suite("layout")
struct LayoutTests {
    @Test("every token knows where it stands")
    func ranges() throws {
        let text = "# top\nFROM --platform=linux/amd64 \\\n# inside\n\n  img \\\n  AS x # no comment\n"
        let dockerfile = parse(text).dockerfile
        let from = dockerfile.instructions[0]
        func slice(_ range: SourceRange) -> String { dockerfile.source.text(range) }
        #expect(slice(from.keywordWord.range) == "FROM")
        #expect(slice(from.flags[0].range) == "--platform=linux/amd64")
        #expect(slice(from.flags[0].name.range) == "platform")
        #expect(from.flags[0].value.map { slice($0.range) } == "linux/amd64")
        #expect(from.arguments.map { slice($0.range) } == ["img", "AS", "x", "#", "no", "comment"])
        #expect(slice(from.range) == String(text.dropFirst(6).dropLast()))
        #expect(from.text == "FROM --platform=linux/amd64   img   AS x # no comment")
        #expect(from.lines == 2...6)
        #expect(from.comments.map(\.text) == ["top"])
        #expect(dockerfile.comments.map(\.text) == ["top", "inside"])
        #expect(from.emptyContinuations.count == 1)
    }

    @Test("a word that is continued on the next line spans both")
    func split() throws {
        let dockerfile = parse("FROM al\\\npine:\\  \n3\n").dockerfile
        let image = dockerfile.instructions[0].arguments[0]
        #expect(image.text == "alpine:3")
        #expect(dockerfile.source.text(image.range) == "al\\\npine:\\  \n3")
    }

    @Test("flags keep quotes out of values but in ranges")
    func quotedFlags() throws {
        let dockerfile = parse("FROM a\nCOPY --chown='a b':\"c\" --exclude=x\\ y --link -- --odd /d\n").dockerfile
        let copy = dockerfile.instructions[1]
        #expect(copy.flags.map { $0.value?.text } == ["a b:c", "x y", nil])
        #expect(
            copy.flags.map { dockerfile.source.text($0.range) } == ["--chown='a b':\"c\"", "--exclude=x\\ y", "--link"])
        #expect(copy.arguments.map(\.text) == ["--odd", "/d"])
    }

    @Test("an empty value stands right behind its sign")
    func emptyValue() {
        let dockerfile = parse("FROM a\nCOPY --from=\\\n a b\nENV A=\\\n B=c\n").dockerfile
        #expect(dockerfile.instructions[1].flags[0].value?.range == SourceRange(19, 19))
        #expect(dockerfile.instructions[2].pairs[0].value.range == SourceRange(32, 32))
    }

    @Test("pairs and JSON words have exact ranges")
    func pairsAndJSON() throws {
        let dockerfile = parse("FROM a\nENV A=\"b c\" D=\nCMD [ \"a\\n\" , \"b\" ]\n").dockerfile
        let env = dockerfile.instructions[1]
        let text = dockerfile.source.text
        #expect(env.pairs.map { text($0.name.range) + "|" + text($0.value.range) } == ["A|\"b c\"", "D|"])
        #expect(dockerfile.instructions[2].arguments.map { text($0.range) } == ["\"a\\n\"", "\"b\""])
        #expect(dockerfile.instructions[2].arguments.map(\.text) == ["a\n", "b"])
    }

    @Test("the range of an instruction ends with its last here-document")
    func heredocRange() throws {
        let text = "FROM a\nRUN <<A <<B\n1\nA\n2\nB\nUSER x\n"
        let dockerfile = try parse(text).get()
        let run = dockerfile.instructions[1]
        #expect(dockerfile.source.text(run.range) == "RUN <<A <<B\n1\nA\n2\nB")
        #expect(run.lines == 2...6)
        #expect(run.heredocs.map { dockerfile.source.text($0.bodyRange) } == ["1\n", "2\n"])
        #expect(run.heredocs.map { dockerfile.source.text($0.terminatorRange) } == ["A", "B"])
    }

    @Test("CRLF, a byte order mark and a missing last line end are fine")
    func lineEnds() throws {
        let text = "\u{FEFF}# escape=`\r\nFROM a\r\nRUN b `\r\n  c\r\nCOPY <<E /x\r\nhi\r\nE\r\nCMD d"
        let dockerfile = try parse(text).get()
        #expect(dockerfile.escape == UInt8(ascii: "`"))
        #expect(dockerfile.instructions.map(\.text) == ["FROM a", "RUN b   c", "COPY <<E /x", "CMD d"])
        #expect(dockerfile.instructions[2].heredocs[0].content == Array("hi\r\n".utf8))
        #expect(dockerfile.source.text(dockerfile.instructions[0].range) == "FROM a")
    }

    @Test(
        "directives count only at the top, in any case and with any spaces",
        arguments: [
            ("# escape=`\nFROM a", UInt8(ascii: "`")), ("#Escape = ` \nFROM a", UInt8(ascii: "`")),
            ("  # escape=`\nFROM a", UInt8(ascii: "`")),
            ("# syntax=docker/dockerfile:1\n# escape=`\nFROM a", UInt8(ascii: "`")),
            ("\n# escape=`\nFROM a", UInt8(ascii: "\\")),
            ("# note\n# escape=`\nFROM a", UInt8(ascii: "\\")), ("# unknown=x\n# escape=`\nFROM a", UInt8(ascii: "\\")),
            ("FROM a\n# escape=`", UInt8(ascii: "\\")),
            ("# check=skip=all;error=true\n# escape=`\nFROM a", UInt8(ascii: "`")),
        ])
    func directives(text: String, escape: UInt8) throws { #expect(try parse(text).get().escape == escape) }

    @Test("the values of directives are kept")
    func directiveValues() throws {
        let dockerfile = try parse("#syntax=docker/dockerfile:1.7-labs\n# check = skip=JSONArgsRecommended\nFROM a\n")
            .get()
        #expect(dockerfile.directive(.syntax)?.value.text == "docker/dockerfile:1.7-labs")
        #expect(dockerfile.directive(.check)?.value.text == "skip=JSONArgsRecommended")
        #expect(dockerfile.directive(.escape) == nil && dockerfile.comments.isEmpty)
    }

    @Test("a doubled escape character at the end of a line continues nothing")
    func doubled() throws {
        let dockerfile = try parse("FROM a\nENV A b\\\\\nENV C d\n").get()
        #expect(dockerfile.instructions.map(\.text) == ["FROM a", "ENV A b\\\\", "ENV C d"])
    }

    @Test("JSON of the tree has places and errors")
    func json() {
        #expect(
            parse("FROM a\nRUM b\n").json().contains(
                """
                    {
                      "severity": "error",
                      "code": "dockerfile.unknown-instruction",
                      "message": "unknown instruction: RUM",
                      "hint": "did you mean 'RUN'?",
                      "range": {
                        "start": {"line": 2, "column": 1, "offset": 7},
                        "end": {"line": 2, "column": 4, "offset": 10}
                      }
                    }
                """))
        #expect(parse("FROM \"a\n").json().contains("\"text\": \"\\\"a\""))
    }

    @Test("an S-expression quotes as Go does")
    func sexp() {
        let text = "FROM a AS b\nONBUILD RUN é \u{200B} \u{1}\nFOO x\nENV A b\nHEALTHCHECK --retries=1 CMD [\"x\"]\n"
        #expect(
            parse(text).dockerfile.sexp() == """
                (from "a" "AS" "b")
                (onbuild (run "é \\u200b \\x01"))
                (foo "")
                (env "A" "b" "")
                (healthcheck ["--retries=1"] "CMD" "x")

                """)
    }

    @Test("the support table names every instruction and stays a table")
    func support() {
        #expect(Set(DockerfileSupport.instructions.map(\.keyword)) == Set(Keyword.allCases))
        let lines = DockerfileSupport.markdown().split(separator: "\n")
        #expect(lines.contains("| `RUN` | `--device` | refused | devices are not passed into builds |"))
        #expect(lines.contains("| `target` | bind, cache, tmpfs, secret, ssh; also written dst, destination |"))
    }
}
