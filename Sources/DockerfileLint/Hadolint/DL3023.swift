import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3023
enum DL3023: LintRule {
    static let info = RuleInfo(
        "DL3023", .hadolint, .error, "`COPY --from` cannot reference its own `FROM` alias",
        why: "A stage can't copy from itself: what it would copy is what it is about to make. The build fails.",
        bad: .init("FROM debian:12 AS app\nCOPY --from=app /a /b\n"),
        good: .init("FROM debian:12 AS build\nFROM debian:12 AS app\nCOPY --from=build /a /b\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var name: String?
        for statement in file.statements {
            if let from = statement.from {
                name = from.name?.text
            } else if let name, statement.isPlain(.copy), let flag = statement.flag("from"), let value = flag.value,
                flag.rawValue(in: file) == name
            {
                report.add(value.range, in: statement)
            }
        }
    }
}
