import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3058
enum DL3058: LintRule {
    static let info = RuleInfo(
        "DL3058", .hadolint, .warning, "A label of the schema is not an email address",
        why: """
            A label that is to be an email address has to be one that mail can be sent to, without a name around \
            it.
            """,
        bad: .init("FROM debian:12\nLABEL emaillabel=\"Ada\"\n", settings: LabelCheck.settings("emaillabel", .email)),
        good: .init(
            "FROM debian:12\nLABEL emaillabel=\"ada@example.com\"\n",
            settings: LabelCheck.settings("emaillabel", .email)))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        LabelCheck.check(
            .email, file, &report, message: { "Label `\($0)` is not a valid email format - must conform to RFC5322." },
            isValid: LabelValue.isEmail)
    }
}
