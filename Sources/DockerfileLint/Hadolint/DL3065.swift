import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3065
enum DL3065: LintRule {
    static let info = RuleInfo(
        "DL3065", .hadolint, .warning,
        "Setting `FROM --platform` to predefined `$TARGETPLATFORM` in is redundant as this is the default behavior",
        why: "A stage is of the platform that the build is for unless the file says otherwise. The flag can go.",
        bad: .init("FROM --platform=$TARGETPLATFORM debian:12\n"), good: .init("FROM debian:12\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages where stage.from.platform != nil {
            let statement = file.statements[stage.statements.lowerBound]
            guard let flag = statement.flag("platform"), let raw = flag.rawValue(in: file),
                raw == "$TARGETPLATFORM" || raw == "${TARGETPLATFORM}"
            else { continue }
            report.add(flag.range, in: statement, fix: Fix("remove --platform", [file.removal(of: flag)]))
        }
    }
}
