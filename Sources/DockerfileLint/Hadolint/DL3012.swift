import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3012
enum DL3012: LintRule {
    static let info = RuleInfo(
        "DL3012", .hadolint, .error,
        "Multiple `HEALTHCHECK` instructions",
        why: """
            Only the last HEALTHCHECK of a stage is kept in the image. The ones before it do nothing but mislead whoever \
            reads the file.
            """,
        bad: .init("FROM debian:12\nHEALTHCHECK CMD [\"/ready\"]\nHEALTHCHECK CMD [\"/alive\"]\n"),
        good: .init("FROM debian:12\nHEALTHCHECK CMD [\"/alive\"]\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        RepeatedInstruction.check(.healthcheck, file, &report)
    }
}
