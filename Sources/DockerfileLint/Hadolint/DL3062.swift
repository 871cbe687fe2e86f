import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3062
enum DL3062: ShellCommandRule {
    static let info = RuleInfo(
        "DL3062", .hadolint, .warning, "Package without a version in go install, go get or go run",
        why: """
            Without a version, or with `@latest`, the build takes what was published last. Write `package@v1.2.3`, or a \
            path inside the module, which go.mod pins.
            """,
        bad: .init("FROM golang:1.23\nRUN go install example.org/tool@latest\n"),
        good: .init("FROM golang:1.23\nRUN go install example.org/tool@v1.4.0\n"))

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool {
        command.runs("go") && unpinned(command) != nil
    }

    static func place(of command: ShellCommand) -> Range<Int> { unpinned(command)?.range ?? command.range }

    /// Behind the first word of `go run` stand arguments of the program.
    private static func unpinned(_ command: ShellCommand) -> ShellWord? {
        if command.hasArgument(oneOf: ["install", "get"]),
            let word = command.plainArguments().first(where: {
                $0.text != "install" && $0.text != "get" && !isPinned($0.text)
            })
        {
            return word
        }
        guard command.hasArgument("run") else { return nil }
        return command.plainArguments().prefix(2).first { $0.text != "run" && !isPinned($0.text) }
    }

    private static func isPinned(_ package: String) -> Bool {
        if package.hasPrefix(".") || package.hasPrefix("/") { return true }
        return package.utf8.contains(UInt8(ascii: "@")) && !package.hasSuffix("@latest") && !package.hasSuffix("@none")
    }
}
