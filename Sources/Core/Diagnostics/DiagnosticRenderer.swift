/// Writes a ``Diagnostic`` as text: the message, the source line with a caret, `cause:` lines, then `hint:`.
///
/// Colour adds nothing that the words don't say. Messages and lines may be anybody's: what is hidden in them, moves the
/// cursor or turns text is shown as ``SafeText`` writes it.
package struct DiagnosticRenderer: Sendable {
    package var color: Bool
    /// Longest piece of a source line that is shown, in bytes.
    package var width: Int

    package init(color: Bool = false, width: Int = 160) {
        self.color = color
        self.width = width
    }

    package func render(_ diagnostic: Diagnostic) -> String {
        var out = paint(diagnostic.severity.rawValue, tint(diagnostic.severity)) + ": "
        out += shown(clip(diagnostic.message)) + "\n"
        if let span = diagnostic.span { out += excerpt(span, tint: tint(diagnostic.severity)) }
        for cause in diagnostic.causes { out += "cause: " + shown(clip(cause)) + "\n" }
        if let hint = diagnostic.hint { out += paint("hint", "36") + ": " + shown(clip(hint)) + "\n" }
        return out
    }

    /// Names in a message come from input of any size; what nobody can read is left out.
    private func clip(_ text: String) -> String {
        let limit = 4096
        return text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
    }

    /// The place as `file:line:column`, the source line, and a caret line under the range.
    /// - Parameter tint: the carets' colour, as the terminal's number of it.
    package func excerpt(_ span: SourceSpan, tint: String) -> String {
        let (line, column) = span.file.position(at: span.range.start)
        var bytes = span.file.lineBytes(line - 1)
        let number = String(line)
        let gutter = String(repeating: " ", count: number.utf8.count)
        var start = column - 1
        // A very long line is shown around the place.
        var prefix = ""
        if bytes.count > width {
            let from = Self.boundary(bytes, max(0, start - width / 3))
            prefix = from > 0 ? "…" : ""
            bytes = bytes.dropFirst(from)
            bytes = bytes.prefix(Self.boundary(bytes, width))
            start -= from
        }
        let length = max(1, min(span.range.end - span.range.start, bytes.count - start))
        let before = Self.line(bytes.prefix(start))
        let marked = Self.line(bytes.dropFirst(start).prefix(length))
        let text = before + marked + Self.line(bytes.dropFirst(start + length))
        // The caret line keeps tabs, so that both lines are indented alike.
        let pad = String(repeating: " ", count: prefix.count) + before.map { $0 == "\t" ? "\t" : " " }.joined()
        let carets = String(repeating: "^", count: max(1, marked.count))
        var out = "\(gutter)--> \(SafeText.text(span.file.name)):\(line):\(column)\n"
        out += "\(number) | \(prefix)\(text)\n"
        out += "\(gutter) | \(pad)\(paint(carets, tint))\n"
        return out
    }

    /// The start of the character that the byte at a position belongs to, if it belongs to one; so that a line that is
    /// cut has no halves of characters.
    private static func boundary(_ bytes: ArraySlice<UInt8>, _ position: Int) -> Int {
        let index = bytes.startIndex + position
        guard position > 0, index < bytes.endIndex else { return min(position, bytes.count) }
        for back in 0..<min(4, position) where bytes[index - back] & 0xc0 != 0x80 { return position - back }
        return position
    }

    private func tint(_ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: "1;31"
        case .warning: "1;33"
        case .note: "1;34"
        }
    }

    /// Text in a colour, where colours are wanted.
    package func paint(_ text: String, _ code: String) -> String {
        color ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }

    private func shown(_ text: String) -> String { SafeText.text(text, keeping: ["\n", "\t"]) }

    /// A part of a source line.
    private static func line(_ bytes: ArraySlice<UInt8>) -> String { SafeText.bytes(bytes, keeping: ["\t"]) }
}
