/// Why the variables of a word can't be replaced, and where in the word.
package struct ExpansionError: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case unmatchedSingleQuote
        case unmatchedDoubleQuote
        case missingBrace
        case missingSlash
        case badSubstitution
        case unsupportedModifier(String)
        case unset(name: String, message: String)
        case empty(name: String, message: String)
        case invalidPattern(String)
        case nestedTooDeeply
        case tooLarge
    }

    package var kind: Kind
    /// Bytes of the word from the start of the faulty part to its end.
    package var range: Range<Int>
}

extension ExpansionError.Kind {
    package var message: String {
        switch self {
        case .unmatchedSingleQuote: "unexpected end of statement while looking for matching single-quote"
        case .unmatchedDoubleQuote: "unexpected end of statement while looking for matching double-quote"
        case .missingBrace: "syntax error: missing '}'"
        case .missingSlash: "syntax error: missing '/' in ${}"
        case .badSubstitution: "syntax error: bad substitution"
        case .unsupportedModifier(let modifier): "unsupported modifier (\(modifier)) in substitution"
        case .unset(let name, let message): "\(name): \(message.isEmpty ? "is not allowed to be unset" : message)"
        case .empty(let name, let message): "\(name): \(message.isEmpty ? "is not allowed to be empty" : message)"
        case .invalidPattern(let pattern): "invalid pattern (\(pattern)) in substitution"
        case .nestedTooDeeply: "substitutions are nested too deeply"
        case .tooLarge: "the substitution is too large"
        }
    }

    package var hint: String? {
        switch self {
        case .unmatchedSingleQuote, .unmatchedDoubleQuote: "close the quote, or write an escape character before it"
        case .missingBrace: "close the substitution with }"
        case .missingSlash: "write ${name/pattern/replacement}"
        case .badSubstitution: "write ${name}, or an escape character before a $ that is meant as it is"
        case .unsupportedModifier: "use one of :- - :+ + :? ? # ## % %% / //"
        case .unset(let name, _), .empty(let name, _):
            "give it a value with --build-arg \(name)=VALUE, or declare one with ARG or ENV"
        case .invalidPattern: "a backslash in a pattern stands only before * ? / } or a backslash"
        case .nestedTooDeeply, .tooLarge: "split it over several variables"
        }
    }
}
