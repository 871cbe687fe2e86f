import Core
import DockerfileSyntax

enum StageNameCasing: LintRule {
    static let info = RuleInfo(
        check: "StageNameCasing", page: "stage-name-casing", "Stage names should be lowercase",
        why: """
            Names of stages mean the same in every case of letters. Written small they are easy to tell from the \
            keywords of the file, and there is one way to write each.
            """,
        bad: .init("FROM golang:1.24 AS Builder\n\nFROM scratch\nCOPY --from=Builder /app /app\n"),
        good: .init("FROM golang:1.24 AS builder\n\nFROM scratch\nCOPY --from=builder /app /app\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages {
            guard let name = stage.from.name, let small = stage.name, name.text != small else { continue }
            var edits = [TextEdit(name.range, small)]
            for word in references(to: small, file) { edits.append(TextEdit(word.range, small)) }
            report.add(
                name.range, in: file.statements[stage.statements.lowerBound],
                "Stage name '\(name.text)' should be lowercase", fix: Fix("write \(small)", edits))
        }
    }

    /// Where other instructions name a stage in other letters.
    private static func references(to name: String, _ file: LintFile) -> [Word] {
        file.statements.compactMap { statement in
            let word: Word? =
                switch statement.command {
                case .from(let from): from.image
                case .copy(let copy): copy.from
                default: nil
                }
            guard let word, word.text != name, word.text.lowercased() == name,
                file.source.text(word.range) == word.text
            else { return nil }
            return word
        }
    }
}
