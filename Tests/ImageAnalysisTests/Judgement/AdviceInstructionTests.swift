import SampanTestSupport
import Testing

@testable import ImageAnalysis

@Suite("instructions in histories")
struct AdviceInstructionTests {
    @Test(
        "RUN is read in the forms of all builders",
        arguments: [
            ("RUN /bin/sh -c make all # buildkit", "make all"), ("/bin/sh -c make all", "make all"),
            ("RUN |2 A=1 B=x y /bin/sh -c make all # buildkit", "make all"), ("|1 A=1 /bin/sh -c make all", "make all"),
            ("RUN /bin/bash -o pipefail -c make all # buildkit", "make all"),
            ("RUN /bin/bash -euo pipefail -c make all", "make all"), ("RUN /bin/sh run.sh -c x", nil),
            ("RUN /bin/sh -ec make -c x", "make -c x"),
            ("RUN make all # buildkit", nil), ("RUN /app/tool run # buildkit", nil), ("RUN ", nil), ("RUN", nil),
        ] as [(String, String?)])
    func run(_ history: String, _ shell: String?) {
        let instruction = HistoryInstruction(history)
        #expect(instruction.shell == shell)
        if let shell { #expect(instruction.text == "RUN " + shell) }
    }

    @Test("COPY and ADD are read with their flags, sources and destination")
    func copy() {
        let copy = HistoryInstruction("COPY --chown=1:1 a b /srv/ # buildkit")
        #expect(copy.kind == .copy(flags: ["--chown=1:1"], sources: ["a", "b"], destination: "/srv/"))
        let old = HistoryInstruction("/bin/sh -c #(nop) COPY file:abc in /app ")
        #expect(old.kind == .copy(flags: [], sources: ["file:abc"], destination: "/app"))
        #expect(old.text == "COPY file:abc /app")
        #expect(HistoryInstruction("COPY a").kind == .other)
        #expect(HistoryInstruction("ADD rootfs.tar /").isCopy)
    }

    @Test("what tools say of themselves is no instruction")
    func others() {
        for text in ["/bin/sh", "# debian.sh --arch 'amd64'", "", "bazel build ...", "apko", "COPY"] {
            #expect(HistoryInstruction(text).shown == nil)
        }
        #expect(HistoryInstruction("/bin/sh -c #(nop)  CMD [\"bash\"]").shown == "CMD [\"bash\"]")
    }

    @Test("commands are put at the end of a RUN in its own way of parting them")
    func appending() {
        #expect(HistoryInstruction("RUN /bin/sh -c a; ").appending("b") == "RUN a && b")
        #expect(HistoryInstruction("RUN /bin/sh -c a\nc").appending("b") == "RUN a\nc\nb")
        #expect(HistoryInstruction("RUN /bin/sh -c ;").appending("b") == nil)
        #expect(HistoryInstruction("COPY a b").appending("b") == nil)
    }

    @Test("flags of COPY take the place of those that are there")
    func flags() {
        let copy = HistoryInstruction("COPY --chown=1 --link a /b # buildkit")
        #expect(copy.settingFlags([("chown", "2:3"), ("chmod", "755")]) == "COPY --link --chown=2:3 --chmod=755 a /b")
        #expect(HistoryInstruction("ADD a /b").settingFlags([("chown", "2")]) == "ADD --chown=2 a /b")
        #expect(HistoryInstruction("RUN a").settingFlags([]) == nil)
    }

    private static func words(_ text: String) -> [[String]] {
        ShellCommands(text).commands.map { $0.map(\.text) }
    }

    @Test("a text for a shell is parted into commands and words, quotes minded")
    func shell() {
        #expect(
            Self.words("a b && c 'd; e' || \"f \\\" g\";h|i&j") == [
                ["a", "b"], ["c", "d; e"], ["f \" g"], ["h"], ["i"], ["j"],
            ])
        #expect(Self.words("a \\\n  b\nc\\ d ''") == [["a", "b"], ["c d", ""]])
        #expect(Self.words("(a; b) ") == [["a"], ["b"]])
        #expect(Self.words("a 'open") == [["a", "open"]])
        #expect(Self.words("") == [])
        #expect(Self.words("\\") == [["\\"]])
    }

    @Test("calls are found behind settings, sudo and paths")
    func calls() {
        let commands = ShellCommands(
            "set -e; DEBIAN_FRONTEND=noninteractive apt-get update && sudo /usr/bin/apt-get install x")
        #expect(commands.calls(of: ["apt-get"]).map { $0.map(\.text) } == [["update"], ["install", "x"]])
        #expect(commands.call(of: ["apt"]) == nil)
        let words = commands.calls(of: ["apt-get"]).compactMap { $0.first { $0.text == "install" } }
        #expect(
            commands.inserting(" -q", behind: words)
                == "set -e; DEBIAN_FRONTEND=noninteractive apt-get update && sudo /usr/bin/apt-get install -q x")
    }

    @Test("any text is parted without end or crash")
    func random() {
        var random = SeededGenerator(seed: 7)
        let pieces = [
            "'", "\"", "\\", " ", "\n", "&&", ";", "a", "apt-get", "install", "=", "|", "(", "ü", "RUN ", "-c ",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...20, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let commands = ShellCommands(text)
            #expect(commands.inserting("", behind: commands.commands.flatMap { $0 }) == text)
            let instruction = HistoryInstruction("RUN /bin/sh -c " + text)
            _ = (instruction.appending("x"), instruction.shown, HistoryInstruction(text).settingFlags([("a", "b")]))
        }
    }
}
