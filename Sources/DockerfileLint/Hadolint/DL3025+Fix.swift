import Core
import DockerfileSyntax
import ShellSyntax

extension DL3025 {
    /// Words become strings where they stand. Only a plain call of a program means the same without a shell.
    static func fix(_ statement: LintStatement, _ range: Range<Int>, _ file: LintFile) -> Fix? {
        let body = statement.instruction.body
        if body.bytes[range.lowerBound] == UInt8(ascii: "[") { return mended(body, range) }
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
        // The form decides how CMD and ENTRYPOINT work together, and SHELL what stood before the words.
        let others: [Keyword] =
            switch statement.keyword {
            case .cmd: [.shell, .entrypoint]
            case .entrypoint: [.shell, .cmd]
            default: [.shell]
            }
        let isSafe = file.keywords.isDisjoint(with: others)
        return Fix("write the JSON form", edits, isSafe: isSafe)
    }

    /// A list that is no JSON for its quotes alone, or for a comma at its end. The shell form that it is taken for can't
    /// run, so this is what was meant; it is not what the build makes now.
    private static func mended(_ body: MappedText, _ range: Range<Int>) -> Fix? {
        let bytes = body.bytes
        let comma = UInt8(ascii: ",")
        guard bytes[range.upperBound - 1] == UInt8(ascii: "]") else { return nil }
        let inner = (range.lowerBound + 1)..<(range.upperBound - 1)
        var edits: [TextEdit] = []
        var index = inner.lowerBound
        var lastComma: Int?
        while true {
            while index < inner.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
            guard index < inner.upperBound else { break }
            let quote = bytes[index]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let end = bytes[(index + 1)..<inner.upperBound].firstIndex(of: quote),
                !bytes[index...end].contains(UInt8(ascii: "\\"))
            else { return nil }
            let text = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
            if quote == UInt8(ascii: "'") { edits.append(TextEdit(body.range(index..<(end + 1)), quoted(text))) }
            lastComma = nil
            index = end + 1
            while index < inner.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
            guard index < inner.upperBound else { break }
            guard bytes[index] == comma else { return nil }
            lastComma = index
            index += 1
        }
        if let lastComma { edits.append(.delete(body.range(lastComma..<(lastComma + 1)))) }
        return edits.isEmpty ? nil : Fix("write the list as JSON", edits, isSafe: false)
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

    private static func quoted(_ text: String) -> String { OrderedJSON.string(text).line }
}
