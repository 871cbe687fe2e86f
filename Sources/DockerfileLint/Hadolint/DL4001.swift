import Core
import DockerfileSyntax
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL4001
enum DL4001: LintRule {
    static let info = RuleInfo(
        "DL4001", .hadolint, .warning, "Both curl and wget are used: one of them is enough",
        why: """
            Either fetches everything that the other does. Using one keeps the other, and the libraries that it needs, \
            out of the image.
            """,
        bad: .init(
            "FROM debian:12\nRUN wget -q https://example.org/a\nENV A=b\nRUN curl -fsSLO https://example.org/b\n"),
        good: .init("FROM debian:12\nRUN curl -fsSLO https://example.org/a && curl -fsSLO https://example.org/b\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        var here = Seen()
        var triggers = Seen()
        for statement in file.statements {
            if statement.keyword == .from, !statement.isTrigger { here = Seen() }
            guard let script = statement.anyScript else { continue }
            var place: ShellCommand?
            var seen = statement.isTrigger ? triggers : here
            for command in script.shell.commands {
                if command.runs("curl") {
                    seen.curl = true
                } else if command.runs("wget") {
                    seen.wget = true
                } else {
                    continue
                }
                if place == nil || seen.curl && seen.wget { place = command }
                if seen.curl && seen.wget { break }
            }
            if statement.isTrigger { triggers = seen } else { here = seen }
            guard let place, seen.curl, seen.wget else { continue }
            report.add(script.range(place.programWord?.range ?? place.range), in: statement)
        }
    }

    private struct Seen {
        var curl = false
        var wget = false
    }
}
