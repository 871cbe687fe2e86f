/// Writes a ``Diagnostic`` as text: the message, the source line with a caret, `cause:` lines, then `hint:`.
///
/// Colour adds nothing that the words don't say.
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
        out += sanitize(clip(diagnostic.message)) + "\n"
        if let span = diagnostic.span { out += excerpt(span, diagnostic.severity) }
        for cause in diagnostic.causes { out += "cause: " + sanitize(clip(cause)) + "\n" }
        if let hint = diagnostic.hint { out += paint("hint", "36") + ": " + sanitize(clip(hint)) + "\n" }
        return out
    }

    /// Names in a message come from input of any size; what nobody can read is left out.
    private func clip(_ text: String) -> String {
        let limit = 4096
        return text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
    }

    /// The place as `file:line:column`, the source line, and a caret line under the range.
    private func excerpt(_ span: SourceSpan, _ severity: Diagnostic.Severity) -> String {
        let (line, column) = span.file.position(at: span.range.start)
        var bytes = span.file.lineBytes(line - 1)
        let number = String(line)
        let gutter = String(repeating: " ", count: number.utf8.count)
        var start = column - 1
        // A very long line is shown around the place.
        var prefix = ""
        if bytes.count > width {
            let from = max(0, start - width / 3)
            prefix = from > 0 ? "…" : ""
            bytes = bytes.dropFirst(from).prefix(width)
            start -= from
        }
        let length = max(1, min(span.range.end - span.range.start, bytes.count - start))
        let before = sanitize(String(decoding: bytes.prefix(start), as: UTF8.self), keepTabs: true)
        let marked = sanitize(String(decoding: bytes.dropFirst(start).prefix(length), as: UTF8.self), keepTabs: true)
        let text = sanitize(String(decoding: bytes, as: UTF8.self), keepTabs: true)
        // The caret line keeps tabs, so that both lines are indented alike.
        let pad = String(repeating: " ", count: prefix.count) + before.map { $0 == "\t" ? "\t" : " " }.joined()
        let carets = String(repeating: "^", count: max(1, marked.count))
        var out = "\(gutter)--> \(span.file.name):\(line):\(column)\n"
        out += "\(number) | \(prefix)\(text)\n"
        out += "\(gutter) | \(pad)\(paint(carets, tint(severity)))\n"
        return out
    }

    private func tint(_ severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: "1;31"
        case .warning: "1;33"
        case .note: "1;34"
        }
    }

    private func paint(_ text: String, _ code: String) -> String {
        color ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }

    /// Terminal control characters in other people's text must not reach the terminal.
    private func sanitize(_ text: String, keepTabs: Bool = false) -> String {
        guard
            text.unicodeScalars.contains(where: {
                $0.value < 0x20 || $0.value == 0x7f || (0x80..<0xa0).contains($0.value)
            })
        else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where !keepTabs: out.append(scalar)
            case "\t": out.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7f || (0x80..<0xa0).contains(scalar.value):
                out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
