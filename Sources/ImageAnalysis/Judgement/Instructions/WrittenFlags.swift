/// The flags of an instruction as they are written, behind its keyword.
struct WrittenFlags {
    private(set) var flags: [String] = []
    /// Characters of the keyword, the flags and the blanks behind them.
    private(set) var end: Int

    /// - Parameter text: an instruction, from its keyword on.
    init(_ text: String) {
        let characters = Array(text)
        var index = characters.firstIndex(where: \.isWhitespace) ?? characters.count
        Self.skipBlanks(characters, &index)
        while index + 1 < characters.count, characters[index] == "-", characters[index + 1] == "-" {
            let start = index
            while index < characters.count, !characters[index].isWhitespace { index += 1 }
            flags.append(String(characters[start..<index]))
            Self.skipBlanks(characters, &index)
        }
        end = index
    }

    /// Continued lines are one.
    private static func skipBlanks(_ characters: [Character], _ index: inout Int) {
        while index < characters.count {
            if characters[index].isWhitespace {
                index += 1
            } else if characters[index] == "\\", index + 1 < characters.count, characters[index + 1].isNewline {
                index += 2
            } else {
                return
            }
        }
    }
}
