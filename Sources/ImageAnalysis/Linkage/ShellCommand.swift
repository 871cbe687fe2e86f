// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html

/// Reads the first command of a line for a shell, where it is plain.
enum ShellCommand {
    /// What a shell does itself, and words with which something longer starts.
    private static let builtins: Set<String> = [
        ".", ":", "[", "[[", "alias", "bg", "break", "builtin", "case", "cd", "command", "continue", "declare", "echo",
        "enable", "eval", "exit", "export", "false", "fc", "fg", "for", "function", "getopts", "hash", "help", "if",
        "jobs", "kill", "let", "local", "mapfile", "popd", "printf", "pushd", "pwd", "read", "readonly", "return",
        "select", "set", "shift", "shopt", "source", "test", "time", "times", "trap", "true", "type", "typeset",
        "ulimit", "umask", "unalias", "unset", "until", "wait", "while", "{", "!",
    ]

    /// - Returns: the words of the first command; nil when a shell does it itself or what it is shows at run time alone.
    static func first(_ line: String) -> [String]? {
        guard line.utf8.count <= 1 << 16, var words = words(line) else { return nil }
        while let word = words.first, isAssignment(word) || word == "exec" { words.removeFirst() }
        guard let word = words.first, !word.isEmpty, !word.hasPrefix("-"), !builtins.contains(word) else { return nil }
        return words
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return false }
        return word[..<equals].utf8.allSatisfy {
            $0 == UInt8(ascii: "_") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20
        }
    }

    /// The words up to the end of the first command. A word that the shell would change ends the reading: as the first
    /// it makes the command unknown, later it is left out with all behind it.
    private static func words(_ line: String) -> [String]? {
        var words: [String] = []
        var word: [UInt8] = []
        var isInWord = false
        var quote: UInt8?
        var isPlain = true
        func end() {
            if isInWord, isPlain { words.append(String(decoding: word, as: UTF8.self)) }
            word = []
            isInWord = false
        }
        var bytes = Array(line.utf8)[...]
        while let byte = bytes.popFirst() {
            if let open = quote {
                if byte == open {
                    quote = nil
                } else if open == UInt8(ascii: "\""), byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`") {
                    isPlain = false
                } else {
                    word.append(byte)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                quote = byte
                isInWord = true
            case UInt8(ascii: "\\"):
                if let next = bytes.popFirst(), next != UInt8(ascii: "\n") {
                    word.append(next)
                    isInWord = true
                }
            case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "~"),
                UInt8(ascii: "["), UInt8(ascii: "{"):
                isPlain = false
                isInWord = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                end()
            case UInt8(ascii: "("), UInt8(ascii: ")"):
                return nil
            case UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"),
                UInt8(ascii: ">"), UInt8(ascii: "#"):
                if byte == UInt8(ascii: "#"), isInWord {
                    word.append(byte)
                    continue
                }
                end()
                if words.isEmpty, isPlain, byte == UInt8(ascii: "\n") { continue }
                return words
            default:
                word.append(byte)
                isInWord = true
            }
            if !isPlain { return words.isEmpty ? nil : words }
        }
        if quote != nil { return words.isEmpty ? nil : words }
        end()
        return words
    }
}
