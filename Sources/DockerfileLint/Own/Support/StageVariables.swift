import DockerfileSyntax
import ShellSyntax

extension LintFile {
    /// What a variable is set to for a command: by the command itself, by one before it in its script, or by the stage's
    /// ENV and ARG (or those of the stages below). Quotes stay. Nil when the file doesn't set it.
    func value(of name: String, for build: ProgramBuild) -> String? {
        let prefix = name + "="
        func assigned(_ words: some Sequence<ShellWord>) -> String? {
            words.first { $0.text.hasPrefix(prefix) }.map { String($0.text.dropFirst(prefix.count)) }
        }
        if let value = assigned(build.command.assignments) ?? assigned(build.command.words.prefix(build.verb)) {
            return value
        }
        for command in build.statement.shellCommands.reversed()
        where command.range.upperBound <= build.command.range.lowerBound {
            guard command.name == "export" || command.name == "go" || command.words.isEmpty else { continue }
            if let value = assigned(command.words) ?? assigned(command.assignments) { return value }
        }
        guard let index = build.statement.stage else { return nil }
        for stage in chain(of: stages[index]) {
            for statement in statements(of: stage).reversed() where statement.index < build.statement.index {
                if let value = Self.value(of: name, in: statement) { return value }
            }
        }
        return nil
    }

    private static func value(of name: String, in statement: LintStatement) -> String? {
        switch statement.command {
        case .env(let pairs): return pairs.last { $0.name.text == name }?.value.text
        case .arg(let entries): return entries.last { $0.name.text == name }?.value?.text
        case .run:
            // `go env -w NAME=value` is kept in a file.
            let prefix = name + "="
            for command in statement.shellCommands where command.name == "go" && command.hasArgument("-w") {
                if let word = command.words.first(where: { $0.text.hasPrefix(prefix) }) {
                    return String(word.text.dropFirst(prefix.count))
                }
            }
            return nil
        default: return nil
        }
    }
}
