import Core
import DockerfileSyntax
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL4006
enum DL4006: LintRule {
    static let info = RuleInfo(
        "DL4006", .hadolint, .warning, "A failure in a pipe goes unseen: set pipefail with SHELL before this RUN",
        why: """
            A pipe's status is that of its last program, so the build goes on when a download before the `|` fails. \
            `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` makes any failure count; images with busybox have \
            `/bin/ash`, which takes the option too.
            """,
        bad: .init("FROM debian:12\nRUN wget -qO- https://example.org/list | wc -l > /count\n"),
        good: .init(
            """
            FROM debian:12
            SHELL ["/bin/bash", "-o", "pipefail", "-c"]
            RUN wget -qO- https://example.org/list | wc -l > /count

            """),
        fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var isCovered = false
        var isFixed = false
        for statement in file.statements where !statement.isTrigger {
            switch statement.keyword {
            case .from: (isCovered, isFixed) = (false, false)
            case .shell: (isCovered, isFixed) = (covers(statement.instruction), false)
            case .run:
                guard !isCovered, let script = statement.anyScript,
                    let pipe = script.shell.pipes.first
                else { continue }
                // One SHELL is enough for those that follow.
                let fix = isFixed ? nil : fix(file, statement)
                isFixed = isFixed || fix != nil
                report.add(script.range(pipe..<(pipe + 1)), in: statement, fix: fix)
            default: continue
            }
        }
    }

    /// The shell stops at failures in pipes, or isn't one that could.
    private static func covers(_ shell: Instruction) -> Bool {
        let text = shell.isJSON ? shell.arguments.map(\.text).joined(separator: " ") : shell.argumentsText.text
        if foreign.contains(where: { text.hasPrefix($0) }) { return true }
        guard let command = ShellScript.parse(text).commands.first, let program = command.programWord?.text else {
            return false
        }
        return capable.contains(program) && command.hasFlag("o") && command.hasArgument("pipefail")
    }

    private static let foreign = ["pwsh", "powershell", "cmd"]
    private static let capable = ["/bin/bash", "/bin/zsh", "/bin/ash", "bash", "zsh", "ash"]

    private static func fix(_ file: LintFile, _ statement: LintStatement) -> Fix? {
        guard statement.stage != nil, statement.shell == .posix("sh") || statement.shell == .posix("bash"),
            statement.instruction.comments.isEmpty
        else { return nil }
        let shell = file.hasBusybox(statement) ? "/bin/ash" : "/bin/bash"
        let line = "SHELL [\"\(shell)\", \"-o\", \"pipefail\", \"-c\"]\(file.lineEnd(before: statement))"
        return Fix("set pipefail with SHELL", [.insert(line, at: statement.instruction.range.start)], isSafe: false)
    }
}

extension LintFile {
    /// How the line above a statement ends.
    fileprivate func lineEnd(before statement: LintStatement) -> String {
        let start = statement.instruction.range.start
        return start >= 2 && source.bytes[start - 2] == UInt8(ascii: "\r") ? "\r\n" : "\n"
    }
}
