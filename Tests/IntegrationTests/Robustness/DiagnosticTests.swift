import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("mistakes in a Dockerfile, word for word")
struct DiagnosticTests {
    @Test(
        "a mistake shows its place, and what was meant",
        arguments: [
            (
                "FROM scratch\nCOYP a /b\n",
                """
                error: unknown instruction: COYP
                 --> Dockerfile:2:1
                2 | COYP a /b
                  | ^^^^
                hint: did you mean 'COPY'?
                """
            ),
            (
                "FROM scratch\nCOPY --form=x a /b\n",
                """
                error: unknown flag --form for COPY
                 --> Dockerfile:2:6
                2 | COPY --form=x a /b
                  |      ^^^^^^
                hint: did you mean '--from'?
                """
            ),
            (
                "FROM scratch\nRUN --mount=type=cahce,target=/x true\n\nENV\n",
                """
                error: unsupported mount type 'cahce'
                 --> Dockerfile:2:18
                2 | RUN --mount=type=cahce,target=/x true
                  |                  ^^^^^
                hint: did you mean 'cache'?
                error: ENV requires at least one argument
                 --> Dockerfile:4:1
                4 | ENV
                  | ^^^
                hint: usage: ENV name=value ...
                """
            ),
            (
                "RUN x\n",
                """
                error: no build stage in current context: RUN comes before the first FROM
                 --> Dockerfile:1:1
                1 | RUN x
                  | ^^^
                hint: only ARG may stand before FROM
                """
            ),
            (
                "FROM scratch\nENV A=\"unclosed\n",
                """
                error: unexpected end of statement while looking for matching double-quote
                 --> Dockerfile:2:7
                2 | ENV A="unclosed
                  |       ^^^^^^^^^
                hint: close the quote, or write an escape character before it
                """
            ),
            (
                "FROM scratch\nCOPY \\\n  # comment\n  --chmod=9999 \\\n  a /\n",
                """
                error: '9999' is not a file mode
                 --> Dockerfile:4:11
                4 |   --chmod=9999 \\
                  |           ^^^^
                hint: write an octal number such as 755, or a symbolic mode such as u+rwX,go-w
                """
            ),
            (
                "FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b\nCOPY --from=a / /\n",
                """
                error: stage 'a' needs itself
                 --> Dockerfile:3:1
                3 | FROM scratch AS b
                  | ^^^^^^^^^^^^^^^^^
                hint: a stage cannot take files from a stage that is built on it
                """
            ),
            (
                "# syntax=example.org/other\nFROM scratch\n",
                """
                error: the file asks for the frontend 'example.org/other', which is not built in
                 --> Dockerfile:1:10
                1 | # syntax=example.org/other
                  |          ^^^^^^^^^^^^^^^^^
                hint: use `# syntax=docker/dockerfile:1`, or remove the line if the file is a plain Dockerfile
                """
            ),
            (
                "",
                """
                error: file with no instructions
                 --> Dockerfile:1:1
                1 |\u{20}
                  | ^
                hint: a Dockerfile starts with FROM
                """
            ),
        ])
    func places(dockerfile: String, expected: String) throws {
        let work = try Workspace()
        try work.file("Dockerfile", dockerfile)
        let outcome = try Program.run(
            ["build", "--progress", "plain", "-f", "Dockerfile", "."], environment: ["SAMPAN_HOME": work.home],
            directory: work.context)
        #expect(outcome.code == 2)
        #expect(outcome.output == "")
        #expect(outcome.error == expected + "\n")
    }

    @Test(
        "a mistyped command or option is told what was meant",
        arguments: [
            (["bild", "."], "error: there is no command 'bild'\nhint: did you mean 'build'?\n"),
            (["build", "--taget", "x", "."], "Did you mean '--target'?"),
        ])
    func commandLine(arguments: [String], expected: String) throws {
        let work = try Workspace()
        let outcome = try work.run(arguments)
        #expect(outcome.code == 64)
        #expect(outcome.error.contains(expected), "\(outcome.error)")
    }

    @Test("bytes that are no text, huge files and deep nesting end in an error, soon", arguments: 0..<6)
    func hostile(index: Int) throws {
        let bytes: [UInt8]
        switch index {
        case 0: bytes = Array("FROM scratch\nENV A=".utf8) + [0xff, 0xfe, 0xc0, 0x80] + Array("\nCOPY a /\n".utf8)
        case 1: bytes = Array("FROM scratch\nENV A=".utf8) + [0] + Array("\nCOPY a /\n".utf8)
        case 2:
            bytes =
                Array("FROM scratch\n".utf8) + Array(repeatElement(Array("ENV A=1\n".utf8), count: 100_000).joined())
                + Array("COPY a /\n".utf8)
        case 3:
            bytes =
                Array("FROM scratch\nCOPY ".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20)
                + Array(" /\n".utf8)
        case 4:
            bytes =
                Array("FROM scratch\nENV A=".utf8) + Array(repeatElement(Array("${B:-".utf8), count: 100_000).joined())
        default: bytes = Array("FROM scratch\n".utf8) + Array((0..<5000).map { "RUN <<E\($0)\n" }.joined().utf8)
        }
        let work = try Workspace()
        try work.file("Dockerfile", bytes)
        let outcome = try work.run(["build", work.context], timeout: .seconds(60))
        #expect(outcome.code == 2, "\(index): \(outcome.code) \(outcome.error.prefix(500))")
        #expect(outcome.error.contains("error: "))
        #expect(outcome.error.utf8.count < 1 << 20, "\(index): as long as the input")
    }
}
