import Core
import ShellSyntax

/// A rule about single commands of RUN. As hadolint has it, a RUN breaks it once, however many commands do.
protocol ShellCommandRule: LintRule {
    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool
    /// The bytes of the script that a finding points at.
    static func place(of command: ShellCommand) -> Range<Int>
    /// What mends a command; nil when nothing does.
    static func edits(_ command: ShellCommand, _ script: LintScript, in statement: LintStatement) -> [TextEdit]?
    static var fixTitle: String { get }
}

extension ShellCommandRule {
    static var fixTitle: String { info.title }

    static func place(of command: ShellCommand) -> Range<Int> { command.range }

    static func edits(
        _ command: ShellCommand, _ script: LintScript, in statement: LintStatement
    ) -> [TextEdit]? { nil }

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            guard let script = statement.anyScript,
                let first = script.shell.commands.first(where: { isBroken(by: $0, in: statement) })
            else { continue }
            report.add(
                script.range(place(of: first)), in: statement,
                fix: info.fixing == .none ? nil : statement.trueScript.flatMap { fix($0, in: statement) })
        }
    }

    /// Mends all commands of a RUN, or none.
    private static func fix(_ script: LintScript, in statement: LintStatement) -> Fix? {
        var edits: [TextEdit] = []
        for command in script.shell.commands where isBroken(by: command, in: statement) {
            guard let more = self.edits(command, script, in: statement) else { return nil }
            edits += more
        }
        return Fix(fixTitle, edits, isSafe: info.fixing == .safe)
    }
}

extension ShellCommand {
    /// From the program to the first argument with this text, such as `apt-get install`.
    func head(to argument: String) -> Range<Int> {
        guard let first = words.first, let last = arguments.first(where: { $0.text == argument }) else { return range }
        return first.range.lowerBound..<last.range.upperBound
    }
}
