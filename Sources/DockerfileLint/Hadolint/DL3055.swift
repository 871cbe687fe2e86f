import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3055
enum DL3055: LintRule {
    static let info = RuleInfo(
        "DL3055", .hadolint, .warning, "A label of the schema is not a git hash",
        why: """
            A label that is to name a commit has its hash, whole (40 digits) or short (7).
            """,
        bad: .init("FROM debian:12\nLABEL hashlabel=\"main\"\n", settings: LabelCheck.settings("hashlabel", .hash)),
        good: .init("FROM debian:12\nLABEL hashlabel=\"2dbfae9\"\n", settings: LabelCheck.settings("hashlabel", .hash)))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        LabelCheck.check(
            .hash, file, &report, message: { "Label `\($0)` is not a valid git hash." }, isValid: LabelValue.isHash)
    }
}
