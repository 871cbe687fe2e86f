import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL4000
enum DL4000: LintRule {
    static let info = RuleInfo(
        "DL4000", .hadolint, .error, "MAINTAINER is deprecated",
        why: """
            A label says the same, can be read with every tool that reads labels, and can be set again by whoever builds \
            upon the image.
            """,
        bad: .init("FROM debian:12\nMAINTAINER Ada <ada@example.com>\n"),
        good: .init("FROM debian:12\nLABEL maintainer=\"Ada <ada@example.com>\"\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.maintainer) {
            report.add(statement.outer.range, in: statement, fix: MaintainerLabel.fix(statement.instruction, file))
        }
    }
}
