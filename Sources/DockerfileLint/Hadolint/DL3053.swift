import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3053
enum DL3053: LintRule {
    static let info = RuleInfo(
        "DL3053", .hadolint, .warning, "A label of the schema is not a time of RFC 3339",
        why: """
            Times are compared by programs: a label that is to be a time has to be written as RFC 3339 says.
            """,
        bad: .init(
            "FROM debian:12\nLABEL rfc3339label=\"yesterday\"\n",
            settings: LabelCheck.settings("rfc3339label", .rfc3339)),
        good: .init(
            "FROM debian:12\nLABEL rfc3339label=\"2024-05-01T10:00:00Z\"\n",
            settings: LabelCheck.settings("rfc3339label", .rfc3339)))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        LabelCheck.check(
            .rfc3339, file, &report, message: { "Label `\($0)` is not a valid time format - must conform to RFC3339." },
            isValid: LabelValue.isTime)
    }
}
