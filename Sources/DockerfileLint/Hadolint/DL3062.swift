import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3062
enum DL3062: LintRule {
    static let info = RuleInfo(
        "DL3062", .hadolint, .warning, "Package without a version in go install, go get or go run",
        why: """
            Without a version, or with `@latest`, the build takes what was published last. Write `package@v1.2.3`, or a \
            path inside the module, which go.mod pins.
            """,
        bad: .init("FROM golang:1.23\nRUN go install example.org/tool@latest\n"),
        good: .init("FROM golang:1.23\nRUN go install example.org/tool@v1.4.0\n"))

    /// As hadolint has it, `go install` and `go get` don't matter in a RUN that has a `go run` with a package.
    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let script = statement.anyScript else { continue }
            var installed: [ShellWord] = []
            var run: [ShellWord] = []
            for command in statement.hadolintCommands where command.runs("go") {
                if command.hasArgument(oneOf: ["install", "get"]) {
                    installed += command.plainArguments().filter { $0.text != "install" && $0.text != "get" }
                }
                // Behind the first word of `go run` stand arguments of the program.
                if command.hasArgument("run") {
                    run += command.plainArguments().prefix(2).filter { $0.text != "run" }
                }
            }
            if let word = (run.isEmpty ? installed : run).first(where: { !isPinned($0.text) }) {
                report.add(script.range(word.range), in: statement)
            }
        }
    }

    private static func isPinned(_ package: String) -> Bool {
        if package.hasPrefix(".") || package.hasPrefix("/") { return true }
        return package.utf8.contains(UInt8(ascii: "@")) && !package.hasSuffix("@latest") && !package.hasSuffix("@none")
    }
}
