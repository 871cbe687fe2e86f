import Core
import DockerfileSyntax

enum RedundantTargetPlatform: LintRule {
    static let info = RuleInfo(
        check: "RedundantTargetPlatform", page: "redundant-target-platform",
        "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
        why: "A FROM without a platform takes the one that the build is for, which is what `$TARGETPLATFORM` says.",
        bad: .init("FROM --platform=$TARGETPLATFORM debian:12\n"), good: .init("FROM debian:12\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages {
            guard let platform = stage.from.platform,
                platform.text == "$TARGETPLATFORM" || platform.text == "${TARGETPLATFORM}"
            else { continue }
            let statement = file.statements[stage.statements.lowerBound]
            let edit = statement.flag("platform").map { file.removal(of: $0) }
            report.add(
                platform.range, in: statement,
                "Setting platform to predefined \(platform.text) in FROM is redundant as this is the default behavior",
                fix: edit.map { Fix("leave the platform out", [$0]) })
        }
    }
}
