extension ShellParser {
    /// The end of `((…))` whose inside starts at an index; nil when it reads as commands in a subshell in a subshell, as
    /// it does where two operands have no sign between them. Looks no further than 4096 bytes and into nothing.
    func arithmeticEnd(from start: Int) -> Int? {
        var shape = ArithmeticShape()
        var index = start
        let limit = min(end, start + Self.arithmeticLimit)
        while index < limit {
            if text[index] == UInt8(ascii: ")"), shape.open == 0 {
                return index + 1 < end && text[index + 1] == UInt8(ascii: ")") ? index + 2 : nil
            }
            guard shape.takes(text[index]) else { return nil }
            index = step(over: index, limit)
        }
        return nil
    }

    /// Behind a byte, or behind the quoted or substituted part that it starts.
    private func step(over index: Int, _ limit: Int) -> Int {
        switch text[index] {
        case UInt8(ascii: "\\"): index + 2
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): close(of: index, text[index], limit)
        case UInt8(ascii: "$") where index + 1 < limit && text[index + 1] == UInt8(ascii: "("):
            balanced(from: index + 1, UInt8(ascii: "("), UInt8(ascii: ")"), limit)
        case UInt8(ascii: "$") where index + 1 < limit && text[index + 1] == UInt8(ascii: "{"):
            balanced(from: index + 1, UInt8(ascii: "{"), UInt8(ascii: "}"), limit)
        default: index + 1
        }
    }

    private func close(of index: Int, _ sign: UInt8, _ limit: Int) -> Int {
        var index = index + 1
        while index < limit, text[index] != sign { index += text[index] == UInt8(ascii: "\\") ? 2 : 1 }
        return index + 1
    }

    private func balanced(from index: Int, _ opening: UInt8, _ closing: UInt8, _ limit: Int) -> Int {
        var index = index
        var open = 0
        while index < limit {
            if text[index] == opening { open += 1 }
            if text[index] == closing { open -= 1 }
            index += 1
            if open == 0 { break }
        }
        return index
    }

    /// Reads the inside of `((…))` for the commands that it holds, and stands behind it afterwards.
    mutating func arithmetic(to close: Int) throws(ShellError) {
        var builder = WordBuilder()
        while at < close - 2 {
            switch text[at] {
            case UInt8(ascii: "$"):
                try nested { (parser) throws(ShellError) in try parser.dollar(&builder, quoted: true) }
            case UInt8(ascii: "`"): try backticks(&builder)
            case UInt8(ascii: "\\"): at += 2
            default: at += 1
            }
        }
        guard at <= close else { throw unexpected() }
        at = close
    }
}

/// Tells an expression from commands by how its operands stand.
private struct ArithmeticShape {
    var open = 0
    private var isBehindOperand = false
    private var isBehindBlank = false

    /// False when the byte can't follow in an expression.
    mutating func takes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\\"):
            isBehindBlank = true
        case UInt8(ascii: ";"): return false
        case UInt8(ascii: "("): sign { $0.open += 1 }
        case UInt8(ascii: ")"):
            open -= 1
            isBehindOperand = true
            isBehindBlank = false
        case UInt8(ascii: "]"):
            isBehindOperand = true
            isBehindBlank = false
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "%"),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "~"),
            UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "^"), UInt8(ascii: "?"), UInt8(ascii: ":"),
            UInt8(ascii: ","), UInt8(ascii: "["):
            sign { _ in }
        default:
            if isBehindOperand, isBehindBlank { return false }
            isBehindOperand = true
            isBehindBlank = false
        }
        return true
    }

    private mutating func sign(_ change: (inout ArithmeticShape) -> Void) {
        change(&self)
        isBehindOperand = false
        isBehindBlank = false
    }
}
