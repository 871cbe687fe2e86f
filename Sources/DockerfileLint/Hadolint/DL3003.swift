import DockerfileSyntax
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3003
enum DL3003: LintRule {
    static let info = RuleInfo(
        "DL3003", .hadolint, .warning, "Use WORKDIR to switch to a directory",
        why: """
            `cd` holds only until the end of its RUN, so every RUN has to repeat it, and a directory that is missing \
            may go unnoticed. WORKDIR holds for all that follows, makes the directory, and is kept in the image. Where \
            one command alone has to run elsewhere, many programs take the directory as an option (`make -C`, \
            `git -C`, `tar -C`).
            """,
        bad: .init("FROM debian:12\nRUN cd /src && make\n"),
        good: .init("FROM debian:12\nWORKDIR /src\nRUN make\n"))

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.run) {
            guard let script = statement.anyScript,
                let command = statement.hadolintCommands.first(where: { $0.runs("cd") }), let word = command.programWord
            else { continue }
            report.add(script.range(word.range), in: statement)
        }
    }
}
