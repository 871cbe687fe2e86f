import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3044
enum DL3044: LintRule {
    static let info = RuleInfo(
        "DL3044", .hadolint, .error,
        "Do not refer to an environment variable within the same `ENV` statement where it is defined.",
        why: """
            All values of one ENV are read before any of them is set: the reference gives what the variable was before, \
            mostly nothing. Set the variable in an ENV of its own, before the one that uses it.
            """,
        bad: .init("FROM debian:12\nENV HOME_DIR=/srv DATA_DIR=$HOME_DIR/data\n"),
        good: .init("FROM debian:12\nENV HOME_DIR=/srv\nENV DATA_DIR=$HOME_DIR/data\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var known: Set<Substring> = []
        for statement in file.statements {
            if statement.isPlain(.arg) {
                if let name = statement.instruction.arguments.first?.text.prefix(while: { $0 != "=" }) {
                    known.insert(name)
                }
            } else if statement.isPlain(.env) {
                let pairs = statement.instruction.pairs
                if pairs.count > 1, let place = reference(pairs, known) {
                    report.add(
                        pairs[place.user].value.range, in: statement,
                        fix: place.setter < place.user ? fix(statement, place.user, file) : nil)
                }
                for pair in pairs { known.insert(pair.name.unquoted) }
            }
        }
    }

    /// The first pair whose value names a variable that another pair sets, and that pair.
    private static func reference(_ pairs: [Pair], _ known: Set<Substring>) -> (user: Int, setter: Int)? {
        for user in pairs.indices where pairs[user].value.text.utf8.contains(UInt8(ascii: "$")) {
            let setter = pairs.indices.first { setter in
                let name = pairs[setter].name.unquoted
                return setter != user && !known.contains(name) && mentions(pairs[user].value.text, name)
            }
            if let setter { return (user, setter) }
        }
        return nil
    }

    /// `${name}`, or `$name` without a byte behind it that could go on with the name.
    private static func mentions(_ value: String, _ name: Substring) -> Bool {
        guard !name.isEmpty else { return false }
        let value = Array(value.utf8)
        let name = Array(name.utf8)
        for index in value.indices where value[index] == UInt8(ascii: "$") {
            let braced = index + 1 < value.count && value[index + 1] == UInt8(ascii: "{")
            let start = index + (braced ? 2 : 1)
            let end = start + name.count
            guard end <= value.count, value[start..<end].elementsEqual(name) else { continue }
            if braced ? (end < value.count && value[end] == UInt8(ascii: "}")) : !goesOn(value, end) { return true }
        }
        return false
    }

    private static func goesOn(_ value: [UInt8], _ index: Int) -> Bool {
        guard index < value.count else { return false }
        switch value[index] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): return true
        default: return false
        }
    }

    /// A new ENV from the pair on that refers to one before it.
    private static func fix(_ statement: LintStatement, _ place: Int, _ file: LintFile) -> Fix? {
        let pairs = statement.instruction.pairs
        let gap = SourceRange(pairs[place - 1].value.range.end, pairs[place].name.range.start)
        let escape = file.dockerfile.escape
        guard
            file.source.bytes[gap.start..<gap.end].allSatisfy({
                $0 == 0x20 || (0x09...0x0D).contains($0) || $0 == escape
            })
        else { return nil }
        let keyword = statement.instruction.keywordWord.text
        return Fix(
            "set the variable in an ENV of its own", [TextEdit(gap, file.lineEnd + keyword + " ")],
            isSafe: false)
    }
}
