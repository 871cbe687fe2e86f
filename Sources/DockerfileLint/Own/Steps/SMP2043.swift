import DockerfileSyntax

/// A CMD that nobody reads.
enum SMP2043: LintRule {
    static let info = RuleInfo(
        "SMP2043", .sampan, .warning, "CMD is ignored: ENTRYPOINT in shell form takes no arguments",
        why: """
            An ENTRYPOINT in shell form is run as `/bin/sh -c TEXT`. What CMD gives, and what people write behind the \
            image's name, goes to that shell and not to the program. Write ENTRYPOINT as a JSON array.
            """,
        bad: .init("FROM debian:12\nENTRYPOINT serve\nCMD [\"--port\", \"80\"]\n"),
        good: .init("FROM debian:12\nENTRYPOINT [\"serve\"]\nCMD [\"--port\", \"80\"]\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for stage in file.stages {
            let statements = file.statements(of: stage)
            guard let entrypoint = statements.last(where: { $0.outer.keyword == .entrypoint }),
                case .entrypoint(let line) = entrypoint.command, case .shell(let word) = line.form,
                !word.text.contains("$@"), !word.text.contains("$0"), !word.text.contains("$*"),
                let cmd = statements.last(where: { $0.outer.keyword == .cmd })
            else { continue }
            report.add(cmd.instruction.range, in: cmd)
        }
    }
}
