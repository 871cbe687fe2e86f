import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3008
enum DL3008: ShellCommandRule {
    static let info = RuleInfo(
        "DL3008", .hadolint, .warning, "Package without a version in apt-get install",
        why: """
            Without a version the same Dockerfile gives another image when the archive has moved on, and a cached layer \
            keeps old packages. Write `package=version`; `apt-cache policy package` in the base image tells which there \
            are.
            """,
        bad: .init("FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n"),
        good: .init(
            "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10+deb12u12\n"
        ))

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("apt-get") && unpinned(command) != nil
    }

    static func place(of command: ShellCommand) -> Range<Int> { unpinned(command)?.range ?? command.range }

    private static func unpinned(_ command: ShellCommand) -> ShellWord? {
        guard command.hasArgument("install") else { return nil }
        return command.plainArguments(withoutValuesOf: ["t", "target-release"]).first { word in
            let text = word.text
            return text != "install" && !text.utf8.contains(UInt8(ascii: "=")) && !text.utf8.contains(UInt8(ascii: "/"))
                && !text.hasSuffix(".deb")
        }
    }
}
