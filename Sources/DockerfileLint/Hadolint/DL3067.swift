import DockerfileSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3067
enum DL3067: LintRule {
    static let info = RuleInfo(
        "DL3067", .hadolint, .warning, "Do not copy an entire filesystem from another stage",
        why: """
            Copying `/` to `/` takes everything the other stage has, tools and caches included, and writes it over the \
            base image once more. Copy the files that are needed, or start from that stage with FROM.
            """,
        bad: .init("FROM debian:12 AS build\nFROM scratch\nCOPY --from=build / /\n"),
        good: .init("FROM debian:12 AS build\nFROM scratch\nCOPY --from=build /app /app\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.copy) {
            let words = statement.instruction.arguments
            guard words.count >= 2, words.last?.unquoted == "/", statement.flag("from") != nil,
                let source = words.dropLast().first(where: { $0.unquoted == "/" })
            else { continue }
            report.add(source.range, in: statement)
        }
    }
}
