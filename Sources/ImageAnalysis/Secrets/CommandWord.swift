/// A word of a command in a text that may be a shell's, an exec form's or an instruction's.
struct CommandWord {
    /// With its quotes.
    var range: Range<Int>
    /// Without quotes that go all around it.
    var inner: Range<Int>

    /// Words up to a `;`, `&`, `|`, bracket or line break.
    struct Command {
        var words: [CommandWord] = []
        /// Whether it reads what the one before prints.
        var isPiped = false
    }

    /// Splits a text as far as looking for secrets needs: quotes are kept together, nothing is expanded. Brackets and
    /// commas around quotes count as blanks, so that `["a","b"]` has two words. Time is linear in the bytes.
    static func commands(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> [Command] {
        var reader = Reader(bytes: bytes, index: range.lowerBound, end: range.upperBound)
        return reader.read()
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var index: Int
        let end: Int
        private var commands: [Command] = []
        private var current = Command()
        /// Kinds of quotes that don't come again: looked for once.
        private var exhausted: Set<Int> = []

        init(bytes: UnsafeRawBufferPointer, index: Int, end: Int) {
            self.bytes = bytes
            self.index = index
            self.end = end
        }

        mutating func read() -> [Command] {
            while index < end {
                switch bytes[index] {
                case UInt8(ascii: "\\") where index + 1 < end && bytes[index + 1] == 0x0a: index += 2
                case UInt8(ascii: "|"):
                    let isDouble = index + 1 < end && bytes[index + 1] == UInt8(ascii: "|")
                    finish(isPiped: !isDouble)
                    index += isDouble ? 2 : 1
                case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "("), UInt8(ascii: ")"), 0x0a:
                    finish(isPiped: false)
                    index += 1
                case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), 0...0x20: index += 1
                default: current.words.append(word())
                }
            }
            finish(isPiped: false)
            return commands
        }

        private mutating func finish(isPiped: Bool) {
            if !current.words.isEmpty { commands.append(current) }
            current = Command(isPiped: isPiped)
        }

        private mutating func word() -> CommandWord {
            let start = index
            var inner: Range<Int>?
            while index < end {
                let byte = bytes[index]
                if byte <= 0x20 || ";&|()".utf8.contains(byte) { break }
                if let content = quoted() {
                    inner = content
                    // The end of an element of a list.
                    if index < end, bytes[index] == UInt8(ascii: ",") || bytes[index] == UInt8(ascii: "]") { break }
                } else {
                    index += byte == UInt8(ascii: "\\") && index + 1 < end && bytes[index + 1] > 0x20 ? 2 : 1
                }
            }
            index = min(index, end)
            let range = start..<index
            guard let inner, inner.count + 2 * (inner.lowerBound - start) == range.count else {
                return CommandWord(range: range, inner: range)
            }
            return CommandWord(range: range, inner: inner)
        }

        /// Takes a text in quotes if one starts here: `"`, `'`, or `\"` as in a text that lies in quotes itself.
        private mutating func quoted() -> Range<Int>? {
            let isEscaped = bytes[index] == UInt8(ascii: "\\")
            let at = isEscaped ? index + 1 : index
            guard at < end, bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'") else { return nil }
            let mark = bytes[at]
            let kind = Int(mark) << 1 | (isEscaped ? 1 : 0)
            guard !exhausted.contains(kind) else { return nil }
            var close = at + 1
            while close < end {
                if bytes[close] == UInt8(ascii: "\\"), mark == UInt8(ascii: "\"") || isEscaped {
                    if isEscaped, close + 1 < end, bytes[close + 1] == mark {
                        index = close + 2
                        return at + 1..<close
                    }
                    close += 2
                } else if bytes[close] == mark, !isEscaped {
                    index = close + 1
                    return at + 1..<close
                } else {
                    close += 1
                }
            }
            exhausted.insert(kind)
            return nil
        }
    }
}
