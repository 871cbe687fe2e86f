import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3018
enum DL3018: ShellCommandRule {
    static let info = RuleInfo(
        "DL3018", .hadolint, .warning, "Package without a version in apk add",
        why: """
            Without a version the same Dockerfile gives another image when the repository has moved on. Write \
            `package=version`, or `package~=version` for any revision of it; `apk policy package` tells which there are.
            """,
        bad: .init("FROM alpine:3.20\nRUN apk add --no-cache curl\n"),
        good: .init("FROM alpine:3.20\nRUN apk add --no-cache curl~=8.9\n"))

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("apk") && unpinned(command) != nil
    }

    static func place(of command: ShellCommand) -> Range<Int> { unpinned(command)?.range ?? command.range }

    private static func unpinned(_ command: ShellCommand) -> ShellWord? {
        guard command.hasArgument("add") else { return nil }
        return command.plainArguments(withoutValuesOf: ["t", "virtual", "repository", "X"]).first { word in
            word.text != "add" && !word.text.hasSuffix(".apk") && !word.text.utf8.contains(where: isVersionSign)
        }
    }

    private static func isVersionSign(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "=") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "~")
    }
}
