import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3063
enum DL3063: LintRule {
    static let info = RuleInfo(
        "DL3063", .hadolint, .warning, "stage name should not be a reserved word",
        why: """
            `scratch` is the empty image and `context` the build context. A stage of that name can't be told from them: \
            new builders refuse it.
            """,
        bad: .init("FROM debian:12 AS context\n"), good: .init("FROM debian:12 AS sources\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages {
            guard let name = stage.from.name, name.text == "scratch" || name.text == "context" else { continue }
            report.add(name.range, in: file.statements[stage.statements.lowerBound])
        }
    }
}
