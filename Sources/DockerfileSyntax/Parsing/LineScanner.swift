// https://docs.docker.com/reference/dockerfile/#format
import Core

/// Cuts a file into logical lines: joins continued lines, and takes comments and blank lines out of them.
struct LineScanner {
    let source: SourceFile
    private let bytes: [UInt8]
    /// The next physical line.
    private(set) var line: Int
    var escape = UInt8(ascii: "\\")
    private(set) var comments: [Comment] = []
    /// Comments since the last logical line.
    private(set) var pendingComments: [Comment] = []

    struct LogicalLine {
        var text = MappedText()
        /// Physical lines, from 0.
        var first: Int
        var last: Int
        var comments: [Comment]
        var emptyContinuations: [SourceRange] = []
    }

    init(source: SourceFile) {
        self.source = source
        bytes = source.bytes
        line = 0
    }

    /// The number of physical lines; the empty one behind a final line end isn't one.
    var lineCount: Int {
        let starts = source.lineStarts
        return starts[starts.count - 1] == bytes.count ? starts.count - 1 : starts.count
    }

    /// A physical line with its end, without a byte order mark.
    func fullLine(_ index: Int) -> Range<Int> {
        let starts = source.lineStarts
        let end = index + 1 < starts.count ? starts[index + 1] : bytes.count
        var start = starts[index]
        if index == 0, bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { start = 3 }
        return start..<end
    }

    /// A physical line without its end.
    func content(_ index: Int) -> Range<Int> {
        let line = fullLine(index)
        var end = line.upperBound
        while end > line.lowerBound, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return line.lowerBound..<end
    }

    mutating func skipLine() { line += 1 }

    mutating func skip(to next: Int) { line = next }

    /// The next logical line; nil at the end of the file.
    mutating func next() -> LogicalLine? {
        while line < lineCount {
            let content = Whitespace.trimmedStart(bytes, content(line))
            if content.isEmpty {
                line += 1
                continue
            }
            if bytes[content.lowerBound] == UInt8(ascii: "#") {
                let comment = comment(content)
                comments.append(comment)
                pendingComments.append(comment)
                line += 1
                continue
            }
            var logical = LogicalLine(first: line, last: line, comments: pendingComments)
            pendingComments = []
            line += 1
            var continues = append(content, to: &logical)
            while continues, line < lineCount {
                let whole = self.content(line)
                let trimmed = Whitespace.trimmedStart(bytes, whole)
                logical.last = line
                line += 1
                if trimmed.isEmpty {
                    logical.emptyContinuations.append(SourceRange(whole.lowerBound, whole.upperBound))
                } else if bytes[trimmed.lowerBound] == UInt8(ascii: "#") {
                    comments.append(comment(trimmed))
                } else {
                    continues = append(whole, to: &logical)
                }
            }
            return logical
        }
        return nil
    }

    /// Adds a physical line without the escape character that continues it; true when it has one.
    private func append(_ content: Range<Int>, to logical: inout LogicalLine) -> Bool {
        var end = content.upperBound
        while end > content.lowerBound, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        // Two escape characters are an escaped one, which continues nothing.
        guard end > content.lowerBound, bytes[end - 1] == escape,
            end - 1 == content.lowerBound || bytes[end - 2] != escape
        else {
            logical.text.append(bytes, content)
            return false
        }
        logical.text.append(bytes, content.lowerBound..<(end - 1))
        return true
    }

    private func comment(_ content: Range<Int>) -> Comment {
        let text = Whitespace.trimmed(bytes, (content.lowerBound + 1)..<content.upperBound)
        return Comment(
            text: String(decoding: bytes[text], as: UTF8.self),
            range: SourceRange(content.lowerBound, content.upperBound))
    }
}
