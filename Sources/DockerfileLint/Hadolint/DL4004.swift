import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL4004
enum DL4004: LintRule {
    static let info = RuleInfo(
        "DL4004", .hadolint, .error,
        "Multiple `ENTRYPOINT` instructions found. If you list more than one `ENTRYPOINT` then only the last `ENTRYPOINT` will take effect",
        why: """
            Only the last ENTRYPOINT of a stage is kept in the image. The ones before it do nothing but mislead whoever reads \
            the file.
            """,
        bad: .init("FROM debian:12\nENTRYPOINT [\"/setup\"]\nENTRYPOINT [\"/app\"]\n"),
        good: .init("FROM debian:12\nENTRYPOINT [\"/app\"]\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        RepeatedInstruction.check(.entrypoint, file, &report)
    }
}
