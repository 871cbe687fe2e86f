import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3019
enum DL3019: ShellCommandRule {
    static let info = RuleInfo(
        "DL3019", .hadolint, .info, "apk add keeps its index in the layer: add --no-cache",
        why: """
            `apk add` reads the index that `apk update` or `--update` leaves in /var/cache/apk, and it stays in the \
            layer. `--no-cache` fetches the index for this one command and keeps nothing.
            """,
        bad: .init("FROM alpine:3.20\nRUN apk add curl~=8.9\n"),
        good: .init("FROM alpine:3.20\nRUN apk add --no-cache curl~=8.9\n"), fixing: .safe)

    static let fixTitle = "add --no-cache"

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("apk") && command.hasArgument("add") && !command.hasFlag("no-cache")
            && !statement.keepsOut("/var/cache/apk")
    }

    static func place(of command: ShellCommand) -> Range<Int> { command.head(to: "add") }

    static func edits(
        _ command: ShellCommand, _ script: LintScript, in statement: LintStatement
    ) -> [TextEdit]? {
        guard let add = command.arguments.first(where: { $0.text == "add" }) else { return nil }
        return script.insertion(of: "--no-cache", behind: add).map { [$0] }
    }
}
