import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3047
enum DL3047: LintRule {
    static let info = RuleInfo(
        "DL3047", .hadolint, .info, "wget fills the build's output with its progress: add --progress=dot:giga",
        why: """
            Without a terminal wget writes a line for every 50 kB. `--progress=dot:giga` writes one for every 32 MB; `-nv` \
            and `-q` write one, or none.
            """,
        bad: .init("FROM debian:12\nRUN wget https://example.org/big.tar.gz\n"),
        good: .init("FROM debian:12\nRUN wget --progress=dot:giga https://example.org/big.tar.gz\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let script = statement.anyScript,
                let first = script.shell.commands.first(where: isBroken), let program = first.programWord
            else { continue }
            report.add(script.range(program.range), in: statement, fix: fix(script, statement, file))
        }
    }

    private static func isBroken(_ command: ShellCommand) -> Bool {
        command.runs("wget") && !command.hasArgument("-nv")
            && !command.hasFlag("progress", "q", "quiet", "no-verbose", "o", "output-file", "a", "append-output")
    }

    /// The wget of busybox knows no `--progress`, and an image may have it without saying so in its name.
    private static func fix(_ script: LintScript, _ statement: LintStatement, _ file: LintFile) -> Fix? {
        let flag = file.hasBusybox(statement) ? "-q" : "--progress=dot:giga"
        var edits: [TextEdit] = []
        for command in script.shell.commands where isBroken(command) {
            guard command.name == "wget", let edit = script.insertion(of: flag, behind: command.words[0]) else {
                return nil
            }
            edits.append(edit)
        }
        return Fix("add \(flag)", edits, isSafe: flag == "-q" || file.startsFrom(imageNamed: withGNU, statement))
    }

    /// Parts of names of images whose wget, if there is one, is the one of GNU.
    private static let withGNU = [
        "debian", "ubuntu", "fedora", "centos", "rocky", "alma", "redhat", "ubi", "suse", "amazonlinux", "bookworm",
        "bullseye", "buster", "trixie", "jammy", "noble", "focal",
    ]
}
