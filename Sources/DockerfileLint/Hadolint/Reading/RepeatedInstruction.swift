import Core
import DockerfileSyntax

/// Instructions of which only the last of a stage counts.
enum RepeatedInstruction {
    /// Reports every one behind the first of its stage; the fix removes the one before, which nothing sees.
    static func check(_ keyword: Keyword, _ file: LintFile, _ report: inout LintReport) {
        each(keyword, file) { statement, _, fix in report.add(statement.outer.range, in: statement, fix: fix) }
    }

    /// Every one behind the first of its stage, the one before it, which has no effect, and the fix that removes that.
    static func each(
        _ keyword: Keyword, _ file: LintFile, _ body: (_ statement: LintStatement, _ before: LintStatement, Fix) -> Void
    ) {
        var before: LintStatement?
        for statement in file.statements {
            if statement.isPlain(.from) {
                before = nil
            } else if statement.isPlain(keyword) {
                if let before {
                    let title = "remove the \(keyword.rawValue) that has no effect"
                    body(statement, before, Fix(title, [file.removal(of: before)]))
                }
                before = statement
            }
        }
    }
}
