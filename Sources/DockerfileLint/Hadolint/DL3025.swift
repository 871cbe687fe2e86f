import Core
import DockerfileSyntax
import ShellSyntax

/// https://github.com/hadolint/hadolint/wiki/DL3025
enum DL3025: LintRule {
    static let info = RuleInfo(
        "DL3025", .hadolint, .warning, "Use arguments JSON notation for CMD and ENTRYPOINT arguments",
        why: """
            Without the JSON form the program runs under `/bin/sh -c`: the shell is the first process, SIGTERM never \
            reaches the program, stopping the container takes ten seconds and ends in SIGKILL, and an image without a \
            shell can't start at all.
            """,
        bad: .init("FROM debian:12\nCMD /app --port 80\n"),
        good: .init("FROM debian:12\nCMD [\"/app\", \"--port\", \"80\"]\n"),
        fixing: .safe)

    static func check(_ file: LintFile, _ report: inout LintReport) {
        for statement in file.statements {
            switch statement.outer.keyword {
            case .cmd, .entrypoint:
                let instruction = statement.instruction
                let range = instruction.argumentsRange
                if range.isEmpty || isArray(instruction.body.bytes[range]) { continue }
                report.add(
                    instruction.argumentsText.range, in: statement, fix: fix(statement, range, file))
            case .healthcheck:
                guard case .healthcheck(let check) = statement.command, case .shell(let word) = check.test,
                    !isArray(Array(word.text.utf8)[...])
                else { continue }
                report.add(word.range, in: statement)
            default: continue
            }
        }
    }

    /// A list of strings as hadolint reads it: any byte may stand behind a backslash.
    private static func isArray(_ bytes: ArraySlice<UInt8>) -> Bool {
        var index = bytes.startIndex
        func skipBlanks() {
            while index < bytes.endIndex, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        }
        func take(_ byte: UInt8) -> Bool {
            guard index < bytes.endIndex, bytes[index] == byte else { return false }
            index += 1
            return true
        }
        func string() -> Bool {
            guard take(UInt8(ascii: "\"")) else { return false }
            while index < bytes.endIndex {
                let byte = bytes[index]
                index += byte == UInt8(ascii: "\\") ? 2 : 1
                if byte == UInt8(ascii: "\"") { return true }
            }
            return false
        }
        guard take(UInt8(ascii: "[")) else { return false }
        skipBlanks()
        if !take(UInt8(ascii: "]")) {
            repeat {
                skipBlanks()
                guard string() else { return false }
                skipBlanks()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { return false }
        }
        skipBlanks()
        return index >= bytes.endIndex
    }

    /// Words become strings where they stand. Only a plain call of a program means the same without a shell.
    static func fix(_ statement: LintStatement, _ range: Range<Int>, _ file: LintFile) -> Fix? {
        let body = statement.instruction.body
        guard case .posix = statement.shell else { return nil }
        let script = ShellScript.parse(Array(body.bytes[range]))
        guard script.error == nil, script.commands.count == 1, let command = script.commands.first,
            command.assignments.isEmpty, command.redirections.isEmpty, !command.isNegated, command.after == .edge,
            isWhole(command.words, script.text)
        else { return nil }
        var words = command.words[...]
        let isExec = words.first?.text == "exec"
        if isExec { words = words.dropFirst() }
        guard let program = words.first, !needsShell(program.text), words.allSatisfy(isFixed) else { return nil }
        func place(_ part: Range<Int>) -> SourceRange {
            body.range((range.lowerBound + part.lowerBound)..<(range.lowerBound + part.upperBound))
        }
        var edits: [TextEdit] = []
        if isExec, let exec = command.words.first {
            edits.append(.delete(place(exec.range.lowerBound..<program.range.lowerBound)))
        }
        for word in words {
            let text = (word == program ? "[" : "") + quoted(word.text) + (word == words.last ? "]" : ",")
            edits.append(TextEdit(place(word.range), text))
        }
        let other: Keyword = statement.keyword == .cmd ? .entrypoint : .cmd
        // The form decides how the two work together, and SHELL what stood before the words.
        let isSafe = !file.statements.contains { $0.keyword == other || $0.keyword == .shell }
        return Fix("write the JSON form", edits, isSafe: isSafe)
    }

    /// Nothing but blanks stands between the words.
    private static func isWhole(_ words: [ShellWord], _ text: [UInt8]) -> Bool {
        var end = 0
        for word in words {
            guard word.range.lowerBound >= end,
                text[end..<word.range.lowerBound].allSatisfy({ $0 == 0x20 || $0 == 0x09 })
            else { return false }
            end = word.range.upperBound
        }
        return text[end...].allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    private static func isFixed(_ word: ShellWord) -> Bool {
        word.isLiteral && (word.hasQuotes || word.text.utf8.first != UInt8(ascii: "~"))
            && !word.text.unicodeScalars.contains("\u{FFFD}")
    }

    private static func needsShell(_ program: String) -> Bool { program.isEmpty || builtins.contains(program) }

    private static let builtins: Set = [
        ".", ":", "[[", "alias", "bg", "break", "cd", "command", "continue", "declare", "eval", "exec", "exit",
        "export", "fg", "getopts", "hash", "jobs", "let", "local", "popd", "pushd", "read", "readonly", "return",
        "set", "shift", "shopt", "source", "time", "times", "trap", "type", "typeset", "ulimit", "umask", "unalias",
        "unset", "wait",
    ]

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
