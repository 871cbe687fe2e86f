import Core
import DockerfileSyntax

/// Instructions of which only the last of a stage counts.
enum RepeatedInstruction {
    /// Reports every one behind the first of its stage; the fix removes the one before, which nothing sees.
    static func check(_ keyword: Keyword, _ file: LintFile, _ report: inout LintReport) {
        var before: LintStatement?
        for statement in file.statements {
            if statement.isPlain(.from) {
                before = nil
            } else if statement.isPlain(keyword) {
                if let before {
                    let fix = Fix("remove the \(keyword.rawValue) that has no effect", [file.removal(of: before)])
                    report.add(statement.outer.range, in: statement, fix: fix)
                }
                before = statement
            }
        }
    }
}
