import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3029
enum DL3029: LintRule {
    static let info = RuleInfo(
        "DL3029", .hadolint, .warning, "Do not use --platform flag with FROM",
        why: """
            A platform written into the file overrides what the build was asked for, so the same file can't make \
            images for several architectures. Leave it to `--platform` of the build; to build across, say \
            `--platform=$BUILDPLATFORM` in the stages that only make files.
            """,
        bad: .init("FROM --platform=linux/amd64 debian:12\n"), good: .init("FROM debian:12\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages {
            guard let platform = stage.from.platform else { continue }
            let text = platform.text
            if text.contains("BUILDPLATFORM") || text.contains("TARGETPLATFORM") { continue }
            let statement = file.statements[stage.statements.lowerBound]
            let edits = statement.flag("platform").map { file.removal(of: $0) }
            report.add(
                platform.range, in: statement,
                fix: edits.map { Fix("leave the platform to the build", [$0], isSafe: false) })
        }
    }
}
