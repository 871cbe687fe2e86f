import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3015
enum DL3015: ShellCommandRule {
    static let info = RuleInfo(
        "DL3015", .hadolint, .info, "apt-get install takes recommended packages too: add --no-install-recommends",
        why: """
            apt-get installs what packages recommend along with what they need: often documentation, editors and mail \
            servers. `--no-install-recommends` leaves them out. What is missed afterwards is named by itself, which also \
            says in the Dockerfile why it is there.
            """,
        bad: .init("FROM debian:12\nRUN apt-get install -y curl=7.88.1\n"),
        good: .init("FROM debian:12\nRUN apt-get install -y --no-install-recommends curl=7.88.1\n"), fixing: .unsafe)

    static let fixTitle = "add --no-install-recommends"

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("apt-get") && command.hasArgument("install")
            && !command.hasFlag("no-install-recommends") && !command.hasArgument("APT::Install-Recommends=false")
    }

    static func place(of command: ShellCommand) -> Range<Int> { command.head(to: "install") }

    static func edits(
        _ command: ShellCommand, _ script: LintScript, in statement: LintStatement
    ) -> [TextEdit]? {
        guard let install = command.arguments.first(where: { $0.text == "install" }) else { return nil }
        return script.insertion(of: "--no-install-recommends", behind: install).map { [$0] }
    }
}
