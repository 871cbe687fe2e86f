import Core
import DockerfileSyntax

enum MaintainerDeprecated: LintRule {
    static let info = RuleInfo(
        check: "MaintainerDeprecated", page: "maintainer-deprecated",
        "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
        why: """
            The label `org.opencontainers.image.authors` says the same, can be read by every tool that reads labels, and \
            can be set again by whoever builds upon the image.
            """,
        bad: .init("FROM debian:12\nMAINTAINER Ada <ada@example.com>\n"),
        good: .init("FROM debian:12\nLABEL org.opencontainers.image.authors=\"Ada <ada@example.com>\"\n"),
        fixing: .safe, equivalents: ["DL4000"])

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.maintainer) {
            report.add(
                statement.outer.range, in: statement, "Maintainer instruction is deprecated in favor of using label",
                fix: fix(statement, file))
        }
    }

    private static func fix(_ statement: LintStatement, _ file: LintFile) -> Fix? {
        guard let word = statement.instruction.arguments.first, file.source.text(word.range) == word.text else {
            return nil
        }
        // Quotes around the whole are a part of the name that the image gets today.
        let escape = Character(UnicodeScalar(file.dockerfile.escape))
        var value = ""
        for character in word.text {
            if character == "\"" || character == "$" || character == escape { value.append(escape) }
            value.append(character)
        }
        return Fix(
            "write a label",
            [
                file.replacement(of: statement.instruction.keywordWord, by: .label),
                TextEdit(word.range, "org.opencontainers.image.authors=\"\(value)\""),
            ], isSafe: !word.text.hasPrefix("\""))
    }
}
