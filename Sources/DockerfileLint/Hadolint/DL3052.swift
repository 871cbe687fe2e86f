import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3052
enum DL3052: LintRule {
    static let info = RuleInfo(
        "DL3052", .hadolint, .warning, "A label of the schema is not a URL",
        why: """
            Links are followed by people and programs: a label that is to be a URL has to be a whole one, with its scheme.
            """,
        bad: .init("FROM debian:12\nLABEL urllabel=\"example.com\"\n", settings: LabelCheck.settings("urllabel", .url)),
        good: .init(
            "FROM debian:12\nLABEL urllabel=\"https://example.com/app\"\n",
            settings: LabelCheck.settings("urllabel", .url)))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        LabelCheck.check(
            .url, file, &report, message: { "Label `\($0)` is not a valid URL." }, isValid: LabelValue.isURL)
    }
}
