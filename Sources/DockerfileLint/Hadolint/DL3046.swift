import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3046
enum DL3046: ShellCommandRule {
    static let info = RuleInfo(
        "DL3046", .hadolint, .warning, "useradd with a high UID writes huge login records: add --no-log-init",
        why: """
            useradd writes an entry into /var/log/lastlog and /var/log/faillog at a place that the UID gives. The files are \
            sparse, but archives of layers aren't: a UID in the millions makes a layer of gigabytes.
            """,
        bad: .init("FROM debian:12\nRUN useradd -u 123456 app\n"),
        good: .init("FROM debian:12\nRUN useradd --no-log-init -u 123456 app\n"), fixing: .safe)

    static let fixTitle = "add --no-log-init"

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("useradd") && !command.hasFlag("l", "no-log-init")
            && command.values(ofFlags: "u").contains { $0.text.unicodeScalars.count > 5 }
    }

    static func edits(
        _ command: ShellCommand, _ script: LintScript, in statement: LintStatement
    ) -> [TextEdit]? {
        command.programWord.flatMap { script.insertion(of: "--no-log-init", behind: $0) }.map { [$0] }
    }
}
