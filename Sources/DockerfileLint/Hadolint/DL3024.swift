import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3024
enum DL3024: LintRule {
    static let info = RuleInfo(
        "DL3024", .hadolint, .error, "FROM aliases (stage names) must be unique",
        why: """
            Where two stages have one name, `COPY --from` takes the last one before it, and `--target` the last of all: \
            not always the one that was meant.
            """,
        bad: .init("FROM golang:1.23 AS build\nFROM node:22 AS build\n"),
        good: .init("FROM golang:1.23 AS server\nFROM node:22 AS pages\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard file.stages.count > 1 else { return }
        var names: Set<String> = []
        for stage in file.stages {
            guard let name = stage.from.name, !names.insert(name.text).inserted else { continue }
            report.add(name.range, in: file.statements[stage.statements.lowerBound])
        }
    }
}
