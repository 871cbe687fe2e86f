import Core
import DockerfileSyntax
import ShellSyntax

/// Edits of commands in a script. They give nil where the script's bytes aren't the file's.
extension LintScript {
    /// Puts an argument behind a word; `text` is one word that needs no quotes.
    func insertion(of text: String, behind word: ShellWord) -> TextEdit? {
        if case .words = place {
            guard let json = jsonWord(word) else { return nil }
            return .insert(", \"\(text)\"", at: json.range.end)
        }
        return .insert(" \(text)", at: range(word.range).end)
    }

    /// Puts another word in a word's place; `text` is one word that needs no quotes.
    func replacement(of word: ShellWord, by text: String) -> TextEdit? {
        if case .words = place {
            guard let json = jsonWord(word) else { return nil }
            return TextEdit(json.range, "\"\(text)\"")
        }
        return TextEdit(range(word.range), text)
    }

    /// Puts a command behind the last one: ` && text`. Nil where the script ends in something that can't be followed so.
    func appending(_ text: String, in statement: LintStatement) -> TextEdit? {
        guard isEditable, shell.error == nil, let last = shell.commands.last, last.scope == 0,
            shell.scopes[0].kind == .script, !last.words.isEmpty, last.name != "exec", last.name != "exit",
            isLastOfScript(last), isWhole(statement)
        else { return nil }
        return .insert(" && \(text)", at: range(last.range).end)
    }

    /// Nothing but blanks, a comment or a `;` follows the command.
    private func isLastOfScript(_ command: ShellCommand) -> Bool {
        let rest = shell.text[command.range.upperBound...].drop { byte in
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: ";")
                || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        }
        return rest.isEmpty || rest.first == UInt8(ascii: "#")
    }

    /// The script is all that the shell gets.
    private func isWhole(_ statement: LintStatement) -> Bool {
        if case .body = place { return true }
        return statement.instruction.heredocs.isEmpty
    }

    /// The word of the JSON form that a word of the script is the whole of.
    private func jsonWord(_ word: ShellWord) -> Word? {
        guard case .words(let words, let starts) = place, let index = starts.firstIndex(of: word.range.lowerBound),
            words[index].text.utf8.count == word.range.count
        else { return nil }
        return words[index]
    }
}
