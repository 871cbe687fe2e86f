import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL4003
enum DL4003: LintRule {
    static let info = RuleInfo(
        "DL4003", .hadolint, .warning,
        "Multiple `CMD` instructions found. If you list more than one `CMD` then only the last `CMD` will take effect",
        why: """
            Only the last CMD of a stage is kept in the image. The ones before it do nothing but mislead whoever reads the \
            file. To start several programs, use a supervisor or several containers.
            """,
        bad: .init("FROM debian:12\nCMD [\"/setup\"]\nCMD [\"/app\"]\n"),
        good: .init("FROM debian:12\nCMD [\"/app\"]\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        RepeatedInstruction.check(.cmd, file, &report)
    }
}
