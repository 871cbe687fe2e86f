import Core

/// Cuts an instruction's arguments into words. Works on a range of a logical line, gives ranges of it.
struct WordScanner {
    let text: MappedText
    let escape: UInt8

    /// Words between blanks.
    func blankSeparated(_ range: Range<Int>) -> [Range<Int>] {
        let bytes = text.bytes
        var out: [Range<Int>] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if Whitespace.isBlank(bytes[index]) {
                index += 1
                continue
            }
            let start = index
            while index < range.upperBound, !Whitespace.isBlank(bytes[index]) { index += 1 }
            out.append(start..<index)
        }
        return out
    }

    /// Words between white space, where quotes and the escape character hold a word together. They stay in the word; an
    /// escape character at the very end does not.
    func quoted(_ range: Range<Int>) -> [Range<Int>] {
        let bytes = text.bytes
        let end = range.upperBound
        var out: [Range<Int>] = []
        var index = range.lowerBound
        while index < end {
            let space = Whitespace.length(bytes, index, end)
            if space > 0 {
                index += space
                continue
            }
            let start = index
            var stop = end
            var quote: UInt8?
            while index < end {
                let byte = bytes[index]
                if byte == escape, quote != UInt8(ascii: "'") {
                    if index + 1 == end {
                        stop = index
                        index = end
                        break
                    }
                    index += 2
                    continue
                }
                if let open = quote {
                    if byte == open { quote = nil }
                    index += 1
                    continue
                }
                if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                    quote = byte
                } else if Whitespace.length(bytes, index, end) > 0 {
                    stop = index
                    break
                }
                index += 1
            }
            stop = min(stop, end)
            if stop > start { out.append(start..<stop) }
        }
        return out
    }
}
