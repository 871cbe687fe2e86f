import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3048
enum DL3048: LintRule {
    static let info = RuleInfo(
        "DL3048", .hadolint, .style, "Invalid label key.",
        why: """
            A label's key begins with a small letter, ends with a letter or digit, and has only small letters, digits \
            and single `.`, `-`, `_` or `/` between. `com.docker.`, `io.docker.` and `org.dockerproject.` belong to \
            Docker.
            """,
        bad: .init("FROM debian:12\nLABEL Version=1.0\n"),
        good: .init("FROM debian:12\nLABEL com.example.version=1.0\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.label) {
            let names = statement.instruction.pairs.lazy.map(\.name)
            guard let name = names.first(where: { !isValid($0.unquoted) }) else { continue }
            report.add(name.range, in: statement, fix: fix(statement.instruction.pairs))
        }
    }

    private static func isValid(_ key: Substring) -> Bool {
        guard let first = key.utf8.first, let last = key.utf8.last, (0x61...0x7A).contains(first),
            (0x61...0x7A).contains(last) || (0x30...0x39).contains(last)
        else { return false }
        var before: UInt8 = 0
        for byte in key.utf8 {
            switch byte {
            case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "_"), UInt8(ascii: "/"): break
            case UInt8(ascii: "."), UInt8(ascii: "-"): if byte == before { return false }
            default: return false
            }
            before = byte
        }
        return !key.hasPrefix("com.docker.") && !key.hasPrefix("io.docker.") && !key.hasPrefix("org.dockerproject.")
    }

    /// Small letters, where that is all that is wrong.
    private static func fix(_ pairs: [Pair]) -> Fix? {
        var edits: [TextEdit] = []
        for name in pairs.map(\.name) where !isValid(name.unquoted) {
            let small = name.text.lowercased()
            guard !name.text.utf8.contains(UInt8(ascii: "$")), isValid(Word(small, name.range).unquoted) else {
                return nil
            }
            edits.append(TextEdit(name.range, small))
        }
        return Fix("write the key in small letters", edits, isSafe: false)
    }
}
