import ContentStore
import Core
import HostOS
import SampanTestSupport
import Testing

@testable import ImageAnalysis

@Suite("edits of what a Dockerfile says")
struct AdviceEditTests {
    private static func edit(_ written: String, _ body: (HistoryInstruction) -> String?) -> String? {
        body(HistoryInstruction("RUN /bin/sh -c x # buildkit", written: written))
    }

    @Test(
        "a command is put at the end in the way that the instruction parts its own",
        arguments: [
            ("RUN make", "RUN make && b"),
            ("run  make ; ", "run  make && b"),
            (
                "RUN --mount=type=cache,target=/c --network=none make",
                "RUN --mount=type=cache,target=/c --network=none make && b"
            ),
            ("RUN a \\\n    && c", "RUN a \\\n    && c \\\n    && b"),
            ("RUN a && \\\n  # why\n  c", "RUN a && \\\n  # why\n  c && \\\n  b"),
            ("RUN make # all of it", "RUN make && b # all of it"),
            ("RUN \\\n  make", "RUN \\\n  make && b"),
            ("RUN <<EOF\nset -e\nmake\nEOF", "RUN <<EOF\nset -e\nmake\nb\nEOF"),
            ("RUN --network=none <<-'END'\n\tmake\n\tEND", "RUN --network=none <<-'END'\n\tmake\nb\n\tEND"),
            ("RUN cat <<EOF > /a\nx\nEOF", nil),
            ("RUN make &", nil),
        ] as [(String, String?)])
    func appending(_ written: String, _ after: String?) {
        #expect(Self.edit(written) { $0.appending("b") } == after)
    }

    @Test("comments and continued lines stay, and hide no command")
    func comments() {
        let written = """
            RUN apt-get update \\
                # it's needed; don't ask
                && apt-get install -y \\

                   curl
            """
        let instruction = HistoryInstruction(
            "RUN /bin/sh -c apt-get update && apt-get install -y curl", written: written)
        let commands = ShellCommands(instruction.shell ?? "")
        #expect(
            commands.commands.map { $0.map(\.text) } == [["apt-get", "update"], ["apt-get", "install", "-y", "curl"]])
        #expect(instruction.shown == written)
    }

    @Test("a form that gives a shell nothing is shown as it is, and not edited")
    func programs() {
        let instruction = HistoryInstruction("RUN make all", written: "RUN [\"make\", \\\n  \"all\"]")
        #expect(instruction.shown == "RUN [\"make\", \\\n  \"all\"]")
        #expect(instruction.appending("b") == nil)
    }

    @Test("another instruction at the place is not taken for the layer's")
    func other() {
        #expect(HistoryInstruction("RUN /bin/sh -c a", written: "COPY a b").text == "RUN a")
        #expect(HistoryInstruction("COPY a /b", written: "ADD a /b").text == "ADD a /b")
        #expect(HistoryInstruction("RUN /bin/sh -c a", written: "").text == "RUN a")
    }

    @Test("two RUN become one, with the flags of both")
    func joined() {
        let one = HistoryInstruction("RUN /bin/sh -c a", written: "RUN --network=none \\\n    a && \\\n    b")
        let two = HistoryInstruction("RUN /bin/sh -c c", written: "RUN --network=none --mount=type=ssh c")
        #expect(one.joined(with: two) == "RUN --network=none \\\n    --mount=type=ssh a && \\\n    b && \\\n    c")
        #expect(one.joined(with: HistoryInstruction("COPY a b")) == nil)
    }

    @Test("flags of COPY are set in what is written, here-documents and lists with it")
    func flags() {
        func set(_ written: String) -> String? {
            HistoryInstruction("COPY --chown=5 a /b", written: written).settingFlags([("chown", "1")])
        }
        #expect(set("COPY --chown=5 --link a \\\n  $B") == "COPY --link --chown=1 a \\\n  $B")
        #expect(set("COPY [\"a b\", \"/c\"]") == "COPY --chown=1 [\"a b\", \"/c\"]")
        #expect(set("copy --chown=$A \\\n  a /b") == "copy --chown=1 a /b")
    }

    @Test("lines are those of the Dockerfile, whatever ends them")
    func lines() {
        let lines = DockerfileLines("FROM a\r\nRUN b \\\r\n  c\r\n", file: "D")
        func text(_ first: Int, _ last: Int, _ file: String = "D") -> String? {
            lines.text(.init(file: file, firstLine: first, lastLine: last, stage: "0"))
        }
        #expect(text(2, 3) == "RUN b \\\n  c")
        #expect(text(1, 1) == "FROM a")
        for (first, last) in [(0, 1), (2, 1), (1, 99), (-5, -1)] { #expect(text(first, last) == nil) }
        #expect(text(1, 1, "other") == nil)
        #expect(lines.text(nil) == nil)
    }

    @Test("the Dockerfile is read when it is still there and the same, and from nothing but a file")
    func reading() throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/Dockerfile"
        let bytes = Array("FROM a\nRUN b\n".utf8)
        try AtomicFile.write(bytes, to: file)
        var stack = ImageStack()
        stack.layer("RUN /bin/sh -c b", line: 2)
        var image = stack.image
        let place = LayerCause.Place(file: file, firstLine: 2, lastLine: 2, stage: "0")
        image.layers[0].cause.place = place
        #expect(DockerfileLines.read(for: image) == nil)
        image.dockerfile = SHA256.digest(of: bytes)
        #expect(DockerfileLines.read(for: image)?.text(place) == "RUN b")
        image.dockerfile = SHA256.digest(of: bytes + [0x0a])
        #expect(DockerfileLines.read(for: image) == nil)
        for other in ["/dev/stdin", "/dev/null", directory.path, "/nonexistent"] {
            image.layers[0].cause.place?.file = other
            #expect(DockerfileLines.read(for: image) == nil)
        }
    }

    @Test("names in a Dockerfile are found whole, stages and builds with Go too")
    func names() {
        let lines = DockerfileLines(
            """
            FROM golang:1 as build
            ENV MY_NAME=1 A.b=2
            RUN go vet . \\
                # then
                && go build .
            from alpine AS last
            """)
        #expect(lines.mentions("MY_NAME"))
        #expect(lines.mentions("A.b"))
        #expect(!lines.mentions("NAME"))
        #expect(!lines.mentions("MY_NAM"))
        #expect(lines.stages == ["build", "last"])
        #expect(lines.goBuild?.firstLine == 3)
        #expect(lines.goBuild?.lastLine == 5)
        #expect(DockerfileLines("RUN go build a\nRUN go build b").goBuild == nil)
        #expect(DockerfileLines("CMD go build a").goBuild == nil)
        #expect(DockerfileLines("").goBuild == nil)
    }

    @Test("any text is edited without end or crash")
    func random() {
        var random = SeededGenerator(seed: 11)
        let pieces = [
            "\\", "\n", "#", "'", "\"", " ", "&&", ";", "<<EOF", "EOF", "--a", "RUN", "COPY", "é", "rm", "/a", "\r\n",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...20, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            for history in ["RUN /bin/sh -c a", "COPY a /b"] {
                let instruction = HistoryInstruction(history, written: text)
                _ = (
                    instruction.appending("b"), instruction.joined(with: instruction),
                    instruction.settingFlags([("a", "b")])
                )
                _ = (instruction.extended(by: "c")?.text, instruction.isRun ? instruction.withFlags(["--x"]) : "")
            }
            let commands = ShellCommands(text)
            #expect(commands.end <= text.utf8.count)
            #expect(commands.replacing([]) == text)
            _ = (DockerfileLines(text).goBuild, DockerfileLines(text).stages)
        }
    }

    @Test(
        "copied paths are written as JSON where a name means something else",
        arguments: [
            ("a/b", "COPY --from=x /a/b /d"), ("a b", #"COPY --from=x ["/a b", "/d"]"#),
            ("a$b", #"COPY --from=x ["/a\\$b", "/d"]"#), ("a[1]*?", #"COPY --from=x ["/a[[]1][*][?]", "/d"]"#),
            (#"a"b"#, #"COPY --from=x ["/a\"b", "/d"]"#), (#"a\b"#, nil), ("a\nb", nil),
        ] as [(String, String?)])
    func copy(_ path: String, _ text: String?) {
        #expect(DockerfileWords.copy("--from=x", [BytePath(cleaning: path)], to: "/d") == text)
    }

    @Test("names that are no text are not written")
    func bytes() {
        #expect(DockerfileWords.copy("", [BytePath(normalized: [0x61, 0xff])], to: "/d") == nil)
        #expect(DockerfileWords.copy("", ["a"], to: "/d e") == #"COPY ["/a", "/d e"]"#)
    }

    @Test(
        "a secret's id has legal characters only",
        arguments: [
            (".env", "env"), ("id_rsa", "id_rsa"), ("my key,uid=0.pem", "my-key-uid-0.pem"), ("...", "secret"),
            ("ключ", "secret"), ("", "secret"),
        ])
    func secretID(_ name: String, _ id: String) { #expect(DockerfileWords.secretID(name) == id) }

    @Test("values are quoted so that they stay themselves, and times are Go's")
    func values() {
        #expect(DockerfileWords.quoted(#"a "b" $c \d"#) == #""a \"b\" \$c \\d""#)
        #expect(DockerfileWords.quoted("a\nb") == nil)
        #expect(
            [1, 1_500_000_000, 30_000_000_000, 120_000_000_000, 3_600_000_000_000].map { DockerfileWords.duration($0) }
                == [
                    "1ns", "1500ms", "30s", "2m", "1h",
                ])
        #expect(DockerfileWords.ignorePattern(#"a*b?c[\d"#) == #"a\*b\?c\[\\d"#)
    }
}
