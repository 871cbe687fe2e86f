extension ShellParser {
    /// Reads a compound command if one starts here.
    mutating func compound() throws(ShellError) -> Bool {
        switch byte() {
        case UInt8(ascii: "("):
            if starts("(("), try arithmetic() { return true }
            try bracketed(.subshell, close: UInt8(ascii: ")"))
        case UInt8(ascii: "{") where isWordEnd(1): try bracketed(.group, close: UInt8(ascii: "}"))
        case UInt8(ascii: "[") where isReserved("[["): try test()
        case UInt8(ascii: "i") where isReserved("if"): try ifCommand()
        case UInt8(ascii: "w") where isReserved("while"): try loop(5)
        case UInt8(ascii: "u") where isReserved("until"): try loop(5)
        case UInt8(ascii: "f") where isReserved("for"): try forCommand(3)
        case UInt8(ascii: "s") where isReserved("select"): try forCommand(6)
        case UInt8(ascii: "c") where isReserved("case"): try caseCommand()
        case UInt8(ascii: "f") where isReserved("function"): try functionKeyword()
        default: return false
        }
        return true
    }

    private mutating func bracketed(_ kind: ShellScope.Kind, close: UInt8) throws(ShellError) {
        let start = at
        at += 1
        try scoped(kind) { (parser) throws(ShellError) in
            guard try parser.list() else { throw parser.unexpected() }
        }
        guard byte() == close, at < end else {
            throw unterminated(String(decoding: text[start...start], as: UTF8.self), start)
        }
        at += 1
    }

    /// `((…))`; false, and nothing read, when it is a subshell in a subshell.
    private mutating func arithmetic() throws(ShellError) -> Bool {
        guard let close = arithmeticEnd(from: at + 2) else { return false }
        at += 2
        try arithmetic(to: close)
        return true
    }

    /// `((…; …; …))` of a loop.
    private mutating func loopArithmetic() throws(ShellError) {
        let start = at
        at += 2
        var builder = WordBuilder()
        var open = 2
        while at < end, open > 0 {
            switch text[at] {
            case UInt8(ascii: "$"):
                try nested { (parser) throws(ShellError) in try parser.dollar(&builder, quoted: true) }
            case UInt8(ascii: "`"): try backticks(&builder)
            case UInt8(ascii: "("):
                open += 1
                at += 1
            case UInt8(ascii: ")"):
                open -= 1
                at += 1
            default: at += 1
            }
        }
        if open > 0 { throw unterminated("((", start) }
    }

    /// `[[ … ]]`, whose words may hold signs.
    private mutating func test() throws(ShellError) {
        let start = at
        at += 2
        var tokens: [ShellTest.Token] = []
        while true {
            try skipLines()
            guard at < end else { throw unterminated("[[", start) }
            if isReserved("]]") { break }
            if case .word(let before) = tokens.last, before.text == "=~", !before.hasQuotes {
                tokens.append(try pattern())
            } else if isWordStart() {
                tokens.append(.word(try word()))
            } else {
                tokens.append(sign())
            }
        }
        at += 2
        guard ShellTest(tokens).isWellFormed else {
            throw ShellError(
                kind: .unexpected(String(decoding: text[start..<min(at, start + 12)], as: UTF8.self)), offset: start)
        }
    }

    private mutating func sign() -> ShellTest.Token {
        let count = starts("&&") || starts("||") ? 2 : 1
        defer { at += count }
        return .sign(String(decoding: text[at..<(at + count)], as: UTF8.self))
    }

    /// The regular expression behind `=~`: parentheses belong to it, and blanks inside them.
    private mutating func pattern() throws(ShellError) -> ShellTest.Token {
        let start = at
        var open = 0
        var builder = WordBuilder()
        while at < end {
            switch text[at] {
            case UInt8(ascii: "("):
                open += 1
                at += 1
            case UInt8(ascii: ")"):
                open -= 1
                at += 1
            case UInt8(ascii: "'"): try singleQuoted(&builder)
            case UInt8(ascii: "\""): try doubleQuoted(&builder)
            case UInt8(ascii: "\\"): escaped(&builder)
            case UInt8(ascii: "$"): try dollar(&builder, quoted: false)
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if open <= 0 { return .word(ShellWord(text: "", range: start..<at)) }
                at += 1
            default: at += 1
            }
        }
        throw unterminated("[[", start)
    }

    private mutating func expect(_ word: StaticString, for what: String, _ start: Int) throws(ShellError) {
        try skipLines()
        guard isReserved(word) else {
            if at >= end { throw unterminated(what, start) }
            throw unexpected()
        }
        at += word.utf8CodeUnitCount
    }

    private mutating func part(_ kind: ShellScope.Kind) throws(ShellError) {
        try scoped(kind) { (parser) throws(ShellError) in
            guard try parser.list() else { throw parser.unexpected() }
        }
    }

    private mutating func ifCommand() throws(ShellError) {
        let start = at
        at += 2
        try part(.condition)
        try expect("then", for: "if", start)
        try part(.branch)
        while isReserved("elif") {
            at += 4
            try part(.condition)
            try expect("then", for: "if", start)
            try part(.branch)
        }
        if isReserved("else") {
            at += 4
            try part(.branch)
        }
        try expect("fi", for: "if", start)
    }

    private mutating func loop(_ length: Int) throws(ShellError) {
        let start = at
        at += length
        try part(.condition)
        try body(start)
    }

    /// `do … done`.
    private mutating func body(_ start: Int) throws(ShellError) {
        try expect("do", for: "loop", start)
        try part(.loop)
        try expect("done", for: "loop", start)
    }

    private mutating func forCommand(_ length: Int) throws(ShellError) {
        let start = at
        at += length
        skipBlanks()
        if starts("((") {
            try loopArithmetic()
        } else {
            guard isWordStart() else { throw unexpected() }
            _ = try word()
            try skipLines()
            if isReserved("in") {
                at += 2
                skipBlanks()
                while isWordStart() {
                    _ = try word()
                    skipBlanks()
                }
            }
        }
        skipBlanks()
        if byte() == UInt8(ascii: ";") { at += 1 }
        try skipLines()
        if byte() == UInt8(ascii: "{") { return try bracketed(.loop, close: UInt8(ascii: "}")) }
        try body(start)
    }

    private mutating func caseCommand() throws(ShellError) {
        let start = at
        at += 4
        skipBlanks()
        guard isWordStart() else { throw unexpected() }
        _ = try word()
        try expect("in", for: "case", start)
        while true {
            try skipLines()
            guard at < end else { throw unterminated("case", start) }
            if isReserved("esac") { break }
            if byte() == UInt8(ascii: "(") { at += 1 }
            try patterns()
            try scoped(.caseItem) { (parser) throws(ShellError) in _ = try parser.list() }
            if starts(";;&") {
                at += 3
            } else if starts(";;") || starts(";&") {
                at += 2
            }
        }
        at += 4
    }

    /// `a | b)` of a case item.
    private mutating func patterns() throws(ShellError) {
        while true {
            skipBlanks()
            guard isWordStart() else { throw unexpected() }
            _ = try word()
            skipBlanks()
            if byte() == UInt8(ascii: ")"), at < end {
                at += 1
                return
            }
            guard byte() == UInt8(ascii: "|") else { throw unexpected() }
            at += 1
        }
    }

    private mutating func functionKeyword() throws(ShellError) {
        at += 8
        skipBlanks()
        guard isWordStart() else { throw unexpected() }
        let name = try word()
        skipBlanks()
        if starts("()") { at += 2 }
        try function(name.text)
    }
}
