import Core
import DockerfileSyntax

extension LintFile {
    /// Takes an instruction's lines out of the file, and the pragmas that stand right before it: they would hold for the
    /// next one. Other comments stay.
    func removal(of statement: LintStatement) -> TextEdit {
        let lines = source.lineStarts
        var first = source.line(at: statement.outer.range.start)
        for comment in statement.outer.comments.reversed() {
            guard source.line(at: comment.range.start) == first - 1, case .ignore = Pragma(comment.text) else { break }
            first -= 1
        }
        let last = source.line(at: statement.outer.range.end)
        let end = last + 1 < lines.count ? lines[last + 1] : source.bytes.count
        return .delete(SourceRange(lines[first], end))
    }

    /// The start of the line where an instruction begins, or of the comments right before it, which stay with it.
    func place(before statement: LintStatement) -> Int {
        var first = source.line(at: statement.outer.range.start)
        for comment in statement.outer.comments.reversed() {
            guard source.line(at: comment.range.start) == first - 1 else { break }
            first -= 1
        }
        return source.lineStarts[first]
    }

    /// The start of the line behind an instruction; nil when the file ends with it.
    func place(behind statement: LintStatement) -> Int? {
        let next = source.line(at: statement.outer.range.end) + 1
        return next < source.lineStarts.count ? source.lineStarts[next] : nil
    }

    /// Writes a keyword in the place of another one, in small letters if that was.
    func replacement(of keyword: Word, by new: Keyword) -> TextEdit {
        let isSmall = keyword.text.utf8.allSatisfy { $0 >= UInt8(ascii: "a") }
        return TextEdit(keyword.range, isSmall ? new.rawValue.lowercased() : new.rawValue)
    }

    /// Takes a flag out, with the blanks behind it.
    func removal(of flag: Flag) -> TextEdit {
        var end = flag.range.end
        while end < source.bytes.count, source.bytes[end] == 0x20 || source.bytes[end] == 0x09 { end += 1 }
        return .delete(SourceRange(flag.range.start, end))
    }
}
