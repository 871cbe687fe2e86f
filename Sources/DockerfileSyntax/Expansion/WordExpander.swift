// https://docs.docker.com/reference/dockerfile/#environment-replacement

/// What became of a word.
package struct Expansion: Sendable {
    package var text: String
    /// The text split at white space that was not quoted; empty words vanish.
    package var words: [String]
    /// Variables that had a value.
    package var matched: Set<String>
    /// Variables that had none.
    package var unmatched: Set<String>
    /// Where each of ``words`` was written, as bytes of the input.
    var wordRanges: [Range<Int>]
}

/// Replaces variables and removes quotes and escapes, as BuildKit's word lexer does.
package struct WordExpander: Sendable {
    package struct Options: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// Quotes stay in the result.
        package static let rawQuotes = Options(rawValue: 1)
        /// Escape characters stay in the result.
        package static let rawEscapes = Options(rawValue: 2)
        /// Quotes mean nothing.
        package static let skipQuotes = Options(rawValue: 4)
        /// A variable without a value stays as it is written.
        package static let skipUnset = Options(rawValue: 8)
        /// `<<` holds on to the word behind it.
        static let heredocs = Options(rawValue: 16)
    }

    package var escape: UInt8
    package var options: Options

    package init(escape: UInt8 = UInt8(ascii: "\\"), options: Options = []) {
        self.escape = escape
        self.options = options
    }

    /// `lookup` gives a variable's value, nil for one that isn't set.
    package func process(
        _ text: String, lookup: (String) -> String?
    ) throws(ExpansionError) -> Expansion {
        try process(Array(text.utf8), lookup: lookup)
    }

    func process(_ bytes: [UInt8], lookup: (String) -> String?) throws(ExpansionError) -> Expansion {
        var lexer = WordLexer(bytes: bytes, escape: escape, options: options)
        var words = WordList()
        let result = try lexer.scan(until: nil, rawEscapes: options.contains(.rawEscapes), words: &words, lookup)
        words.finish()
        return Expansion(
            text: String(decoding: result, as: UTF8.self),
            words: words.words.map { String(decoding: $0, as: UTF8.self) },
            matched: lexer.matched, unmatched: lexer.unmatched, wordRanges: words.ranges)
    }
}

/// Collects words while a text is scanned.
struct WordList {
    private(set) var words: [[UInt8]] = []
    private(set) var ranges: [Range<Int>] = []
    private var word: [UInt8] = []
    private var inWord = false
    private var start = 0
    private var end = 0

    /// Adds a part of `bytes` in which white space ends a word. It was written at `origin`; without that, it is a part
    /// of the input itself.
    mutating func add(_ bytes: [UInt8], _ range: Range<Int>, origin: Range<Int>? = nil) {
        var index = range.lowerBound
        while index < range.upperBound {
            let space = Whitespace.length(bytes, index, range.upperBound)
            if space > 0 {
                if inWord, !word.isEmpty { close() }
                index += space
                continue
            }
            var end = index + 1
            while end < range.upperBound, Whitespace.length(bytes, end, range.upperBound) == 0 { end += 1 }
            addRaw(bytes[index..<end], at: origin ?? index..<end)
            index = end
        }
    }

    /// Adds bytes that belong to the word whatever they are.
    mutating func addRaw(_ bytes: some Collection<UInt8>, at range: Range<Int>) {
        if word.isEmpty, !inWord { start = range.lowerBound }
        inWord = true
        word.append(contentsOf: bytes)
        end = range.upperBound
    }

    mutating func finish() {
        if !word.isEmpty { close() }
    }

    private mutating func close() {
        words.append(word)
        ranges.append(start..<max(start, end))
        word.removeAll(keepingCapacity: true)
        inWord = false
    }
}
