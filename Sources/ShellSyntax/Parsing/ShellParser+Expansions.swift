extension ShellParser {
    /// What `$` starts.
    mutating func dollar(_ builder: inout WordBuilder, quoted: Bool) throws(ShellError) {
        let start = at
        at += 1
        let next = byte()
        switch next {
        case UInt8(ascii: "("):
            if byte(1) == UInt8(ascii: "("), let close = arithmeticEnd(from: at + 2) {
                at += 2
                try arithmetic(to: close)
                builder.expansion()
            } else {
                at += 1
                let first = script.commands.count
                let inside = script.scopes.count
                try substitution(.commandSubstitution, start)
                builder.expansion("$(", plainText(from: first, scope: inside), UInt8(ascii: ")"))
            }
        case UInt8(ascii: "{"): try braced(&builder, start, quoted: quoted)
        case UInt8(ascii: "'") where !quoted: try ansiQuoted(&builder, start)
        case UInt8(ascii: "\"") where !quoted:
            // A translated string: the quotes follow.
            break
        case UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "-"),
            UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            at += 1
            variable(String(decoding: [next], as: UTF8.self), start, quoted, &builder)
        default:
            let nameStart = at
            while at < end, ShellParser.isNameByte(text[at], first: at == nameStart) { at += 1 }
            if at == nameStart {
                builder.bytes.append(UInt8(ascii: "$"))
            } else {
                variable(String(decoding: text[nameStart..<at], as: UTF8.self), start, quoted, &builder)
            }
        }
    }

    private mutating func variable(
        _ name: String, _ start: Int, _ quoted: Bool, _ builder: inout WordBuilder
    ) {
        builder.variables.append(
            ShellWord.Variable(name: name, range: start..<at, isQuoted: quoted, hasDefault: false))
        builder.expansion("${", name.utf8, UInt8(ascii: "}"))
    }

    /// The words of the commands that stand alone in a scope: those tied to no other one by more than `;`.
    private func plainText(from first: Int, scope: Int) -> [UInt8] {
        var out: [UInt8] = []
        for command in script.commands[first...] where command.scope == scope && !command.isNegated {
            guard command.before == .edge || command.before == .sequence,
                command.after == .edge || command.after == .sequence
            else { continue }
            for word in command.words { out.append(contentsOf: word.text.utf8) }
            if out.count > WordBuilder.expansionLimit { break }
        }
        return out
    }

    /// `${name…}`: the word of an operator is read like text in quotes, for the expansions inside.
    private mutating func braced(_ builder: inout WordBuilder, _ start: Int, quoted: Bool) throws(ShellError) {
        at += 1
        let content = at
        if byte() == UInt8(ascii: "#"), byte(1) != UInt8(ascii: "}") { at += 1 }
        let nameStart = at
        while at < end, ShellParser.isNameByte(text[at], first: false) { at += 1 }
        let name = String(decoding: text[nameStart..<at], as: UTF8.self)
        var sign = at
        if sign < end, text[sign] == UInt8(ascii: ":") { sign += 1 }
        let hasDefault =
            sign < end
            && (text[sign] == UInt8(ascii: "-") || text[sign] == UInt8(ascii: "=")
                || text[sign] == UInt8(ascii: "+") || text[sign] == UInt8(ascii: "?"))
        var inner = WordBuilder()
        inner.bytes.append(contentsOf: text[content..<at])
        try nested { (parser) throws(ShellError) in try parser.bracedRest(&inner, start, quoted: quoted) }
        builder.variables.append(
            ShellWord.Variable(name: name, range: start..<at, isQuoted: quoted, hasDefault: hasDefault))
        builder.expansion("${", inner.bytes, UInt8(ascii: "}"))
        builder.variables += inner.variables
    }

    private mutating func bracedRest(_ inner: inout WordBuilder, _ start: Int, quoted: Bool) throws(ShellError) {
        while at < end {
            switch text[at] {
            case UInt8(ascii: "}"):
                at += 1
                return
            case UInt8(ascii: "\\"): escaped(&inner)
            case UInt8(ascii: "'") where !quoted: try singleQuoted(&inner)
            case UInt8(ascii: "\""):
                at += 1
            case UInt8(ascii: "$"): try dollar(&inner, quoted: true)
            case UInt8(ascii: "`"): try backticks(&inner)
            default:
                inner.bytes.append(text[at])
                at += 1
            }
        }
        throw unterminated("${", start)
    }

    /// `$'…'` with the escapes of C, of which only the quote and the backslash change where it ends.
    private mutating func ansiQuoted(_ builder: inout WordBuilder, _ start: Int) throws(ShellError) {
        builder.hasQuotes = true
        at += 1
        while at < end, text[at] != UInt8(ascii: "'") {
            if text[at] == UInt8(ascii: "\\"), at + 1 < end {
                builder.bytes.append(text[at])
                at += 1
            }
            builder.bytes.append(text[at])
            at += 1
        }
        guard at < end else { throw unterminated("$'", start) }
        at += 1
    }

    /// The commands of `$(…)`, `<(…)` or `>(…)` up to the closing parenthesis.
    mutating func substitution(_ kind: ShellScope.Kind, _ start: Int) throws(ShellError) {
        let outer = heredocs
        heredocs = []
        try scoped(kind) { (parser) throws(ShellError) in _ = try parser.list() }
        heredocs = outer
        guard at < end, text[at] == UInt8(ascii: ")") else { throw unterminated("$(", start) }
        at += 1
    }

    /// `` `…` ``: the commands inside, from which a level of escapes is taken first.
    mutating func backticks(_ builder: inout WordBuilder) throws(ShellError) {
        let start = at
        at += 1
        var close = at
        var isPlain = true
        while close < end, text[close] != UInt8(ascii: "`") {
            if text[close] == UInt8(ascii: "\\") {
                isPlain = false
                close += 1
            }
            close += 1
        }
        guard close < end else { throw unterminated("`", start) }
        if isPlain { try inner(at..<close) } else { try unescaped(at..<close) }
        at = close + 1
        builder.expansion()
    }

    /// Reads a part of the text as a script of its own in the place where it stands.
    private mutating func inner(_ range: Range<Int>) throws(ShellError) {
        let outer = (end: end, heredocs: heredocs)
        (at, end, heredocs) = (range.lowerBound, range.upperBound, [])
        try scoped(.commandSubstitution) { (parser) throws(ShellError) in
            _ = try parser.list()
            if parser.at < parser.end { throw parser.unexpected() }
        }
        (end, heredocs) = outer
    }

    /// The same for a part with escapes: what is read is a copy, whose places are those of the bytes it was made from.
    private mutating func unescaped(_ range: Range<Int>) throws(ShellError) {
        var bytes: [UInt8] = []
        var places: [Int] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if text[index] == UInt8(ascii: "\\"), index + 1 < range.upperBound, Self.isEscapable(text[index + 1]) {
                index += 1
            }
            bytes.append(text[index])
            places.append(index)
            index += 1
        }
        var parser = ShellParser(bytes)
        parser.depth = depth + 1
        guard parser.depth < Self.depthLimit else { throw ShellError(kind: .tooDeep, offset: at) }
        let read = parser.parse()
        if let error = read.error {
            throw ShellError(
                kind: error.kind, offset: places.indices.contains(error.offset) ? places[error.offset] : at)
        }
        adopt(read, places, behind: range.upperBound)
    }

    private static func isEscapable(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "`") || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "\\")
    }
}
