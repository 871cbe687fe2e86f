package import Core

/// A text put together from pieces of a source file that knows where each of its bytes came from.
///
/// A logical line of a Dockerfile is such a text: the continuation characters, line ends and comments between its
/// pieces are gone, yet every word in it can still be found, and edited, in the file.
package struct MappedText: Sendable {
    /// One piece: from this index of the text on, bytes come from this offset of the source.
    private struct Segment: Sendable {
        var index: Int
        var offset: Int
    }

    package private(set) var bytes: [UInt8] = []
    private var segments: [Segment] = []
    /// Where the text stands as long as it is empty.
    private var origin = 0

    package init() {}

    package var count: Int { bytes.count }
    package var isEmpty: Bool { bytes.isEmpty }
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Adds a range of the source. Pieces that touch in the source are joined.
    mutating func append(_ source: [UInt8], _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        mark(range.lowerBound)
        bytes.append(contentsOf: source[range])
    }

    /// Adds one byte that stands at an offset of the source, such as the unescaped form of an escape.
    mutating func append(_ byte: UInt8, at offset: Int) {
        mark(offset)
        bytes.append(byte)
    }

    private mutating func mark(_ offset: Int) {
        if let last = segments.last, last.offset + (bytes.count - last.index) == offset { return }
        segments.append(Segment(index: bytes.count, offset: offset))
    }

    /// Where the byte at an index stands in the source; for the end index, just behind the last byte.
    package func offset(_ index: Int) -> Int {
        guard let first = segments.first else { return origin }
        guard index < bytes.count else {
            let last = segments[segments.count - 1]
            return last.offset + (bytes.count - last.index)
        }
        if segments.count == 1 { return first.offset + index }
        let segment = segments[self.segment(holding: index)]
        return segment.offset + (index - segment.index)
    }

    /// The number of the piece that holds a byte.
    private func segment(holding index: Int) -> Int {
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].index <= index { low = middle } else { high = middle }
        }
        return low
    }

    /// The smallest range of the source that holds a range of the text.
    package func range(_ range: Range<Int>) -> SourceRange {
        if range.isEmpty {
            // Right behind what comes before, not beyond a continuation.
            let at = range.lowerBound > 0 ? offset(range.lowerBound - 1) + 1 : offset(range.lowerBound)
            return SourceRange(at, at)
        }
        return SourceRange(offset(range.lowerBound), offset(range.upperBound - 1) + 1)
    }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func word(_ range: Range<Int>) -> Word { Word(string(range), self.range(range)) }

    /// A part of the text that keeps its mapping.
    func slice(_ range: Range<Int>) -> MappedText {
        var out = MappedText()
        out.append(self, range)
        return out
    }

    /// Adds a part of another text of the same source.
    mutating func append(_ other: MappedText, _ range: Range<Int>) {
        if bytes.isEmpty { origin = other.range(range).start }
        guard !range.isEmpty else { return }
        var segment = other.segment(holding: range.lowerBound)
        var index = range.lowerBound
        while index < range.upperBound {
            let from = other.segments[segment]
            let next = segment + 1 < other.segments.count ? other.segments[segment + 1].index : other.bytes.count
            let end = min(next, range.upperBound)
            mark(from.offset + (index - from.index))
            bytes.append(contentsOf: other.bytes[index..<end])
            index = end
            segment += 1
        }
    }
}
