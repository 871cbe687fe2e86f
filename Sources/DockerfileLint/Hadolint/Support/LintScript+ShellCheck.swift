import ShellSyntax

extension LintScript {
    /// hadolint looks at a script only when the reader of ShellCheck takes it: quotes, compound commands and the
    /// expressions of `[` must be whole, which a shell itself sees only when it runs them.
    var isReadableByShellCheck: Bool {
        guard shell.isReadable else { return false }
        return shell.commands.allSatisfy { command in
            guard let first = command.words.first, first.text.utf8.first == UInt8(ascii: "["), !first.hasQuotes,
                command.assignments.isEmpty
            else { return true }
            guard command.name == "[" else {
                // A forgotten blank behind the bracket.
                return command.arguments.contains { $0.text == "]" }
            }
            // `[ a && b ]` is two commands here.
            return ShellTest(command)?.isWellFormed ?? (command.after == .and || command.after == .or)
        }
    }
}
