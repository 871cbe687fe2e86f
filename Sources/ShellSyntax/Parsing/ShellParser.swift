extension ShellScript {
    /// Reads a script. Nothing is an error for the caller: see ``error``.
    package static func parse(_ text: [UInt8]) -> ShellScript {
        var parser = ShellParser(text)
        return parser.parse()
    }

    package static func parse(_ text: String) -> ShellScript { parse(Array(text.utf8)) }
}

/// A recursive descent over the bytes of a script.
struct ShellParser {
    let text: [UInt8]
    /// Where reading stops: the end of the text, or of the part in backquotes that is being read.
    var end: Int
    var at = 0
    var script: ShellScript
    var scope = 0
    var pipelines = 0
    var depth = 0
    var heredocs: [PendingHeredoc] = []

    static let depthLimit = 200
    /// Bytes of an arithmetic expression that are looked at to tell it from a subshell in a subshell.
    static let arithmeticLimit = 4096

    init(_ text: [UInt8]) {
        self.text = text
        end = text.count
        script = ShellScript(text: text)
        script.scopes = [ShellScope(kind: .script, parent: nil, range: 0..<text.count)]
    }

    mutating func parse() -> ShellScript {
        do throws(ShellError) {
            _ = try list()
            if at < end {
                let read = unexpected()
                guard case .unexpected(let what) = read.kind, !script.commands.isEmpty, !startsParenthesis() else {
                    throw read
                }
                throw ShellError(kind: .stray(what), offset: read.offset)
            }
        } catch {
            script.error = error
        }
        return script
    }

    /// A `(` that is taken for the start of a function or a list, not for the end of the commands.
    private func startsParenthesis() -> Bool {
        guard byte() == UInt8(ascii: "("), at + 1 < end, at > 0 else { return false }
        return text[at - 1] == UInt8(ascii: " ") || text[at - 1] == UInt8(ascii: "\t")
            || script.commands.last?.words.count == 1
    }

    // MARK: Bytes

    func byte(_ offset: Int = 0) -> UInt8 { at + offset < end ? text[at + offset] : 0 }

    func starts(_ token: StaticString) -> Bool {
        let count = token.utf8CodeUnitCount
        guard at + count <= end else { return false }
        for index in 0..<count where text[at + index] != token.utf8Start[index] { return false }
        return true
    }

    func unexpected() -> ShellError {
        let stop = min(end, at + 12)
        return ShellError(kind: .unexpected(String(decoding: text[at..<stop], as: UTF8.self)), offset: at)
    }

    func unterminated(_ what: String, _ offset: Int) -> ShellError {
        ShellError(kind: .unterminated(what), offset: offset)
    }

    /// Steps over blanks, continued lines and a comment.
    mutating func skipBlanks() {
        while at < end {
            switch text[at] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): at += 1
            case UInt8(ascii: "\\") where byte(1) == UInt8(ascii: "\n"): at += 2
            case UInt8(ascii: "\\") where byte(1) == UInt8(ascii: "\r") && byte(2) == UInt8(ascii: "\n"): at += 3
            case UInt8(ascii: "#"):
                while at < end, text[at] != UInt8(ascii: "\n") { at += 1 }
            default: return
            }
        }
    }

    /// Steps over blanks and ends of lines; bodies of here-documents go with the line that announced them.
    mutating func skipLines() throws(ShellError) {
        skipBlanks()
        while at < end, text[at] == UInt8(ascii: "\n") {
            at += 1
            try readHeredocs()
            skipBlanks()
        }
    }

    /// Runs a part that stands inside another one.
    mutating func nested<Value>(_ body: (inout ShellParser) throws(ShellError) -> Value) throws(ShellError) -> Value {
        guard depth < Self.depthLimit else { throw ShellError(kind: .tooDeep, offset: at) }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    /// Reads a part whose commands belong to a scope of their own.
    mutating func scoped<Value>(
        _ kind: ShellScope.Kind, _ body: (inout ShellParser) throws(ShellError) -> Value
    ) throws(ShellError) -> Value {
        let outer = scope
        let index = script.scopes.count
        script.scopes.append(ShellScope(kind: kind, parent: outer, range: at..<at))
        scope = index
        defer { scope = outer }
        let start = at
        let value = try nested(body)
        script.scopes[index].range = start..<at
        return value
    }

    // MARK: Lists

    /// Pipelines tied by `&&`, `||`, `;`, `&` and line ends, up to something that can't start a command.
    /// Returns whether there was one.
    mutating func list() throws(ShellError) -> Bool {
        var connector = ShellCommand.Connector.edge
        var previous: Range<Int>?
        while true {
            try skipLines()
            guard at < end, !isListEnd(), previous == nil || !startsConnector() else { break }
            let commands = try pipeline()
            tie(previous, commands, connector)
            previous = commands
            skipBlanks()
            guard let next = connectorHere() else { break }
            connector = next
            // Told of the last command too: it is not waited for.
            if next == .background { tie(commands, 0..<0, next) }
            if next == .and || next == .or {
                try skipLines()
                if at >= end || isListEnd() { throw unexpected() }
            }
        }
        return previous != nil
    }

    /// Marks how two neighbours of a scope are tied. A compound command's own commands lie in other scopes; the tie is
    /// told to those that stand directly here.
    private mutating func tie(_ left: Range<Int>?, _ right: Range<Int>, _ connector: ShellCommand.Connector) {
        guard let left else { return }
        if let last = left.last(where: { script.commands[$0].scope == scope }) {
            script.commands[last].after = connector
        }
        for index in right where script.commands[index].scope == scope {
            script.commands[index].before = connector
            // What `time` measures stands in the same place.
            if script.commands[index].name != "time" || script.commands[index].words.count > 1 { break }
        }
    }

    /// Reads `&&`, `||`, `;`, `&` or an end of line.
    private mutating func connectorHere() -> ShellCommand.Connector? {
        if starts("&&") { return step(2, .and) }
        if starts("||") { return step(2, .or) }
        if starts(";;") || starts(";&") { return nil }
        switch byte() {
        case UInt8(ascii: ";"): return step(1, .sequence)
        case UInt8(ascii: "&"): return step(1, .background)
        case UInt8(ascii: "\n"): return .sequence
        default: return nil
        }
    }

    private func startsConnector() -> Bool {
        byte() == UInt8(ascii: "&") || byte() == UInt8(ascii: "|") || byte() == UInt8(ascii: ";")
    }

    private mutating func step(_ count: Int, _ connector: ShellCommand.Connector) -> ShellCommand.Connector {
        at += count
        return connector
    }

    /// At something that ends the list around: a closing sign or a reserved word that closes.
    private func isListEnd() -> Bool {
        switch byte() {
        case UInt8(ascii: ")"): return true
        case UInt8(ascii: "}"): return isWordEnd(1)
        case UInt8(ascii: ";"): return byte(1) == UInt8(ascii: ";") || byte(1) == UInt8(ascii: "&")
        default: break
        }
        return ShellParser.closers.contains { isReserved($0) }
    }

    private static let closers: [StaticString] = ["then", "else", "elif", "fi", "do", "done", "esac"]

    /// A reserved word stands here as a word of its own.
    func isReserved(_ word: StaticString) -> Bool { starts(word) && isWordEnd(word.utf8CodeUnitCount) }

    func isWordEnd(_ offset: Int) -> Bool { at + offset >= end || ShellParser.endsWord(text[at + offset]) }

    static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ";"),
            UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("),
            UInt8(ascii: ")"):
            true
        default: false
        }
    }

    /// Commands tied by `|`: gives the range of all that were added.
    private mutating func pipeline() throws(ShellError) -> Range<Int> {
        let first = script.commands.count
        let number = pipelines
        pipelines += 1
        var negated = false
        var previous: Range<Int>?
        while true {
            let start = script.commands.count
            var isAlone = false
            while !isAlone, isReserved("!") || isReserved("time") {
                if byte() == UInt8(ascii: "!") {
                    negated.toggle()
                    at += 1
                    skipBlanks()
                } else {
                    isAlone = try time(pipeline: number)
                }
            }
            if !isAlone { try command(pipeline: number) }
            for index in start..<script.commands.count where script.commands[index].scope == scope {
                script.commands[index].isNegated = negated
            }
            tie(previous, start..<script.commands.count, .pipe)
            previous = start..<script.commands.count
            skipBlanks()
            guard byte() == UInt8(ascii: "|"), byte(1) != UInt8(ascii: "|") else { break }
            script.pipes.append(at)
            at += byte(1) == UInt8(ascii: "&") ? 2 : 1
            try skipLines()
        }
        return first..<script.commands.count
    }

    /// The reserved word `time`, which is listed as a command of its own, and its options. Returns true when nothing
    /// follows that could be timed.
    private mutating func time(pipeline: Int) throws(ShellError) -> Bool {
        var command = ShellCommand()
        command.pipeline = pipeline
        command.scope = scope
        command.words = [try word()]
        command.range = command.words[0].range
        script.commands.append(command)
        skipBlanks()
        let options = at
        while byte() == UInt8(ascii: "-"), at < end {
            _ = try word()
            skipBlanks()
        }
        let isAlone = !isWordStart() && byte() != UInt8(ascii: "(")
        if isAlone, at > options { throw unexpected() }
        return isAlone
    }
}
