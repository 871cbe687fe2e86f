import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3061
enum DL3061: LintRule {
    static let info = RuleInfo(
        "DL3061", .hadolint, .error,
        "Invalid instruction order. Dockerfile must begin with `FROM`, `ARG` or comment.",
        why: """
            An instruction before the first FROM has no image that it could change: the build fails. Only ARG may stand \
            there.
            """,
        bad: .init("LABEL stage=base\nFROM debian:12\n"), good: .init("ARG VERSION=12\nFROM debian:$VERSION\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            if statement.isPlain(.from) { return }
            if statement.outer.keyword == nil || statement.isPlain(.arg) { continue }
            report.add(statement.outer.keywordWord.range, in: statement)
        }
    }
}
