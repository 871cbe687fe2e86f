import Core
import DockerfileSyntax

enum DuplicateStageName: LintRule {
    static let info = RuleInfo(
        check: "DuplicateStageName", page: "duplicate-stage-name", "Stage names should be unique",
        why: """
            Where two stages have one name, what takes files from that name gets the one that comes last: not always the \
            one that was meant. Names mean the same in every case of letters.
            """,
        bad: .init("FROM golang:1.24 AS build\nFROM node:24 AS build\n"),
        good: .init("FROM golang:1.24 AS server\nFROM node:24 AS pages\n"), equivalents: ["DL3024"])

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard file.stages.count > 1 else { return }
        var seen: Set<String> = []
        for stage in file.stages {
            guard let name = stage.name, let word = stage.from.name, !seen.insert(name).inserted else { continue }
            report.add(
                word.range, in: file.statements[stage.statements.lowerBound],
                "Duplicate stage name \"\(name)\", stage names should be unique")
        }
    }
}
