package import Core

/// One instruction as it was written, before anything is known about what it means.
package struct Instruction: Sendable {
    /// Nil for a word that is no instruction.
    package internal(set) var keyword: Keyword?
    /// As written.
    package internal(set) var keywordWord: Word
    package internal(set) var flags: [Flag] = []
    /// Words, decoded JSON strings, or one word of text, as the instruction's grammar says. Empty for ENV, LABEL
    /// (see ``pairs``) and ONBUILD (see ``nested``).
    package internal(set) var arguments: [Word] = []
    package internal(set) var pairs: [Pair] = []
    /// The arguments were written as a JSON array.
    package internal(set) var isJSON = false
    /// The array holds something else than strings, which the parser has reported.
    var hasFaultyJSON = false
    package internal(set) var heredocs: [Heredoc] = []
    /// The trigger of an ONBUILD; else empty.
    package internal(set) var nested: [Instruction] = []
    /// The logical line: first byte of the keyword to the last byte that isn't white space, without continuations.
    package internal(set) var body: MappedText
    /// The part of ``body`` behind the flags.
    package internal(set) var argumentsRange: Range<Int>
    /// From the keyword to the last byte of the last line, here-documents included, line end excluded.
    package internal(set) var range: SourceRange
    /// First and last line, from 1.
    package internal(set) var lines: ClosedRange<Int>
    /// The comments between the instruction before and this one.
    package internal(set) var comments: [Comment] = []
    /// Blank lines between continued lines.
    package internal(set) var emptyContinuations: [SourceRange] = []

    /// The logical line as text.
    package var text: String { body.text }

    /// The arguments as one text, in their place.
    package var argumentsText: Word { body.word(argumentsRange) }

    /// The keyword in capitals, for messages.
    var name: String { keyword?.rawValue ?? keywordWord.text.uppercased() }
}
