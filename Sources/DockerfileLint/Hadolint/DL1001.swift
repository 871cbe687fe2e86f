import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL1001
enum DL1001: LintRule {
    static let info = RuleInfo(
        "DL1001", .hadolint, .ignore, "Please refrain from using inline ignore pragmas `# hadolint ignore=DLxxxx`.",
        why: """
            Where a team agrees on exceptions in its configuration, a comment that turns rules off hides one more. Off \
            unless turned on.
            """,
        bad: .init("# hadolint ignore=DL3006\nFROM debian\n"), good: .init("FROM debian:12\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for (_, comment, pragma) in file.pragmas {
            if case .ignore = pragma { report.add(comment.range, in: nil) }
        }
    }
}
