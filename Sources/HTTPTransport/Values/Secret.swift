/// A text that must not reach a terminal, a log or a file by accident: it prints as `***` wherever it is interpolated,
/// dumped or reflected. Only ``reveal()`` gives it away, and only what writes it on the wire calls that.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// The text itself.
    package func reveal() -> String { text }

    package var isEmpty: Bool { text.isEmpty }

    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
