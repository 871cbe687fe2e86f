import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3027
enum DL3027: ShellCommandRule {
    static let info = RuleInfo(
        "DL3027", .hadolint, .warning, "apt is made for terminals: use apt-get or apt-cache",
        why: """
            `apt` says itself that its command line may change from one version to the next. `apt-get` and `apt-cache` do \
            the same and stay as they are.
            """,
        bad: .init("FROM debian:12\nRUN apt install -y curl=7.88.1\n"),
        good: .init("FROM debian:12\nRUN apt-get install -y curl=7.88.1\n"), fixing: .safe)

    static let fixTitle = "use apt-get or apt-cache"

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool { command.runs("apt") }

    static func place(of command: ShellCommand) -> Range<Int> { command.programWord?.range ?? command.range }

    static func edits(
        _ command: ShellCommand, _ script: LintScript, in statement: LintStatement
    ) -> [TextEdit]? {
        guard let word = command.programWord, let action = command.plainArguments().first(where: { $0.text != "apt" }),
            let program = program(for: action.text)
        else { return nil }
        return script.replacement(of: word, by: program).map { [$0] }
    }

    /// The program that takes the same action by the same name.
    private static func program(for action: String) -> String? {
        switch action {
        case "install", "reinstall", "update", "upgrade", "remove", "purge", "autoremove", "autopurge", "clean",
            "autoclean",
            "download", "source", "build-dep", "satisfy":
            "apt-get"
        case "search", "show", "depends", "rdepends", "policy", "showsrc": "apt-cache"
        default: nil
        }
    }
}
