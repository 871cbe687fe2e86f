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

extension LintFile {
    /// Takes an instruction's lines out of the file. Comments before it stay.
    func removal(of statement: LintStatement) -> TextEdit {
        let lines = source.lineStarts
        let start = lines[source.line(at: statement.outer.range.start)]
        let last = source.line(at: statement.outer.range.end)
        let end = last + 1 < lines.count ? lines[last + 1] : source.bytes.count
        return .delete(SourceRange(start, end))
    }

    /// Writes a keyword in the place of another one, in small letters if that was.
    func replacement(of keyword: Word, by new: Keyword) -> TextEdit {
        let isSmall = keyword.text.utf8.allSatisfy { $0 >= UInt8(ascii: "a") }
        return TextEdit(keyword.range, isSmall ? new.rawValue.lowercased() : new.rawValue)
    }
}
