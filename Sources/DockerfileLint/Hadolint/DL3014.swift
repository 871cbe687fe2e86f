import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3014
enum DL3014: ShellCommandRule {
    static let info = RuleInfo(
        "DL3014", .hadolint, .warning, "apt-get install asks for confirmation: add -y",
        why: "Nobody can answer a question in a build, so apt-get gives up and the build fails. `-y` says yes to all.",
        bad: .init("FROM debian:12\nRUN apt-get install curl=7.88.1\n"),
        good: .init("FROM debian:12\nRUN apt-get install -y curl=7.88.1\n"), fixing: .safe)

    static let fixTitle = "add -y"

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("apt-get") && command.hasArgument("install") && !answers(command)
    }

    static func place(of command: ShellCommand) -> Range<Int> { command.head(to: "install") }

    private static func answers(_ command: ShellCommand) -> Bool {
        command.hasFlag("y", "yes", "assume-yes") || command.count(ofFlag: "q") == 2
            || command.count(ofFlag: "quiet") == 2 || command.hasArgument("-q=2")
    }

    static func edits(
        _ command: ShellCommand, _ script: LintScript, in statement: LintStatement
    ) -> [TextEdit]? {
        guard let install = command.arguments.first(where: { $0.text == "install" }) else { return nil }
        return script.insertion(of: "-y", behind: install).map { [$0] }
    }
}
