import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3007
enum DL3007: LintRule {
    static let info = RuleInfo(
        "DL3007", .hadolint, .warning,
        "Using latest is prone to errors if the image will ever update. Pin the version explicitly to a release tag",
        why: """
            `latest` is a tag like any other that happens to move: a new major version arrives with the next pull. \
            Name a release, and best its digest too.
            """,
        bad: .init("FROM debian:latest\n"), good: .init("FROM debian:12.7\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages {
            let image = stage.from.hadolintImage
            guard image.tag == "latest", image.digest == nil else { continue }
            report.add(stage.from.image.range, in: file.statements[stage.statements.lowerBound])
        }
    }
}
