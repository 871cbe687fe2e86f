import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL4000
enum DL4000: LintRule {
    static let info = RuleInfo(
        "DL4000", .hadolint, .error, "MAINTAINER is deprecated",
        why: """
            A label says the same, can be read with every tool that reads labels, and can be set again by whoever builds \
            upon the image.
            """,
        bad: .init("FROM debian:12\nMAINTAINER Ada <ada@example.com>\n"),
        good: .init("FROM debian:12\nLABEL maintainer=\"Ada <ada@example.com>\"\n"), fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.maintainer) {
            report.add(statement.outer.range, in: statement, fix: fix(statement, file))
        }
    }

    private static func fix(_ statement: LintStatement, _ file: LintFile) -> Fix? {
        guard let word = statement.instruction.arguments.first, file.source.text(word.range) == word.text else {
            return nil
        }
        let isQuoted =
            word.text.utf8.count > 1 && word.text.hasPrefix("\"") && word.text.hasSuffix("\"")
            && !word.text.dropFirst().dropLast().contains { $0 == "\"" || $0 == "\\" || $0 == "`" }
        var value = isQuoted ? String(word.text.dropFirst().dropLast()) : word.text
        let escape = Character(UnicodeScalar(file.dockerfile.escape))
        var out = ""
        for character in value {
            if character == "\"" || character == "$" || character == escape { out.append(escape) }
            out.append(character)
        }
        value = "maintainer=\"" + out + "\""
        return Fix(
            "write a label",
            [file.replacement(of: statement.instruction.keywordWord, by: .label), TextEdit(word.range, value)])
    }
}
