package import Core

/// A piece of a Dockerfile with its place.
///
/// The text is what the parser sees: continuations are removed, quotes and variables are still there (in the JSON form
/// it is the decoded string). The range is what stands in the file, with all of that.
package struct Word: Hashable, Sendable {
    package var text: String
    package var range: SourceRange

    package init(_ text: String, _ range: SourceRange) {
        self.text = text
        self.range = range
    }

    /// The part of the file that a range of the text (in UTF-8 bytes) stands for: exact where the word is written in
    /// the file as it is in `text`, else the whole word.
    package func range(of part: Range<Int>) -> SourceRange {
        guard range.end - range.start == text.utf8.count, part.upperBound <= text.utf8.count else { return range }
        return SourceRange(range.start + part.lowerBound, range.start + part.upperBound)
    }

    /// A part of the word (in UTF-8 bytes) as a word of its own.
    func part(_ part: Range<Int>) -> Word {
        Word(String(decoding: Array(text.utf8)[part], as: UTF8.self), range(of: part))
    }
}

/// `--name=value` before an instruction's arguments.
package struct Flag: Sendable {
    package var name: Word
    /// The text has its quotes and escapes removed; nil when the flag has no `=`.
    package var value: Word?
    package var range: SourceRange
    /// The value with the place of each byte.
    let mappedValue: MappedText
}

/// A name and its value in ENV and LABEL.
package struct Pair: Sendable {
    package var name: Word
    package var value: Word
    /// False for the old form `ENV name value`.
    package var hasEquals: Bool
}

/// A comment line, or a part of one that is no parser directive.
package struct Comment: Sendable {
    /// Without `#` and the white space around it.
    package var text: String
    /// From `#` to the end of the line.
    package var range: SourceRange
}

/// `# name=value` at the top of the file.
package struct Directive: Sendable {
    package enum Name: String, Sendable, CaseIterable {
        case syntax, escape, check
    }

    package var name: Name
    package var value: Word
    /// From `#` to the end of the line.
    package var range: SourceRange
}
