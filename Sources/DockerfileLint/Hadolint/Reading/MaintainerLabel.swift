import Core
import DockerfileSyntax

/// MAINTAINER written as the label that took its place.
enum MaintainerLabel {
    static func fix(_ instruction: Instruction, _ file: LintFile) -> Fix? {
        guard let word = instruction.arguments.first, file.source.text(word.range) == word.text else { return nil }
        let isQuoted =
            word.text.utf8.count > 1 && word.text.hasPrefix("\"") && word.text.hasSuffix("\"")
            && !word.text.dropFirst().dropLast().contains { $0 == "\"" || $0 == "\\" || $0 == "`" }
        let escape = Character(UnicodeScalar(file.dockerfile.escape))
        var value = "maintainer=\""
        for character in isQuoted ? word.text.dropFirst().dropLast() : word.text[...] {
            if character == "\"" || character == "$" || character == escape { value.append(escape) }
            value.append(character)
        }
        value += "\""
        return Fix(
            "write a label",
            [file.replacement(of: instruction.keywordWord, by: .label), TextEdit(word.range, value)])
    }
}
