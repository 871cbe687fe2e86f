package import Core

/// Replaces the variables of a Dockerfile's words. Its errors point into the file.
package struct Expander {
    private let escape: UInt8
    private let source: SourceFile?
    private let lookup: (String) -> String?

    /// `lookup` gives a variable's value, nil for one that isn't set.
    package init(escape: UInt8, source: SourceFile?, lookup: @escaping (String) -> String?) {
        self.escape = escape
        self.source = source
        self.lookup = lookup
    }

    /// The word with its variables replaced and its quotes removed.
    package func expand(_ word: Word) throws(DockerfileError) -> String {
        try process(word, []).text
    }

    /// The words that a word becomes: values are split at white space that isn't quoted.
    package func words(_ word: Word) throws(DockerfileError) -> [String] {
        try process(word, []).words
    }

    /// The word with what BuildKit's lint wants to know of it.
    package func process(
        _ word: Word, _ options: WordExpander.Options
    ) throws(DockerfileError) -> Expansion {
        do throws(ExpansionError) {
            return try WordExpander(escape: escape, options: options).process(word.text, lookup: lookup)
        } catch {
            throw DockerfileError(
                .expansion(error.kind), at: source.map { SourceSpan($0, word.range(of: error.range)) })
        }
    }

    /// The body of a here-document that becomes a file: variables are replaced, quotes are kept. The escape character
    /// is always the backslash there.
    package func expand(body heredoc: Heredoc) throws(DockerfileError) -> [UInt8] {
        let content = heredoc.content
        guard heredoc.expand else { return content }
        do throws(ExpansionError) {
            let text = String(decoding: content, as: UTF8.self)
            return Array(try WordExpander(options: .skipQuotes).process(text, lookup: lookup).text.utf8)
        } catch {
            var range = heredoc.bodyRange
            if !heredoc.chomp {
                range = SourceRange(range.start + error.range.lowerBound, range.start + error.range.upperBound)
            }
            throw DockerfileError(.expansion(error.kind), at: SourceSpan(heredoc.source, range))
        }
    }
}
