import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3043
enum DL3043: LintRule {
    static let info = RuleInfo(
        "DL3043", .hadolint, .error,
        "`ONBUILD`, `FROM` or `MAINTAINER` triggered from within `ONBUILD` instruction.",
        why: "A trigger runs inside a stage of another build, where these instructions have no place: the build fails.",
        bad: .init("FROM debian:12\nONBUILD MAINTAINER somebody\n"),
        good: .init("FROM debian:12\nONBUILD LABEL maintainer=somebody\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isTrigger {
            switch statement.keyword {
            case .onbuild, .from: report.add(statement.outer.range, in: statement)
            case .maintainer:
                report.add(
                    statement.outer.range, in: statement, fix: MaintainerLabel.fix(statement.instruction, file))
            default: continue
            }
        }
    }
}
