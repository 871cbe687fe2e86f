import Core
import DockerfileLint
import Testing

/// Files that are made to be slow: time and memory stay linear in the file, so that an editor or a service can be given
/// any of them. What took hours or gigabytes in some rule ends in a blink, on the slowest machine.
@Suite("Files that are made to be slow")
struct SlowFileTests {
    private static func repeated(_ count: Int, _ line: (Int) -> String) -> String {
        (0..<count).map(line).joined()
    }

    private static let files: [(String, String)] = [
        (
            "arguments that double each other",
            "ARG A0=aaaaaaaaaaaaaaaa\n" + repeated(60) { "ARG A\($0 + 1)=$A\($0)$A\($0)\n" } + "FROM a$A60\n"
                + "ARG B0=aaaaaaaaaaaaaaaa\n" + repeated(60) { "ENV B\($0 + 1)=$B\($0)$B\($0)\n" } + "WORKDIR $B60\n"
        ),
        ("arguments and stages", repeated(1000) { "ARG B\($0)=x\n" } + repeated(1000) { "FROM a$B\($0)\n" }),
        (
            "stages on stages",
            "FROM alpine AS s0\n"
                + repeated(800) {
                    "FROM s\($0) AS s\($0 + 1)\nRUN npm ci\nHEALTHCHECK CMD curl x\nENV TZ=Europe/Vienna\nENTRYPOINT x\n"
                }
        ),
        (
            "programs and their copies",
            "FROM golang AS b\n" + repeated(800) { "RUN go build -o /x\($0) && cp /x\($0) /y\($0)\n" }
                + "FROM scratch\n"
                + repeated(800) { "COPY --from=b /y\($0) /z\($0)\n" }
        ),
        ("downloads in one RUN", "FROM a\nRUN " + repeated(3000) { _ in "curl -O https://x/a.tgz ; " } + "b\n"),
        ("downloads in one pipeline", "FROM a\nRUN " + repeated(3000) { _ in "curl https://x | " } + "b\n"),
        ("package managers", "FROM node\n" + repeated(1000) { _ in "RUN npm ci\n" }),
        (
            "directories in directories",
            "FROM a\n" + repeated(1000) { _ in "WORKDIR a\nCOPY a a\nRUN chmod +x a\n" }
        ),
        ("names of checks", "# check=skip=" + repeated(2000) { "X\($0)," } + "all\nFROM a\n"),
        ("variables that nobody sets", "FROM a\n" + repeated(1000) { "ENV a\($0)=$b\($0)\n" }),
        ("unknown instructions", "FROM a\n" + repeated(2000) { _ in "GARBAGE x\n" }),
        (
            "keys",
            "FROM a\n" + repeated(1000) { _ in "# c\nENV T=\("AKIA" + "QYV7DMO4S2MPLT2Z")\n" } + "RUN "
                + repeated(2000) { _ in "-----BEGIN " } + "\n"
        ),
    ]

    @Test("they are linted in time", .timeLimit(.minutes(2)), arguments: files.indices)
    func lint(index: Int) {
        let source = SourceFile(name: Self.files[index].0, text: Self.files[index].1)
        let findings = Linter.lint(LintFile(parsing: source, settings: OwnRuleCase.settings))
        #expect(findings.count < source.lineStarts.count * 10)
    }

    @Test("a chain of arguments that grows has no value, and one that doesn't has")
    func growth() {
        let text = "ARG A=debian\nARG B=$A:10\nFROM $B\n"
        #expect(OwnRuleCase("SMP2030", "", text).foundLines() == [3])
        let grown = "ARG A=debian\nARG B=\(String(repeating: "$A", count: 400))\nFROM $B\n"
        #expect(OwnRuleCase("SMP2030", "", grown).foundLines() == [])
    }
}
