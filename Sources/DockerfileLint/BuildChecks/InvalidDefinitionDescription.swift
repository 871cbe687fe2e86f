import Core
import DockerfileSyntax

enum InvalidDefinitionDescription: LintRule {
    static let info = RuleInfo(
        check: "InvalidDefinitionDescription", page: "invalid-definition-description",
        """
        Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not \
        intended to be a description comment, add an empty line or comment between the instruction and the comment
        """,
        why: """
            Tools that list the stages and arguments of a file show the comment right above them if it begins with the \
            name. A comment of another kind wants a blank line behind it.
            """,
        bad: .init("# Compiles everything\nFROM golang:1.24 AS build\n"),
        good: .init("# build compiles everything\nFROM golang:1.24 AS build\n"), fixing: .safe, isExperimental: true)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where !statement.isTrigger {
            let names: [String]
            switch statement.command {
            case .from(let from): names = from.name.map { [$0.text.lowercased()] } ?? []
            case .arg(let entries): names = entries.map(\.name.text)
            default: continue
            }
            guard let first = names.first, let comment = statement.outer.comments.last,
                touches(comment, statement, file), !isDirective(comment)
            else { continue }
            let word = comment.text.prefix { $0 != " " }
            if names.contains(String(word)) || (statement.keyword == .from && first == word.lowercased()) { continue }
            let line = file.source.lineStarts[file.source.line(at: statement.outer.range.start)]
            report.add(
                comment.range, in: statement,
                "Comment for \(statement.instruction.keywordWord.text) should follow the format: "
                    + "`# \(names.count > 1 ? "<arg_key>" : first) <description>`",
                fix: Fix("put a blank line behind the comment", [.insert(file.lineEnd, at: line)]))
        }
    }

    /// The comment stands on the line before the instruction.
    private static func touches(_ comment: Comment, _ statement: LintStatement, _ file: LintFile) -> Bool {
        file.source.line(at: comment.range.start) + 1 == file.source.line(at: statement.outer.range.start)
    }

    /// It talks to tools.
    private static func isDirective(_ comment: Comment) -> Bool {
        Pragma(comment.text) != nil || FileChecks.options(in: comment.text) != nil
    }
}

extension LintFile {
    /// How the file's first line ends.
    var lineEnd: String {
        guard source.lineStarts.count > 1 else { return "\n" }
        let end = source.lineStarts[1]
        return end > 1 && source.bytes[end - 2] == UInt8(ascii: "\r") ? "\r\n" : "\n"
    }
}
