import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3034
enum DL3034: LintRule {
    static let info = RuleInfo(
        "DL3034", .hadolint, .warning, "Non-interactive switch missing from `zypper` command: `zypper install -y`",
        why: """
            zypper asks before it changes anything, and nobody is there to answer while an image is built: the build \
            fails. `zypper -n` takes the default answers.
            """,
        bad: .init("FROM opensuse/leap:15.6\nRUN zypper install httpd=2.4.58 && zypper clean\n"),
        good: .init("FROM opensuse/leap:15.6\nRUN zypper -n install httpd=2.4.58 && zypper clean\n"), fixing: .safe)

    private static let asking = ["install", "in", "remove", "rm", "source-install", "si", "patch"]

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            let commands = statement.hadolintCommands.filter {
                $0.runs("zypper") && $0.hasArgument(oneOf: asking)
                    && !$0.hasFlag("n", "non-interactive", "y", "no-confirm")
            }
            statement.reportMissing("-n", from: commands, behind: { $0.programWord }, &report)
        }
    }
}
