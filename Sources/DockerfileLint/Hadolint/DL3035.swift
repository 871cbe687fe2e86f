import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3035
enum DL3035: LintRule {
    static let info = RuleInfo(
        "DL3035", .hadolint, .warning, "Do not use `zypper dist-upgrade`",
        why: """
            `zypper dup` takes the image to another release of the distribution: nothing of it can be repeated, and \
            what the base image promised no longer holds. Start from the base image of the release you want; \
            `zypper update` keeps to the release.
            """,
        bad: .init("FROM opensuse/leap:15.6\nRUN zypper -n dup && zypper clean\n"),
        good: .init("FROM opensuse/leap:15.6\nRUN zypper -n update && zypper clean\n"), fixing: .unsafe)

    private static let upgrades = ["dist-upgrade", "dup"]

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            let commands = statement.hadolintCommands.filter {
                $0.runs("zypper") && $0.hasArgument(oneOf: upgrades)
            }
            guard let first = commands.first, let script = statement.anyScript else { continue }
            report.add(script.range(first.range), in: statement, fix: fix(of: commands, in: statement))
        }
    }

    /// Only where every command is the upgrade and switches that `update` has too.
    private static func fix(of commands: [ShellCommand], in statement: LintStatement) -> Fix? {
        guard let script = statement.trueScript, script.shell.error == nil else { return nil }
        var edits: [TextEdit] = []
        for command in commands {
            for word in command.arguments {
                if upgrades.contains(word.text) {
                    guard let edit = script.replacement(of: word, by: "update") else { return nil }
                    edits.append(edit)
                } else if !isShared(word.text) {
                    return nil
                }
            }
        }
        return Fix("use `zypper update`", edits, isSafe: false)
    }

    private static func isShared(_ text: String) -> Bool {
        ["-n", "--non-interactive", "-y", "--no-confirm", "-q", "--quiet", "-l", "--no-recommends"].contains(text)
    }
}
