// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_03

/// A text for a shell taken apart into its simple commands, far enough to find what is called with which words. Quotes
/// are minded, nothing is expanded.
struct ShellCommands {
    struct Word {
        /// Without quotes.
        var text: String
        /// Where it stands in the text's UTF-8.
        var range: Range<Int>
    }

    private let bytes: [UInt8]
    /// The words of each simple command.
    let commands: [[Word]]

    init(_ text: String) {
        bytes = Array(text.utf8)
        var commands: [[Word]] = []
        var words: [Word] = []
        var word: [UInt8] = []
        var start: Int?
        var quote: UInt8?
        func endWord(_ end: Int) {
            if let begin = start { words.append(Word(text: String(decoding: word, as: UTF8.self), range: begin..<end)) }
            start = nil
            word = []
        }
        func endCommand(_ end: Int) {
            endWord(end)
            if !words.isEmpty { commands.append(words) }
            words = []
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open {
                    quote = nil
                } else if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\""), index + 1 < bytes.count {
                    index += 1
                    word.append(bytes[index])
                } else {
                    word.append(byte)
                }
                index += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                quote = byte
                start = start ?? index
            case UInt8(ascii: "\\") where index + 1 < bytes.count:
                if bytes[index + 1] == 0x0a {
                    endWord(index)
                } else {
                    start = start ?? index
                    word.append(bytes[index + 1])
                }
                index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"): endWord(index)
            case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"), 0x0a:
                endCommand(index)
            default:
                start = start ?? index
                word.append(byte)
            }
            index += 1
        }
        endCommand(bytes.count)
        self.commands = commands
    }

    /// The first command that calls one of some programs, with the words behind its name.
    func call(of programs: Set<String>) -> [Word]? { calls(of: programs).first }

    /// All commands that call one of some programs: settings of variables and `sudo`, `env`, `exec` in front are passed
    /// over, and of a path the last component counts.
    func calls(of programs: Set<String>) -> [[Word]] {
        commands.compactMap { words in
            var rest = words[...]
            while let first = rest.first, Self.isPrefix(first.text) { rest = rest.dropFirst() }
            guard let first = rest.first, let name = first.text.split(separator: "/").last,
                programs.contains(String(name))
            else { return nil }
            return Array(rest.dropFirst())
        }
    }

    private static func isPrefix(_ word: String) -> Bool {
        if let equals = word.firstIndex(of: "="), equals != word.startIndex {
            return word[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
        return ["sudo", "env", "exec", "time", "command", "then", "do", "else", "if", "{", "!"].contains(word)
    }

    /// The text with something put in behind words; later ones first, so that places stay right.
    func inserting(_ text: String, behind words: [Word]) -> String {
        var out = bytes
        for word in words.sorted(by: { $0.range.upperBound > $1.range.upperBound }) {
            out.insert(contentsOf: text.utf8, at: word.range.upperBound)
        }
        return String(decoding: out, as: UTF8.self)
    }
}
