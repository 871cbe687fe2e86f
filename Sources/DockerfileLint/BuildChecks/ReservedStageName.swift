import Core
import DockerfileSyntax

enum ReservedStageName: LintRule {
    static let info = RuleInfo(
        check: "ReservedStageName", page: "reserved-stage-name", "Reserved words should not be used as stage names",
        why: """
            `scratch` is the empty image and `context` the build context. A stage of that name hides them, or can't be \
            reached itself.
            """,
        bad: .init("FROM debian:12 AS scratch\n"), good: .init("FROM debian:12 AS base\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages {
            guard let name = stage.name, name == "scratch" || name == "context", let word = stage.from.name else {
                continue
            }
            report.add(
                word.range, in: file.statements[stage.statements.lowerBound],
                "Stage name should not use the same name as reserved stage \"\(name)\"")
        }
    }
}
