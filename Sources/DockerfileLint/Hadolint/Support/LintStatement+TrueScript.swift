import ShellSyntax

extension LintStatement {
    /// The script that hadolint reads, where it is also what the shell gets. Elsewhere a command that is seen may be
    /// data, or a script for another program, and its place may be another one: nothing there is to be edited.
    var trueScript: LintScript? {
        guard let script, let anyScript, script.shell.text == anyScript.shell.text else { return nil }
        return script
    }
}
