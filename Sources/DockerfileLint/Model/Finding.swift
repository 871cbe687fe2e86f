package import Core

/// What a rule says about a place in a Dockerfile.
package struct Finding: Sendable {
    package var code: String
    package var severity: LintSeverity
    /// One sentence without a full stop.
    package var message: String
    package var range: SourceRange
    /// Index of the instruction it is about in `Dockerfile.instructions`; nil for the file as a whole.
    package var instruction: Int?
    package var fix: Fix?
    /// Codes of other rules that say the same here.
    package var equivalents: [String] = []
}

/// A change that removes a finding.
package struct Fix: Sendable {
    /// What it does, such as `add --no-install-recommends`.
    package var title: String
    package var edits: [TextEdit]
    package var isSafe: Bool

    package init(_ title: String, _ edits: [TextEdit], isSafe: Bool = true) {
        self.title = title
        self.edits = edits
        self.isSafe = isSafe
    }
}

/// Replaces some bytes of the file.
package struct TextEdit: Hashable, Sendable {
    /// Empty to insert.
    package var range: SourceRange
    package var text: String

    package init(_ range: SourceRange, _ text: String) {
        self.range = range
        self.text = text
    }

    package static func insert(_ text: String, at offset: Int) -> TextEdit {
        TextEdit(SourceRange(offset, offset), text)
    }

    package static func delete(_ range: SourceRange) -> TextEdit { TextEdit(range, "") }
}
