import Core
import DockerfileSyntax

enum FromAsCasing: LintRule {
    static let info = RuleInfo(
        check: "FromAsCasing", page: "from-as-casing", "The 'as' keyword should match the case of the 'from' keyword",
        why: "FROM and AS are the two halves of one instruction: written alike they are read as such.",
        bad: .init("FROM golang:1.24 as build\n"), good: .init("FROM golang:1.24 AS build\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.from) && statement.instruction.arguments.count > 2 {
            let from = statement.instruction.keywordWord
            let word = statement.instruction.arguments[1]
            let wanted: String
            switch LetterCase(from.text) {
            case .small: wanted = word.text.lowercased()
            case .capital: wanted = word.text.uppercased()
            case .mixed: continue
            }
            guard word.text != wanted else { continue }
            report.add(
                word.range, in: statement, "'\(word.text)' and '\(from.text)' keywords' casing do not match",
                fix: Fix("write \(wanted)", [TextEdit(word.range, wanted)]))
        }
    }
}
