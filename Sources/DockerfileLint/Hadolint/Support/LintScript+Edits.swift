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

    /// Puts a command behind the last one of a list that ends here: ` && text`.
    func appending(_ text: String, behind command: ShellCommand) -> TextEdit? {
        guard isEditable else { return nil }
        return .insert(" && \(text)", at: range(command.range).end)
    }

    /// The word of the JSON form that a word of the script is the whole of.
    private func jsonWord(_ word: ShellWord) -> Word? {
        guard case .words(let words, let starts) = place, let index = starts.firstIndex(of: word.range.lowerBound),
            words[index].text.utf8.count == word.range.count
        else { return nil }
        return words[index]
    }
}
