// https://yaml.org/spec/1.2.2/#chapter-3-processes-and-models
package import Core

/// A value of a YAML document and the place where it stands.
///
/// Scalars keep their text as it is written: whether `0644` is a number or a file mode is for the reader of the key to
/// say, not for the syntax. Anchors, aliases and tags don't exist here; they are refused while reading.
package struct YAMLNode: Sendable {
    package enum Value: Sendable {
        /// The text, without quotes. `isPlain` tells `true` from `"true"`.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// In the order of the text; no key occurs twice.
        case mapping([YAMLPair])
        /// Something that was refused and reported already; it is not worth a second report.
        case refused
    }

    package var value: Value
    package var span: SourceSpan

    package init(_ value: Value, at span: SourceSpan) {
        self.value = value
        self.span = span
    }

    /// A key without value, `~` or `null`.
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    package var isRefused: Bool {
        if case .refused = value { return true }
        return false
    }

    /// What the value is, for people.
    package var kind: String {
        switch value {
        case .scalar: isNull ? "nothing" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .refused: "refused"
        }
    }
}

/// A key of a mapping with its value.
package struct YAMLPair: Sendable {
    package var key: String
    package var keySpan: SourceSpan
    package var value: YAMLNode

    package init(key: String, keySpan: SourceSpan, value: YAMLNode) {
        self.key = key
        self.keySpan = keySpan
        self.value = value
    }
}

/// What a document may cost before it is refused.
package struct YAMLLimits: Sendable {
    /// Bytes of text.
    package var size = 4 << 20
    /// Levels of nesting.
    package var depth = 32
    /// Scalars, lists and mappings together.
    package var nodes = 200_000

    package init() {}
}
