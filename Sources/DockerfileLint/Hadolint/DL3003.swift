import Core
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
        good: .init("FROM debian:12\nWORKDIR /src\nRUN make\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements where statement.isPlain(.run) {
            guard let script = statement.anyScript,
                let command = statement.hadolintCommands.first(where: { $0.runs("cd") }), let word = command.programWord
            else { continue }
            report.add(script.range(word.range), in: statement, fix: fix(statement, script, file))
        }
    }

    /// `cd /there && rest` at the start of a script becomes a WORKDIR before it, which then holds for what follows too.
    private static func fix(_ statement: LintStatement, _ script: LintScript, _ file: LintFile) -> Fix? {
        guard statement.trueScript != nil, case .line = script.place, script.shell.commands.count > 1,
            script.shell.error == nil
        else { return nil }
        let command = script.shell.commands[0]
        let next = script.shell.commands[1]
        guard command.name == "cd", command.words.count == 2, command.assignments.isEmpty,
            command.redirections.isEmpty, command.after == .and, !command.isNegated, command.scope == next.scope,
            let path = command.words.last, path.isLiteral, !path.hasQuotes, path.text.hasPrefix("/"),
            !path.text.utf8.contains(UInt8(ascii: "\\")),
            !script.shell.commands.dropFirst().contains(where: { $0.runs("cd") })
        else { return nil }
        let start = script.range(command.range).start
        let end = script.range(next.range).start
        // Comments between the two would go with them.
        guard end > start, !file.source.bytes[start..<end].contains(UInt8(ascii: "#")) else { return nil }
        let line = file.place(before: statement)
        let edits = [
            TextEdit.insert("WORKDIR \(path.text)\(file.lineEnd)", at: line), .delete(SourceRange(start, end)),
        ]
        return Fix("set the directory with WORKDIR", edits, isSafe: false)
    }
}
