import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3054
enum DL3054: LintRule {
    static let info = RuleInfo(
        "DL3054", .hadolint, .warning, "A label of the schema is not an SPDX identifier",
        why: """
            Licences are compared by programs: a label that is to name one takes its identifier from \
            https://spdx.org/licenses/.
            """,
        bad: .init("FROM debian:12\nLABEL spdxlabel=\"GPL\"\n", settings: LabelCheck.settings("spdxlabel", .spdx)),
        good: .init("FROM debian:12\nLABEL spdxlabel=\"MIT\"\n", settings: LabelCheck.settings("spdxlabel", .spdx)))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        LabelCheck.check(
            .spdx, file, &report, message: { "Label `\($0)` is not a valid SPDX identifier." },
            isValid: LabelValue.isLicense)
    }
}
