import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3045
enum DL3045: LintRule {
    static let info = RuleInfo(
        "DL3045", .hadolint, .warning, "`COPY` to a relative destination without `WORKDIR` set.",
        why: """
            Without a WORKDIR the destination is relative to that of the base image: the files land elsewhere when the \
            base changes. Set WORKDIR first, or write the whole path.
            """,
        bad: .init("FROM debian:12\nCOPY app app\n"), good: .init("FROM debian:12\nWORKDIR /srv\nCOPY app app\n"),
        fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        // By the name of the stage, as hadolint does: a stage without one goes by its image's.
        var known: Set<Substring> = []
        var name: Substring = ""
        for statement in file.statements {
            if let from = statement.from {
                if name.isEmpty { known = [] }
                name = from.hadolintName
                if known.contains(from.hadolintImage.name) { known.insert(name) } else { known.remove(name) }
            } else if statement.isPlain(.workdir) {
                known.insert(name)
            } else if statement.isPlain(.copy), !known.contains(name),
                statement.instruction.arguments.count >= 2, let word = statement.instruction.arguments.last
            {
                let path = word.unquoted
                if path.hasPrefix("/") || path.hasPrefix("$") || path.hasDrive { continue }
                report.add(word.range, in: statement, fix: fix(word, file))
            }
        }
    }

    private static func fix(_ word: Word, _ file: LintFile) -> Fix? {
        var start = word.range.start
        guard start < word.range.end else { return nil }
        if file.source.bytes[start] == UInt8(ascii: "\"") || file.source.bytes[start] == UInt8(ascii: "'") {
            start += 1
        }
        let path = word.unquoted
        guard !path.isEmpty, path.utf8.first != UInt8(ascii: "~"), path.utf8.first != UInt8(ascii: "%"),
            !path.utf8.contains(UInt8(ascii: "\\")), !path.hasPrefix("..")
        else { return nil }
        if path.hasPrefix(".") {
            guard path == "." || path.hasPrefix("./") else { return nil }
            let edit =
                path == "."
                ? TextEdit(SourceRange(start, start + 1), "/")
                : TextEdit.delete(SourceRange(start, start + 1))
            return Fix("write the destination from the root", [edit], isSafe: false)
        }
        return Fix("write the destination from the root", [.insert("/", at: start)], isSafe: false)
    }
}
