import Core
import ShellSyntax

/// The shape of "the package manager's cache is left in the layer": a command that fills it, and none behind it, in the
/// same RUN, that empties it.
struct LeftoverCache: Sendable {
    /// What empties it.
    var cleaning: String
    var fills: @Sendable (ShellCommand) -> Bool
    var empties: @Sendable (ShellCommand) -> Bool

    /// The first command that fills the cache, and a fix, if nothing empties it. As hadolint counts, only the first
    /// command that empties matters, and it is to come behind the first one that fills.
    func find(in statement: LintStatement) -> (first: ShellCommand, fix: Fix?)? {
        let commands = statement.hadolintCommands
        guard let first = commands.firstIndex(where: fills) else { return nil }
        if let clean = commands.firstIndex(where: empties) {
            // Another command that empties would not be seen: no fix.
            return clean > first ? nil : (commands[first], nil)
        }
        guard let last = commands.lastIndex(where: fills) else { return nil }
        return (commands[first], fix(behind: commands[last], in: statement))
    }

    private func fix(behind command: ShellCommand, in statement: LintStatement) -> Fix? {
        guard let script = statement.trueScript, script.isEditable, script.shell.error == nil, command.canBeFollowed
        else {
            return nil
        }
        let edit = TextEdit.insert(" && \(cleaning)", at: script.range(command.range).end)
        return Fix("add `&& \(cleaning)`", [edit])
    }
}

extension ShellCommand {
    /// `&&` and a command may be put behind it without taking it away from what it is tied to.
    var canBeFollowed: Bool {
        guard !isNegated else { return false }
        return switch after {
        case .edge, .and, .or, .sequence: true
        case .background, .pipe: false
        }
    }
}
