/// Collects one word.
struct WordBuilder {
    var bytes: [UInt8] = []
    var variables: [ShellWord.Variable] = []
    var hasExpansion = false
    var hasGlob = false
    var hasQuotes = false
    var isCompound = false

    /// Longer expansions stand as `${VAR}`, so that expansions inside each other don't copy text over and over.
    static let expansionLimit = 4096

    /// What stands for an expansion in a word's text.
    mutating func expansion() {
        hasExpansion = true
        bytes.append(contentsOf: "${VAR}".utf8)
    }

    mutating func expansion(_ open: StaticString, _ inside: some Collection<UInt8>, _ close: UInt8) {
        guard inside.count <= Self.expansionLimit else { return expansion() }
        hasExpansion = true
        open.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: inside)
        bytes.append(close)
    }
}

extension ShellParser {
    /// The word that starts here, up to a blank or a sign outside quotes.
    mutating func word() throws(ShellError) -> ShellWord {
        let start = at
        var builder = WordBuilder()
        while at < end {
            let byte = text[at]
            switch byte {
            case UInt8(ascii: "'"): try singleQuoted(&builder)
            case UInt8(ascii: "\""): try doubleQuoted(&builder)
            case UInt8(ascii: "\\"): escaped(&builder)
            case UInt8(ascii: "$"): try dollar(&builder, quoted: false)
            case UInt8(ascii: "`"): try backticks(&builder)
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                guard self.byte(1) == UInt8(ascii: "(") else { return finish(builder, start) }
                at += 2
                try substitution(.processSubstitution, start)
                builder.isCompound = true
            case UInt8(ascii: "("):
                // An extended pattern: @(a|b), !(x), and the like.
                guard at > start, isPatternSign(text[at - 1]) else { return finish(builder, start) }
                try extendedPattern(&builder)
            case UInt8(ascii: "{"):
                if let close = braceExpansion() {
                    builder.isCompound = true
                    at = close + 1
                } else {
                    builder.bytes.append(byte)
                    at += 1
                }
            default:
                if ShellParser.endsWord(byte) { return finish(builder, start) }
                if byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[") {
                    builder.hasGlob = true
                }
                builder.bytes.append(byte)
                at += 1
            }
        }
        return finish(builder, start)
    }

    private func finish(_ builder: WordBuilder, _ start: Int) -> ShellWord {
        ShellWord(
            text: String(decoding: builder.bytes, as: UTF8.self), range: start..<at, variables: builder.variables,
            hasExpansion: builder.hasExpansion, hasGlob: builder.hasGlob, hasQuotes: builder.hasQuotes,
            isCompound: builder.isCompound)
    }

    private func isPatternSign(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "@") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "*")
            || byte == UInt8(ascii: "?")
    }

    private mutating func extendedPattern(_ builder: inout WordBuilder) throws(ShellError) {
        let start = at
        var open = 0
        while at < end {
            if text[at] == UInt8(ascii: "\\") { at += 1 }
            if byte() == UInt8(ascii: "(") { open += 1 }
            if byte() == UInt8(ascii: ")") { open -= 1 }
            at += 1
            if open == 0 {
                builder.isCompound = true
                builder.hasGlob = true
                return
            }
        }
        at = min(at, end)
        throw unterminated("(", start)
    }

    /// The closing brace of `{a,b}` or `{1..3}`; nil when it isn't such an expansion. Looks no further than 512 bytes.
    private func braceExpansion() -> Int? {
        var index = at + 1
        var open = 1
        var isList = false
        let limit = min(end, at + 512)
        while index < limit {
            switch text[index] {
            case UInt8(ascii: "{"): open += 1
            case UInt8(ascii: "}"):
                open -= 1
                if open == 0 { return isList ? index : nil }
            case UInt8(ascii: ","): isList = true
            case UInt8(ascii: ".") where index + 1 < end && text[index + 1] == UInt8(ascii: "."): isList = true
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "\\"):
                // Quoted elements are rare: told as one word, not taken apart.
                return nil
            case let byte where ShellParser.endsWord(byte): return nil
            default: break
            }
            index += 1
        }
        return nil
    }

    mutating func singleQuoted(_ builder: inout WordBuilder) throws(ShellError) {
        let start = at
        builder.hasQuotes = true
        at += 1
        while at < end, text[at] != UInt8(ascii: "'") { at += 1 }
        guard at < end else { throw unterminated("'", start) }
        builder.bytes.append(contentsOf: text[(start + 1)..<at])
        at += 1
    }

    /// A backslash outside quotes; a continued line is nothing.
    mutating func escaped(_ builder: inout WordBuilder) {
        at += 1
        guard at < end else {
            builder.bytes.append(UInt8(ascii: "\\"))
            return
        }
        if text[at] != UInt8(ascii: "\n") {
            builder.hasQuotes = true
            builder.bytes.append(text[at])
        }
        at += 1
    }

    mutating func doubleQuoted(_ builder: inout WordBuilder) throws(ShellError) {
        let start = at
        builder.hasQuotes = true
        at += 1
        while at < end {
            switch text[at] {
            case UInt8(ascii: "\""):
                at += 1
                return
            case UInt8(ascii: "\\"):
                let next = byte(1)
                switch next {
                case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
                    builder.bytes.append(next)
                case UInt8(ascii: "\n"): break
                default:
                    builder.bytes.append(UInt8(ascii: "\\"))
                    if at + 1 < end { builder.bytes.append(next) }
                }
                at += 2
            case UInt8(ascii: "$"): try dollar(&builder, quoted: true)
            case UInt8(ascii: "`"): try backticks(&builder)
            default:
                builder.bytes.append(text[at])
                at += 1
            }
        }
        at = min(at, end)
        throw unterminated("\"", start)
    }
}
