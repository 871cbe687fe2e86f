import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3051
enum DL3051: LintRule {
    static let info = RuleInfo(
        "DL3051", .hadolint, .warning, "A label of the schema is empty",
        why: "A label that the configuration asks for says nothing when it is empty.",
        bad: .init("FROM debian:12\nLABEL maintainer=\"\"\n", settings: LabelCheck.settings("maintainer", .text)),
        good: .init(
            "FROM debian:12\nLABEL maintainer=\"ada@example.com\"\n", settings: LabelCheck.settings("maintainer", .text)
        ))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        LabelCheck.check(nil, file, &report, message: { "label `\($0)` is empty." }) { !$0.isEmpty }
    }
}
