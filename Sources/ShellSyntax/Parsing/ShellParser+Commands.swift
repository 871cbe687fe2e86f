extension ShellParser {
    /// One command of a pipeline, simple or compound.
    mutating func command(pipeline: Int) throws(ShellError) {
        guard at < end else { throw unterminated("command", at) }
        if isReserved("coproc") { try coprocess() }
        if try compound() {
            try redirections()
            return
        }
        try simple(pipeline: pipeline)
    }

    /// The reserved word `coproc`, and the name that a compound command behind it may have.
    private mutating func coprocess() throws(ShellError) {
        let word = at
        at += 6
        skipBlanks()
        guard isWordStart() || byte() == UInt8(ascii: "(") else {
            at = word
            return
        }
        let start = at
        while at < end, ShellParser.isNameByte(text[at], first: at == start) { at += 1 }
        skipBlanks()
        let isNamed = at > start && (byte() == UInt8(ascii: "(") || (byte() == UInt8(ascii: "{") && isWordEnd(1)))
        if !isNamed { at = start }
    }

    /// Assignments, words and redirections up to the next sign.
    private mutating func simple(pipeline: Int) throws(ShellError) {
        // The place in the list is taken before the words are read: commands inside them come after it.
        let index = script.commands.count
        script.commands.append(ShellCommand())
        var command = ShellCommand()
        command.pipeline = pipeline
        command.scope = scope
        let start = at
        var stop = at
        while at < end {
            skipBlanks()
            if let redirection = try redirection() {
                command.redirections.append(redirection)
            } else if isWordStart() {
                if command.words.isEmpty, let assignment = try assignment() {
                    command.assignments.append(assignment)
                } else {
                    let word = try word()
                    command.words.append(word)
                    if command.words.count == 1, startsFunction() {
                        // Only a name without commands inside can be a function's.
                        guard script.commands.count == index + 1 else { throw unexpected() }
                        script.commands.removeLast()
                        return try function(word.text)
                    }
                    if Self.declares(command.name) { try declarations(&command) }
                }
            } else {
                break
            }
            stop = at
        }
        guard stop > start else { throw unexpected() }
        command.range = start..<stop
        script.commands[index] = command
    }

    /// Builtins whose arguments are assignments, with arrays too.
    private static func declares(_ name: String) -> Bool {
        switch name {
        case "export", "declare", "local", "readonly", "typeset": true
        default: false
        }
    }

    private mutating func declarations(_ command: inout ShellCommand) throws(ShellError) {
        while true {
            skipBlanks()
            guard isWordStart() else { return }
            let start = at
            if let word = try assignment() {
                command.words.append(word)
            } else {
                at = start
                command.words.append(try word())
            }
        }
    }

    func isWordStart() -> Bool {
        guard at < end else { return false }
        if ShellParser.endsWord(text[at]) {
            return (starts("<(") || starts(">("))
        }
        return true
    }

    /// `name=value`, `name+=value`, `name[i]=value` or `name=(words)`; nil, and nothing read, for any other word.
    private mutating func assignment() throws(ShellError) -> ShellWord? {
        let start = at
        var index = at
        while index < end, ShellParser.isNameByte(text[index], first: index == start) { index += 1 }
        guard index > start, index < end else { return nil }
        if text[index] == UInt8(ascii: "[") {
            while index < end, text[index] != UInt8(ascii: "]"), !ShellParser.endsWord(text[index]) { index += 1 }
            guard index < end, text[index] == UInt8(ascii: "]") else { return nil }
            index += 1
        }
        if index < end, text[index] == UInt8(ascii: "+") { index += 1 }
        guard index < end, text[index] == UInt8(ascii: "=") else { return nil }
        guard index + 1 < end, text[index + 1] == UInt8(ascii: "(") else { return try word() }
        at = index + 2
        var array = ShellWord(text: String(decoding: text[start...index], as: UTF8.self), range: start..<at)
        array.isCompound = true
        while true {
            try skipLines()
            guard at < end else { throw unterminated("array", start) }
            if byte() == UInt8(ascii: ")") { break }
            guard isWordStart() else { throw unexpected() }
            let element = try word()
            array.variables += element.variables
            array.hasExpansion = array.hasExpansion || element.hasExpansion
        }
        at += 1
        array.range = start..<at
        return array
    }

    static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
        default: false
        }
    }

    /// Steps over the `()` behind a function's name; stays where it is when there is none.
    private mutating func startsFunction() -> Bool {
        let start = at
        skipBlanks()
        if byte() == UInt8(ascii: "("), at < end {
            at += 1
            skipBlanks()
            if byte() == UInt8(ascii: ")"), at < end {
                at += 1
                return true
            }
        }
        at = start
        return false
    }

    /// A function's body, which is a compound command.
    mutating func function(_ name: String) throws(ShellError) {
        try skipLines()
        try scoped(.function(name)) { (parser) throws(ShellError) in
            guard try parser.compound() else { throw parser.unexpected() }
        }
        try redirections()
    }

    // MARK: Redirections

    /// Those behind a compound command.
    private mutating func redirections() throws(ShellError) {
        while true {
            skipBlanks()
            guard try redirection() != nil else { return }
        }
    }

    private mutating func redirection() throws(ShellError) -> ShellCommand.Redirection? {
        let start = at
        var index = at
        while index < end, text[index] >= UInt8(ascii: "0"), text[index] <= UInt8(ascii: "9") { index += 1 }
        if index == at, byte() == UInt8(ascii: "&"), byte(1) == UInt8(ascii: ">") { index += 1 }
        guard index < end, text[index] == UInt8(ascii: "<") || text[index] == UInt8(ascii: ">") else { return nil }
        at = index
        if index == start, starts("<(") || starts(">(") {
            at = start
            return nil
        }
        let isHeredoc = starts("<<") && !starts("<<<")
        let signs: [StaticString] = ["<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">|", ">&", ">"]
        at += signs.first { starts($0) }.map(\.utf8CodeUnitCount) ?? 1
        let sign = String(decoding: text[start..<at], as: UTF8.self)
        skipBlanks()
        guard isWordStart() else { throw unexpected() }
        let target = try word()
        if isHeredoc {
            heredocs.append(PendingHeredoc(word: target, stripsTabs: sign.hasSuffix("-")))
        }
        return ShellCommand.Redirection(sign: sign, target: target, range: start..<at)
    }
}

/// A here-document that was announced on a line; its body follows that line.
struct PendingHeredoc {
    var word: ShellWord
    var stripsTabs: Bool
}

extension ShellParser {
    /// Reads the bodies of the here-documents announced on the line that just ended.
    mutating func readHeredocs() throws(ShellError) {
        guard !heredocs.isEmpty else { return }
        let pending = heredocs
        heredocs = []
        for heredoc in pending {
            let name = Array(heredoc.word.text.utf8)
            var found = false
            while at < end, !found {
                var lineEnd = at
                while lineEnd < end, text[lineEnd] != UInt8(ascii: "\n") { lineEnd += 1 }
                var start = at
                while heredoc.stripsTabs, start < lineEnd, text[start] == UInt8(ascii: "\t") { start += 1 }
                found = text[start..<lineEnd].elementsEqual(name)
                at = min(end, lineEnd + 1)
            }
            guard found else { throw unterminated("<<", heredoc.word.range.lowerBound) }
        }
    }
}
