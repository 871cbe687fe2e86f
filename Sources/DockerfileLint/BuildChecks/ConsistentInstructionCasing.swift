import Core
import DockerfileSyntax

enum ConsistentInstructionCasing: LintRule {
    static let info = RuleInfo(
        check: "ConsistentInstructionCasing", page: "consistent-instruction-casing",
        "All commands within the Dockerfile should use the same casing (either upper or lower)",
        why: """
            Instructions may be written in any case of letters. One case throughout keeps them apart from their \
            arguments at a glance; capital letters are the custom.
            """,
        bad: .init("FROM debian:12\nRUN make\ncopy app /app\n"),
        good: .init("FROM debian:12\nRUN make\nCOPY app /app\n"),
        fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var small = 0
        var capital = 0
        // What stands before the first FROM doesn't count, as in BuildKit.
        for statement in file.statements where statement.stage != nil && statement.outer.keyword != nil {
            switch LetterCase(statement.outer.keywordWord.text) {
            case .small: small += 1
            case .capital: capital += 1
            case .mixed: continue
            }
        }
        let wantsSmall = small > capital
        for statement in file.statements where statement.stage != nil && statement.outer.keyword != nil {
            let word = statement.outer.keywordWord
            let letters = LetterCase(word.text)
            if wantsSmall ? letters == .small : letters == .capital { continue }
            let wanted = wantsSmall ? word.text.lowercased() : word.text.uppercased()
            report.add(
                word.range, in: statement,
                "Command '\(word.text)' should match the case of the command majority "
                    + "(\(wantsSmall ? "lowercase" : "uppercase"))",
                fix: Fix("write \(wanted)", [TextEdit(word.range, wanted)]))
        }
    }
}
