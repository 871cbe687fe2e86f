import Core
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3004
enum DL3004: ShellCommandRule {
    static let info = RuleInfo(
        "DL3004", .hadolint, .error, "sudo in a build: switch the user with USER instead",
        why: """
            RUN is root unless USER says otherwise, so `sudo` is not needed; where another user is set, it depends on a \
            configuration that the base image may change, and keeps a way to become root in the image. Put what needs \
            root before USER, or switch with `USER root` and back.
            """,
        bad: .init("FROM debian:12\nRUN sudo apt-get update\n"), good: .init("FROM debian:12\nRUN apt-get update\n"),
        fixing: .unsafe)

    static let fixTitle = "run the command without sudo"

    static func isBroken(by command: ShellCommand, in statement: LintStatement) -> Bool { command.runs("sudo") }

    static func place(of command: ShellCommand) -> Range<Int> { command.programWord?.range ?? command.range }

    /// Only a plain `sudo program`: options of sudo may ask for another user or environment.
    static func edits(
        _ command: ShellCommand, _ script: LintScript, in statement: LintStatement
    ) -> [TextEdit]? {
        guard script.isEditable, command.words.count > 1, command.words[0].text == "sudo",
            isProgram(command.words[1].text)
        else { return nil }
        let start = command.words[0].range.lowerBound
        return [.delete(script.range(start..<command.words[1].range.lowerBound))]
    }

    /// Options of sudo, variables and words that mean something else to the shell are left alone.
    private static func isProgram(_ word: String) -> Bool {
        guard let first = word.utf8.first, !word.utf8.contains(UInt8(ascii: "=")) else { return false }
        switch word {
        case "case", "do", "done", "elif", "else", "esac", "exec", "fi", "for", "function", "if", "in", "select",
            "then",
            "time", "until", "while":
            return false
        default:
            return first | 0x20 >= UInt8(ascii: "a") && first | 0x20 <= UInt8(ascii: "z") || first == UInt8(ascii: "/")
                || first == UInt8(ascii: ".")
        }
    }
}
