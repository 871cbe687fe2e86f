import Core
import DockerfileSyntax

enum NoEmptyContinuation: LintRule {
    static let info = RuleInfo(
        check: "NoEmptyContinuation", page: "no-empty-continuation",
        "Empty continuation lines will become errors in a future release",
        why: """
            A blank line behind a `\\` looks like the end of the instruction and isn't: what follows is still a part of \
            it. Builders have announced that they will refuse such lines. A comment may stand there.
            """,
        bad: .init("FROM debian:12\nRUN make && \\\n\n    make install\n"),
        good: .init("FROM debian:12\nRUN make && \\\n    make install\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let first = statement.outer.emptyContinuations.first else { continue }
            let edits = statement.outer.emptyContinuations.compactMap { line(of: $0, file) }
            report.add(
                first, in: statement, "Empty continuation line",
                fix: edits.isEmpty ? nil : Fix("remove the blank lines", edits.map(TextEdit.delete)))
        }
    }

    /// The whole line with its end; nil for the last of the file.
    private static func line(of range: SourceRange, _ file: LintFile) -> SourceRange? {
        let starts = file.source.lineStarts
        let line = file.source.line(at: range.start)
        guard line + 1 < starts.count else { return nil }
        return SourceRange(starts[line], starts[line + 1])
    }
}
