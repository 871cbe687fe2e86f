// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_03

/// A text for a shell taken apart into its simple commands, far enough to find what is called with which words. Quotes
/// are minded, nothing is expanded; comments are passed over, those between the continued lines of a Dockerfile too.
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
    /// Where the last of them ends, or what closes it, in the text's UTF-8; a comment may be behind it.
    let end: Int

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
        var last = 0
        /// Whether nothing but blanks came since a line break that a backslash takes away.
        var isContinued = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == 0x0a
            if quote == nil, start == nil, byte == UInt8(ascii: "#") {
                while index < bytes.count, bytes[index] != 0x0a { index += 1 }
                // A Dockerfile's comment goes with its line.
                if isContinued { index += 1 }
                continue
            }
            if quote == nil, isContinued, byte == 0x0a {
                index += 1
                continue
            }
            if quote != nil || !isBlank {
                isContinued = false
                last = index + 1
            }
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
                    isContinued = true
                } else {
                    start = start ?? index
                    word.append(bytes[index + 1])
                    last = index + 2
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
        end = min(last, bytes.count)
    }

    /// The first command that calls one of some programs, with the words behind its name.
    func call(of programs: Set<String>) -> [Word]? { calls(of: programs).first }

    /// All commands that call one of some programs, by the words behind its name.
    func calls(of programs: Set<String>) -> [[Word]] { invocations(of: programs).map(\.words) }

    /// A command with the name of what it calls, without a path.
    struct Invocation {
        var program: String
        var words: [Word]
        /// Of all of it, with what stands in front.
        var range: Range<Int>
    }

    /// All commands that call one of some programs: settings of variables and `sudo`, `env`, `exec` in front are passed
    /// over, and of a path the last component counts.
    func invocations(of programs: Set<String>) -> [Invocation] {
        commands.compactMap { words in
            var rest = words[...]
            while let first = rest.first, Self.isPrefix(first.text) { rest = rest.dropFirst() }
            guard let first = rest.first, let name = first.text.split(separator: "/").last,
                programs.contains(String(name)), let begin = words.first, let end = words.last
            else { return nil }
            return Invocation(
                program: String(name), words: Array(rest.dropFirst()),
                range: begin.range.lowerBound..<end.range.upperBound)
        }
    }

    private static func isPrefix(_ word: String) -> Bool {
        if let equals = word.firstIndex(of: "="), equals != word.startIndex {
            return word[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
        return ["sudo", "env", "exec", "time", "command", "then", "do", "else", "if", "{", "!"].contains(word)
    }

    /// A part of the text as it is written.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The text with other texts in the place of parts of it.
    func replacing(_ parts: [(range: Range<Int>, text: String)]) -> String {
        var out = bytes
        for part in parts.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            out.replaceSubrange(part.range, with: part.text.utf8)
        }
        return String(decoding: out, as: UTF8.self)
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
