import Core

/// Takes the flags from the front of an instruction's arguments.
///
/// Quotes group, and a backslash (whatever the file's escape character) takes the next byte as it is; both vanish from
/// the value. `--` alone ends the flags.
struct FlagScanner {
    private let text: MappedText
    private let end: Int
    private(set) var flags: [Flag] = []
    /// Where the arguments start.
    private(set) var index: Int

    init(_ text: MappedText, _ range: Range<Int>) {
        self.text = text
        index = range.lowerBound
        end = range.upperBound
        scan()
    }

    private mutating func scan() {
        let bytes = text.bytes
        while true {
            while index < end, Whitespace.isASCIISpace(bytes[index]) { index += 1 }
            guard index + 1 < end, bytes[index] == UInt8(ascii: "-"), bytes[index + 1] == UInt8(ascii: "-") else {
                return
            }
            let start = index
            var flag = MappedText()
            var quote: UInt8?
            var quoted = false
            var equals: (text: Int, index: Int)?
            while index < end {
                let byte = bytes[index]
                if let open = quote {
                    if byte == open {
                        quote = nil
                        index += 1
                        continue
                    }
                } else {
                    if Whitespace.isASCIISpace(byte) { break }
                    if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                        quote = byte
                        quoted = true
                        index += 1
                        continue
                    }
                }
                if byte == UInt8(ascii: "\\") {
                    index += 1
                    guard index < end else { break }
                }
                let from = index
                index += 1
                while index < end, !isSpecial(bytes[index]) { index += 1 }
                if equals == nil, let sign = bytes[from..<index].firstIndex(of: UInt8(ascii: "=")) {
                    equals = (flag.count + (sign - from), sign)
                }
                flag.append(text, from..<index)
            }
            if flag.bytes == [UInt8(ascii: "-"), UInt8(ascii: "-")], !quoted { return }
            append(flag, start..<index, equals)
        }
    }

    private func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"")
            || Whitespace.isASCIISpace(byte)
    }

    private mutating func append(_ flag: MappedText, _ range: Range<Int>, _ equals: (text: Int, index: Int)?) {
        let nameEnd = equals?.text ?? flag.count
        let name = nameEnd > 2 ? flag.word(2..<nameEnd) : Word("", text.range(range))
        guard let equals else {
            flags.append(Flag(name: name, value: nil, range: text.range(range), mappedValue: MappedText()))
            return
        }
        let mapped = flag.slice((equals.text + 1)..<flag.count)
        let value = Word(mapped.text, text.range((equals.index + 1)..<range.upperBound))
        flags.append(Flag(name: name, value: value, range: text.range(range), mappedValue: mapped))
    }
}
