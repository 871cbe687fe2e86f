// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/test.html
/// The expression between the brackets of `[ … ]` or `[[ … ]]`.
package struct ShellTest: Sendable {
    package enum Token: Sendable {
        case word(ShellWord)
        /// `(`, `)`, `&&`, `||`, `<` or `>` without quotes.
        case sign(String)
    }

    private var tokens: ArraySlice<Token>

    package init(_ tokens: [Token]) { self.tokens = tokens[...] }

    /// The expression of a command `[ …`; nil when it has no closing bracket.
    package init?(_ command: ShellCommand) {
        guard let close = command.arguments.firstIndex(where: { $0.text == "]" }) else { return nil }
        let words = command.words[1..<close].map { (place: $0.range.lowerBound, tokens: [Token.word($0)]) }
        let signs = command.redirections.filter { $0.range.upperBound <= command.words[close].range.lowerBound }
        let all = words + signs.map { ($0.range.lowerBound, [.sign($0.sign), .word($0.target)]) }
        tokens = all.sorted { $0.place < $1.place }.flatMap(\.tokens)[...]
    }

    /// Nothing is missing and nothing is left over. An expression without a word is well formed.
    package var isWellFormed: Bool {
        if tokens.isEmpty { return true }
        var rest = self
        return rest.alternatives(0) && rest.tokens.isEmpty
    }

    private mutating func alternatives(_ depth: Int) -> Bool {
        guard depth < 100, term(depth) else { return false }
        while takesConnective() {
            guard term(depth) else { return false }
        }
        return true
    }

    private mutating func takesConnective() -> Bool {
        switch tokens.first {
        case .sign("&&"), .sign("||"): tokens.removeFirst()
        case .word(let word) where !word.hasQuotes && (word.text == "-a" || word.text == "-o"): tokens.removeFirst()
        default: return false
        }
        return true
    }

    private mutating func term(_ depth: Int) -> Bool {
        while case .word(let word) = tokens.first, word.text == "!", !word.hasQuotes { tokens.removeFirst() }
        if takes("(") { return alternatives(depth + 1) && takes(")") }
        guard case .word(let first) = tokens.popFirst() else { return false }
        if isOperator(first) {
            // `-f name`; behind it no operator can stand.
            guard case .word = tokens.popFirst() else { return false }
            return true
        }
        return comparison()
    }

    /// The operator and the right side, if there are any.
    private mutating func comparison() -> Bool {
        switch tokens.first {
        case .sign("<"), .sign(">"): tokens.removeFirst()
        case .word(let word) where isComparison(word): tokens.removeFirst()
        case .word(let word) where startsWithComparison(word):
            tokens.removeFirst()
            return true
        default: return true
        }
        guard case .word = tokens.popFirst() else { return false }
        return true
    }

    /// A parenthesis, which `[` needs in quotes.
    private mutating func takes(_ sign: String) -> Bool {
        switch tokens.first {
        case .sign(sign): break
        case .word(let word) where word.text == sign: break
        default: return false
        }
        tokens.removeFirst()
        return true
    }

    /// `-` and letters.
    private func isOperator(_ word: ShellWord) -> Bool {
        let bytes = word.text.utf8
        return !word.hasQuotes && bytes.count > 1 && bytes.first == UInt8(ascii: "-")
            && bytes.dropFirst().allSatisfy { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
    }

    private func isComparison(_ word: ShellWord) -> Bool {
        switch word.text {
        case "=", "==", "!=", "<", ">", "<=", ">=", "=~": true
        case "-a", "-o": false
        default: isOperator(word)
        }
    }

    /// The blank behind the operator was forgotten.
    private func startsWithComparison(_ word: ShellWord) -> Bool {
        !word.hasQuotes && (word.text.hasPrefix("=") || word.text.hasPrefix("!="))
    }
}
