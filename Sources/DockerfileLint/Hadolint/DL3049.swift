import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3049
enum DL3049: LintRule {
    static let info = RuleInfo(
        "DL3049", .hadolint, .info, "A label of the schema is missing",
        why: """
            The configuration's `label-schema` names the labels that an image has to have. A stage from which others \
            only copy needs none.
            """,
        bad: .init("FROM debian:12\n", settings: LabelCheck.settings("maintainer", .text)),
        good: .init(
            "FROM debian:12\nLABEL maintainer=\"ada@example.com\"\n", settings: LabelCheck.settings("maintainer", .text)
        ))

    /// A stage, by its line and by the name that others may use.
    private struct Entry {
        var statement: LintStatement
        var name: String?
    }

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for label in file.settings.labelSchema.keys.sorted() { check(label, file, &report) }
    }

    private static func check(_ label: String, _ file: LintFile, _ report: inout LintReport) {
        var bad: [Entry] = []
        var good: Set<String> = []
        var stage: FromCommand?
        for statement in file.statements {
            if let from = statement.from {
                stage = from
                if good.contains(String(from.hadolintImage.name)) {
                    if let name = from.name { good.insert(name.text) }
                } else {
                    bad.append(Entry(statement: statement, name: from.name?.text))
                }
            } else if let stage, statement.isPlain(.label) {
                guard statement.instruction.pairs.contains(where: { $0.name.unquoted == label }) else { continue }
                let index = statement.stage.map { file.stages[$0].statements.lowerBound }
                bad.removeAll { $0.statement.index == index || $0.name == String(stage.hadolintName) }
                if let name = stage.name { good.insert(name.text) }
            } else if statement.isPlain(.copy), let flag = statement.flag("from") {
                let name = flag.rawValue(in: file)
                bad.removeAll { $0.name != nil && $0.name == name }
            }
        }
        for entry in bad {
            guard case .from(let from) = entry.statement.command else { continue }
            report.add(from.image.range, in: entry.statement, "Label `\(label)` is missing.")
        }
    }
}
