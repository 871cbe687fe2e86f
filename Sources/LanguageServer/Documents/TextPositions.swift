// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position
import Core

/// A place as editors count it: line and UTF-16 code unit, both from 0.
struct TextPosition: Hashable {
    var line: Int
    var character: Int

    init(_ line: Int, _ character: Int) {
        self.line = line
        self.character = character
    }

    /// Nil for what is no position.
    init?(_ json: OrderedJSON?) {
        guard let line = json?["line"]?.integer, let character = json?["character"]?.integer, line >= 0, character >= 0
        else { return nil }
        self.init(line, character)
    }

    var json: OrderedJSON { ["line": .int(line), "character": .int(character)] }
}

/// Turns byte offsets of a text into positions and back. Lines end at LF, CR LF and CR.
struct TextPositions {
    let bytes: [UInt8]
    private var starts = [0]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        bytes.withUnsafeBufferPointer { buffer in
            for index in buffer.indices {
                switch buffer[index] {
                case 0x0a: starts.append(index + 1)
                case 0x0d where index + 1 == buffer.count || buffer[index + 1] != 0x0a: starts.append(index + 1)
                default: continue
                }
            }
        }
    }

    /// The offset of a position. What lies behind the end of a line or of the text is its end, as the protocol wants
    /// it; the middle of a character is its start.
    func offset(_ position: TextPosition) -> Int {
        guard position.line < starts.count else { return bytes.count }
        let end = self.end(of: position.line)
        var index = starts[position.line]
        var units = 0
        while index < end {
            let (length, width) = character(at: index)
            if units + width > position.character { break }
            units += width
            index += length
        }
        return min(index, end)
    }

    /// The position of an offset.
    func position(_ offset: Int) -> TextPosition {
        let offset = max(0, min(offset, bytes.count))
        let line = self.line(at: offset)
        var index = starts[line]
        var units = 0
        while index < offset {
            let (length, width) = character(at: index)
            index += length
            if index <= offset { units += width }
        }
        return TextPosition(line, units)
    }

    func line(at offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    func start(of line: Int) -> Int { starts[line] }

    /// Where a line ends, its line end not counted.
    func end(of line: Int) -> Int {
        guard line + 1 < starts.count else { return bytes.count }
        var end = starts[line + 1]
        if end > starts[line], bytes[end - 1] == 0x0a { end -= 1 }
        if end > starts[line], bytes[end - 1] == 0x0d { end -= 1 }
        return end
    }

    func json(_ range: SourceRange) -> OrderedJSON {
        ["start": position(range.start).json, "end": position(range.end).json]
    }

    /// The range that a client names; nil for what is none. Ends in the wrong order are taken in the right one.
    func range(_ json: OrderedJSON?) -> SourceRange? {
        guard let start = TextPosition(json?["start"]), let end = TextPosition(json?["end"]) else { return nil }
        let (first, last) = (offset(start), offset(end))
        return SourceRange(min(first, last), max(first, last))
    }

    /// Bytes and UTF-16 units of the character at an index.
    private func character(at index: Int) -> (length: Int, width: Int) {
        switch bytes[index] {
        case 0xf0...: (4, 2)
        case 0xe0...: (3, 1)
        case 0xc0...: (2, 1)
        default: (1, 1)
        }
    }
}
