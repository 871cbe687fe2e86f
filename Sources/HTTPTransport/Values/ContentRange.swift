// https://www.rfc-editor.org/rfc/rfc9110#section-14.4

/// The part of a file that a 206 response carries: `bytes 10-19/100`.
package struct ContentRange: Hashable, Sendable {
    package var start: Int
    /// The last byte, included.
    package var end: Int
    /// Nil when the server doesn't say.
    package var total: Int?

    /// Nil for a missing header and for any other form.
    package init?(_ header: String?) {
        guard let header, header.hasPrefix("bytes ") else { return nil }
        let text = header.dropFirst(6)
        guard let dash = text.firstIndex(of: "-"), let slash = text.firstIndex(of: "/"), dash < slash,
            let start = Self.number(text[..<dash]), let end = Self.number(text[text.index(after: dash)..<slash]),
            start <= end
        else { return nil }
        let total = text[text.index(after: slash)...]
        if total != "*" {
            guard let number = Self.number(total), number > end else { return nil }
            self.total = number
        }
        self.start = start
        self.end = end
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(text) : nil
    }
}
