import ShellSyntax

extension LintStatement {
    /// One finding for all commands that lack a switch, with a fix that gives it to each of them.
    /// - Parameter place: the word behind which the switch belongs.
    func reportMissing(
        _ text: String, from commands: [ShellCommand], behind place: (ShellCommand) -> ShellWord?,
        _ report: inout LintReport
    ) {
        guard let first = commands.first, let anyScript else { return }
        report.add(anyScript.range(first.range), in: self, fix: adding(text, to: commands, behind: place))
    }

    private func adding(
        _ text: String, to commands: [ShellCommand], behind place: (ShellCommand) -> ShellWord?
    ) -> Fix? {
        guard let script = trueScript, script.shell.error == nil else { return nil }
        var edits: [TextEdit] = []
        for command in commands {
            guard let word = place(command), let edit = script.insertion(of: text, behind: word) else { return nil }
            edits.append(edit)
        }
        return Fix("add \(text)", edits)
    }
}
