/// A text that diagnostics point into: its name for people and its bytes.
///
/// Positions are byte offsets. Lines end at LF; a CR before it belongs to the line end.
package final class SourceFile: Sendable {
    package let name: String
    package let bytes: [UInt8]
    /// Offset of the first byte of each line.
    package let lineStarts: [Int]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        var starts = [0]
        bytes.withUnsafeBufferPointer { buffer in
            for index in buffer.indices where buffer[index] == UInt8(ascii: "\n") { starts.append(index + 1) }
        }
        lineStarts = starts
    }

    package convenience init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// The line (from 0) that holds a byte offset.
    package func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// Line and column, both from 1; the column counts bytes.
    package func position(at offset: Int) -> (line: Int, column: Int) {
        let line = line(at: offset)
        return (line + 1, offset - lineStarts[line] + 1)
    }

    /// The bytes of a line (from 0) without its line end.
    package func lineBytes(_ line: Int) -> ArraySlice<UInt8> {
        guard line < lineStarts.count else { return [] }
        let start = lineStarts[line]
        var end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return bytes[start..<max(start, end)]
    }

    package func text(_ range: SourceRange) -> String {
        String(decoding: bytes[range.start..<range.end], as: UTF8.self)
    }
}

/// A half-open range of byte offsets in one ``SourceFile``.
package struct SourceRange: Hashable, Sendable {
    package var start: Int
    package var end: Int

    package init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = max(start, end)
    }

    package var isEmpty: Bool { start == end }

    /// The smallest range that holds both.
    package func union(_ other: SourceRange) -> SourceRange {
        SourceRange(min(start, other.start), max(end, other.end))
    }
}

/// A range together with the text it lies in.
package struct SourceSpan: Sendable {
    package var file: SourceFile
    package var range: SourceRange

    package init(_ file: SourceFile, _ range: SourceRange) {
        self.file = file
        self.range = range
    }
}
