import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3050
enum DL3050: LintRule {
    static let info = RuleInfo(
        "DL3050", .hadolint, .info, "Superfluous label(s) present.",
        why: "With `strict-labels` in the configuration only the labels that `label-schema` names are allowed.",
        bad: .init(
            "FROM debian:12\nLABEL colour=blue\n", settings: LabelCheck.settings("maintainer", .text, isStrict: true)),
        good: .init(
            "FROM debian:12\nLABEL maintainer=\"ada@example.com\"\n",
            settings: LabelCheck.settings("maintainer", .text, isStrict: true)))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        guard file.settings.strictLabels else { return }
        let schema = file.settings.labelSchema
        for statement in file.statements where statement.isPlain(.label) {
            let names = statement.instruction.pairs.lazy.map(\.name)
            guard let name = names.first(where: { schema[String($0.unquoted)] == nil }) else { continue }
            report.add(name.range, in: statement)
        }
    }
}
