import Core
import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3022
enum DL3022: LintRule {
    static let info = RuleInfo(
        "DL3022", .hadolint, .warning, "`COPY --from` should reference a previously defined `FROM` alias",
        why: """
            A name that no stage before has is taken for an image and pulled from a registry: a typing error, or a \
            stage that comes later, brings in somebody else's files. Name a stage with AS before it is used; write an \
            image with its tag.
            """,
        bad: .init("FROM golang:1.23 AS build\nFROM scratch\nCOPY --from=biuld /app /app\n"),
        good: .init("FROM golang:1.23 AS build\nFROM scratch\nCOPY --from=build /app /app\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var names: Set<Substring> = []
        var stages = 0
        for statement in file.statements {
            if let from = statement.from {
                stages += 1
                if let name = from.name { names.insert(name.text[...]) }
            } else if statement.isPlain(.copy), let flag = statement.flag("from"), let value = flag.value,
                let from = flag.rawValue(in: file), !from.isEmpty
            {
                if from.utf8.contains(UInt8(ascii: ":")) || names.contains(from[...]) { continue }
                if let index = index(from), index < stages { continue }
                report.add(value.range, in: statement)
            }
        }
    }

    /// The digits that a name starts with; hadolint takes no notice of what follows them.
    private static func index(_ text: String) -> Int? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        return digits.reduce(0) { ($0 &* 10 &+ Int($1 - 0x30)) }
    }
}
