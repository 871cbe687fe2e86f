import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3056
enum DL3056: LintRule {
    static let info = RuleInfo(
        "DL3056", .hadolint, .warning, "A label of the schema is not a semantic version",
        why: """
            Versions are compared by programs: a label that is to be one has to be written as https://semver.org \
            says.
            """,
        bad: .init("FROM debian:12\nLABEL semverlabel=\"v1\"\n", settings: LabelCheck.settings("semverlabel", .semver)),
        good: .init(
            "FROM debian:12\nLABEL semverlabel=\"1.0.0\"\n", settings: LabelCheck.settings("semverlabel", .semver)))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        LabelCheck.check(
            .semver, file, &report, message: { "Label `\($0)` does not conform to semantic versioning." },
            isValid: LabelValue.isVersion)
    }
}
