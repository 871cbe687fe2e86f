import Core
import DockerfileSyntax
import ShellSyntax

/// A RUN whose effect ends with it.
enum SMP2040: LintRule {
    static let info = RuleInfo(
        "SMP2040", .sampan, .warning, "RUN has no effect: what it sets is gone when its shell ends",
        why: """
            Every RUN starts a shell of its own. A directory that `cd` went to, a variable that was exported, a file \
            that was sourced: the next instruction knows nothing of them. Use WORKDIR and ENV, or put what needs them \
            into the same RUN.
            """,
        bad: .init("FROM debian:12\nRUN cd /srv\nRUN make install\n"),
        good: .init("FROM debian:12\nWORKDIR /srv\nRUN make install\n"), fixing: .unsafe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let script = statement.script, script.isEditable, script.shell.error == nil,
                !script.shell.commands.isEmpty, script.shell.scopes.count == 1,
                script.shell.commands.allSatisfy(isFleeting)
            else { continue }
            report.add(statement.instruction.range, in: statement, fix: fix(statement, script))
        }
    }

    /// Changes nothing but its own shell.
    private static func isFleeting(_ command: ShellCommand) -> Bool {
        guard command.redirections.isEmpty,
            !command.words.contains(where: { $0.text.contains("$(") || $0.text.contains("`") || $0.isCompound }),
            !command.assignments.contains(where: { $0.text.contains("$(") || $0.text.contains("`") })
        else { return false }
        switch command.name {
        case "cd", "export", "alias", "umask", "set", "unset", "ulimit": return true
        case "": return !command.assignments.isEmpty && !command.assignments.contains(where: \.hasExpansion)
        default: return false
        }
    }

    private static func fix(_ statement: LintStatement, _ script: LintScript) -> Fix? {
        guard let command = script.shell.commands.first, script.shell.commands.count == 1, command.words.count == 2,
            statement.instruction.heredocs.isEmpty, statement.instruction.flags.isEmpty, !statement.isTrigger,
            command.range == 0..<script.shell.text.count
        else { return nil }
        let argument = command.words[1]
        guard argument.isLiteral, !argument.hasQuotes, !argument.text.isEmpty else { return nil }
        if command.name == "cd", argument.text.hasPrefix("/") {
            return Fix(
                "use WORKDIR", [TextEdit(statement.instruction.range, "WORKDIR \(argument.text)")], isSafe: false)
        }
        if command.name == "export", argument.text.contains("="), !argument.text.hasPrefix("=") {
            return Fix("use ENV", [TextEdit(statement.instruction.range, "ENV \(argument.text)")], isSafe: false)
        }
        return nil
    }
}
