import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3047
enum DL3047: ShellCommandRule {
    static let info = RuleInfo(
        "DL3047", .hadolint, .info, "wget fills the build's output with its progress: add --progress=dot:giga",
        why: """
            Without a terminal wget writes a line for every 50 kB. `--progress=dot:giga` writes one for every 32 MB; `-nv` \
            and `-q` write one, or none.
            """,
        bad: .init("FROM debian:12\nRUN wget https://example.org/big.tar.gz\n"),
        good: .init("FROM debian:12\nRUN wget --progress=dot:giga https://example.org/big.tar.gz\n"), fixing: .safe)

    static let fixTitle = "add --progress=dot:giga"

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("wget") && !command.hasArgument("-nv")
            && !command.hasFlag(
                "progress", "q", "quiet", "no-verbose", "o", "output-file", "a", "append-output")
    }

    static func place(of command: ShellCommand) -> Range<Int> { command.programWord?.range ?? command.range }

    /// The wget of busybox has no such option.
    static func edits(
        _ command: ShellCommand, _ script: LintScript, in statement: LintStatement
    ) -> [TextEdit]? {
        guard command.name == "wget" else { return nil }
        return script.insertion(of: "--progress=dot:giga", behind: command.words[0]).map { [$0] }
    }
}
