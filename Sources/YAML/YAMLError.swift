package import Core

/// What is wrong with a YAML document, or with the value of a key, and where.
package struct YAMLError: DiagnosticConvertible, Sendable {
    package var kind: Kind
    package var span: SourceSpan?

    package init(_ kind: Kind, at span: SourceSpan?) {
        self.kind = kind
        self.span = span
    }

    package enum Kind: Sendable, Equatable {
        // The document
        case tooLarge(limit: Int)
        case tooDeep(limit: Int)
        case tooManyNodes(limit: Int)
        /// What libyaml says, and the construct it was in.
        case syntax(problem: String, context: String?)
        case tab
        case noDocument
        case severalDocuments
        case directive
        case anchor(String)
        case alias(String)
        case tag(String)
        case keyNotScalar
        case duplicateKey(String, firstLine: Int)

        // Values; `what` names the mapping, such as "a recipe"
        case notMapping(what: String, found: String)
        case wrongType(key: String, expected: String, found: String)
        case wrongItem(key: String, expected: String, found: String)
        case notBoolean(key: String, text: String)
        case notInteger(key: String, text: String, range: ClosedRange<Int>)
        case noValue(key: String)
        case missingKey(String, what: String)
        case unknownKey(String, what: String, known: [String])
    }

    package var diagnostic: Diagnostic {
        let (code, message, hint) = text
        return Diagnostic(code: "yaml." + code, message, at: span, causes: causes, hint: hint)
    }

    private var causes: [String] {
        if case .syntax(_, let context?) = kind { return [context] }
        return []
    }

    private var text: (code: String, message: String, hint: String?) {
        switch kind {
        case .tooLarge(let limit): ("too-large", "the file is larger than \(limit) bytes", nil)
        case .tooDeep(let limit): ("too-deep", "values are nested more than \(limit) levels deep", nil)
        case .tooManyNodes(let limit): ("too-many-values", "the file holds more than \(limit) values", nil)
        case .syntax(let problem, _): ("syntax", "not valid YAML: \(problem)", nil)
        case .tab: ("tab", "a tab can't indent YAML", "indent with spaces")
        case .noDocument: ("empty", "the file holds no value", nil)
        case .severalDocuments:
            ("several-documents", "the file holds several documents", "put each into a file of its own")
        case .directive: ("directive", "%TAG directives are not supported", "leave the line out")
        case .anchor(let name): ("anchor", "anchors ('&\(name)') are not supported", "write the value where it is used")
        case .alias(let name): ("alias", "aliases ('*\(name)') are not supported", "write the value out")
        case .tag(let tag): ("tag", "tags ('\(tag)') are not supported", "leave the tag out")
        case .keyNotScalar: ("key", "a key must be a single value", nil)
        case .duplicateKey(let key, let line):
            ("duplicate-key", "'\(key)' is given twice, first in line \(line)", "keep one of them")
        case .notMapping(let what, let found):
            ("type", "\(what) must be a mapping (key: value), not \(found)", nil)
        case .wrongType(let key, let expected, let found):
            ("type", "'\(key)' must be \(expected), not \(found)", nil)
        case .wrongItem(let key, let expected, let found):
            ("type", "what '\(key)' lists must be \(expected), not \(found)", nil)
        case .notBoolean(let key, let text):
            ("boolean", "'\(key)' must be true or false, not '\(text)'", nil)
        case .notInteger(let key, let text, let range):
            (
                "integer", "'\(key)' must be a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'",
                nil
            )
        case .noValue(let key): ("no-value", "'\(key)' has no value", "give it one, or leave the key out")
        case .missingKey(let key, let what): ("missing-key", "\(what) needs '\(key)'", nil)
        case .unknownKey(let key, let what, let known):
            (
                "unknown-key", "'\(key)' is not a key of \(what)",
                Suggestion.hint(for: key, in: known) ?? "keys are \(known.joined(separator: ", "))"
            )
        }
    }
}
