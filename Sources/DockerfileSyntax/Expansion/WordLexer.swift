// https://docs.docker.com/reference/dockerfile/#environment-replacement

/// One pass over a word. The state is the position; nested substitutions call back into ``scan(until:rawEscapes:words:_:)``.
struct WordLexer {
    let bytes: [UInt8]
    let escape: UInt8
    let options: WordExpander.Options
    private var index = 0
    private var depth = 0
    private(set) var matched: Set<String> = []
    private(set) var unmatched: Set<String> = []

    /// Deepest nesting of substitutions.
    private static let depthLimit = 100

    init(bytes: [UInt8], escape: UInt8, options: WordExpander.Options) {
        self.bytes = bytes
        self.escape = escape
        self.options = options
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }
    private var atEnd: Bool { index >= bytes.count }

    private func fail(_ kind: ExpansionError.Kind, from start: Int) -> ExpansionError {
        ExpansionError(kind: kind, range: start..<max(start, min(index, bytes.count)))
    }

    /// Scans up to a stop byte (which is consumed) or to the end.
    mutating func scan(
        until stop: UInt8?, rawEscapes: Bool, words: inout WordList, _ lookup: (String) -> String?
    ) throws(ExpansionError) -> [UInt8] {
        var result: [UInt8] = []
        let start = index
        while let byte = peek {
            if byte == stop {
                index += 1
                return result
            }
            let from = index
            switch byte {
            case UInt8(ascii: "$"):
                let value = try dollar(rawEscapes, lookup)
                result.append(contentsOf: value)
                words.add(value, 0..<value.count, origin: from..<index)
            case UInt8(ascii: "'") where !options.contains(.skipQuotes):
                let value = try singleQuote()
                result.append(contentsOf: value)
                words.addRaw(value, at: from..<index)
            case UInt8(ascii: "\"") where !options.contains(.skipQuotes):
                let value = try doubleQuote(rawEscapes, lookup)
                result.append(contentsOf: value)
                words.addRaw(value, at: from..<index)
            case UInt8(ascii: "<") where options.contains(.heredocs):
                let value = heredocMark()
                result.append(contentsOf: bytes[value])
                words.addRaw(bytes[value], at: value)
            case escape:
                index += 1
                if rawEscapes {
                    result.append(byte)
                    words.addRaw(CollectionOfOne(byte), at: from..<index)
                }
                guard let next = peek else { break }
                index += 1
                result.append(next)
                words.addRaw(CollectionOfOne(next), at: from..<index)
            default:
                index += 1
                while let next = peek, next != stop, !isSpecial(next) { index += 1 }
                result.append(contentsOf: bytes[from..<index])
                words.add(bytes, from..<index)
            }
        }
        if let stop { throw fail(stop == UInt8(ascii: "}") ? .missingBrace : .missingSlash, from: start) }
        return result
    }

    private func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "$"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "<"), escape: true
        default: false
        }
    }

    /// `<`, or `<<` with the blanks behind it.
    private mutating func heredocMark() -> Range<Int> {
        let from = index
        index += 1
        guard peek == UInt8(ascii: "<") else { return from..<index }
        index += 1
        while let byte = peek, Whitespace.isASCIISpace(byte) { index += 1 }
        return from..<index
    }

    private mutating func singleQuote() throws(ExpansionError) -> [UInt8] {
        let from = index
        guard let close = bytes[(from + 1)...].firstIndex(of: UInt8(ascii: "'")) else {
            index = bytes.count
            throw fail(.unmatchedSingleQuote, from: from)
        }
        index = close + 1
        return Array(options.contains(.rawQuotes) ? bytes[from...close] : bytes[(from + 1)..<close])
    }

    private mutating func doubleQuote(
        _ rawEscapes: Bool, _ lookup: (String) -> String?
    ) throws(ExpansionError) -> [UInt8] {
        let from = index
        let keep = options.contains(.rawQuotes)
        var result: [UInt8] = keep ? [UInt8(ascii: "\"")] : []
        index += 1
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                if keep { result.append(byte) }
                return result
            case UInt8(ascii: "$"):
                result.append(contentsOf: try dollar(rawEscapes, lookup))
            case escape:
                index += 1
                if rawEscapes { result.append(byte) }
                guard let next = peek else { continue }
                if next == UInt8(ascii: "\"") || next == UInt8(ascii: "$") || next == escape {
                    index += 1
                    result.append(next)
                } else {
                    result.append(byte)
                }
            default:
                let start = index
                index += 1
                while let next = peek, next != UInt8(ascii: "\""), next != UInt8(ascii: "$"), next != escape {
                    index += 1
                }
                result.append(contentsOf: bytes[start..<index])
            }
        }
        throw fail(.unmatchedDoubleQuote, from: from)
    }

    private mutating func dollar(
        _ rawEscapes: Bool, _ lookup: (String) -> String?
    ) throws(ExpansionError) -> [UInt8] {
        let from = index
        index += 1
        if peek == UInt8(ascii: "{") { return try braces(from, lookup) }
        let name = self.name()
        if name.isEmpty { return [UInt8(ascii: "$")] }
        if let value = value(of: name, lookup) { return Array(value.utf8) }
        return options.contains(.skipUnset) ? Array(bytes[from..<index]) : []
    }

    private mutating func braces(_ from: Int, _ lookup: (String) -> String?) throws(ExpansionError) -> [UInt8] {
        index += 1
        switch peek {
        case nil: throw fail(.missingBrace, from: from)
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ":"):
            index += 1
            throw fail(.badSubstitution, from: from)
        default: break
        }
        guard depth < Self.depthLimit else { throw fail(.nestedTooDeeply, from: from) }
        depth += 1
        defer { depth -= 1 }
        let name = self.name()
        guard var modifier = peek else { throw fail(.missingBrace, from: from) }
        index += 1
        if modifier == UInt8(ascii: "}") {
            if let value = value(of: name, lookup) { return Array(value.utf8) }
            return options.contains(.skipUnset) ? Array(bytes[from..<index]) : []
        }
        let modifierStart = index - 1
        var emptyIsUnset = false
        if modifier == UInt8(ascii: ":") {
            guard let next = peek else { throw fail(.missingBrace, from: from) }
            emptyIsUnset = true
            modifier = next
            index += decodeScalar(bytes, index, bytes.count).length
        }
        let isKnown = "+-?#%/".utf8.contains(modifier) && !(emptyIsUnset && modifier == UInt8(ascii: "/"))
        guard isKnown else {
            if !emptyIsUnset { index = modifierStart + decodeScalar(bytes, modifierStart, bytes.count).length }
            let text = String(decoding: bytes[modifierStart..<index], as: UTF8.self)
            guard bytes[index...].contains(UInt8(ascii: "}")) else {
                index = bytes.count
                throw fail(.missingBrace, from: from)
            }
            throw fail(.unsupportedModifier(text), from: from)
        }
        if modifier == UInt8(ascii: "/") { return try replace(name, from, lookup) }
        let isPattern = modifier == UInt8(ascii: "#") || modifier == UInt8(ascii: "%")
        let word = try inner(UInt8(ascii: "}"), raw: isPattern, from, lookup)
        let value = value(of: name, lookup)
        if value == nil, options.contains(.skipUnset) { return Array(bytes[from..<index]) }
        switch modifier {
        case UInt8(ascii: "-"):
            guard let value, !(emptyIsUnset && value.isEmpty) else { return word }
            return Array(value.utf8)
        case UInt8(ascii: "+"):
            guard let value, !(emptyIsUnset && value.isEmpty) else { return [] }
            return word
        case UInt8(ascii: "?"):
            let message = String(decoding: word, as: UTF8.self)
            guard let value else { throw fail(.unset(name: name, message: message), from: from) }
            if emptyIsUnset, value.isEmpty { throw fail(.empty(name: name, message: message), from: from) }
            return Array(value.utf8)
        default:
            return try trim(Array((value ?? "").utf8), word, modifier, from)
        }
    }

    private mutating func trim(
        _ value: [UInt8], _ word: [UInt8], _ modifier: UInt8, _ from: Int
    ) throws(ExpansionError) -> [UInt8] {
        var pattern = word[...]
        let longest = pattern.first == modifier
        if longest { pattern = pattern.dropFirst() }
        guard let glob = ShellPattern(Array(pattern)) else {
            throw fail(.invalidPattern(String(decoding: pattern, as: UTF8.self)), from: from)
        }
        let result =
            modifier == UInt8(ascii: "#")
            ? glob.removingPrefix(of: value, longest: longest) : glob.removingSuffix(of: value, longest: longest)
        guard let result else { throw fail(.tooLarge, from: from) }
        return result
    }

    /// `${name/pattern/replacement}`, with `//` for every match.
    private mutating func replace(
        _ name: String, _ from: Int, _ lookup: (String) -> String?
    ) throws(ExpansionError) -> [UInt8] {
        let all = peek == UInt8(ascii: "/")
        if all { index += 1 }
        let pattern = try inner(UInt8(ascii: "/"), raw: true, from, lookup)
        let replacement = try inner(UInt8(ascii: "}"), raw: true, from, lookup)
        let value = value(of: name, lookup)
        if value == nil, options.contains(.skipUnset) { return Array(bytes[from..<index]) }
        guard let glob = ShellPattern(pattern) else {
            throw fail(.invalidPattern(String(decoding: pattern, as: UTF8.self)), from: from)
        }
        guard let result = glob.replacing(in: Array((value ?? "").utf8), with: replacement, all: all) else {
            throw fail(.tooLarge, from: from)
        }
        return result
    }

    /// A word inside braces, up to its stop byte.
    private mutating func inner(
        _ stop: UInt8, raw: Bool, _ from: Int, _ lookup: (String) -> String?
    ) throws(ExpansionError) -> [UInt8] {
        var words = WordList()
        do throws(ExpansionError) {
            return try scan(until: stop, rawEscapes: raw, words: &words, lookup)
        } catch {
            // At the end of the input the missing stop is the news, whatever else is open.
            guard atEnd, error.kind != .nestedTooDeeply else { throw error }
            throw fail(stop == UInt8(ascii: "}") ? .missingBrace : .missingSlash, from: from)
        }
    }

    /// A variable's name: letters, digits and `_`, a number, or one special parameter; empty when there is none.
    private mutating func name() -> String {
        let from = index
        while index < bytes.count {
            let (scalar, length) = decodeScalar(bytes, index, bytes.count)
            if index == from {
                if scalar.isDecimalDigit {
                    repeat { index += 1 } while index < bytes.count && (0x30...0x39).contains(bytes[index])
                    break
                }
                if "@*#?-$!".unicodeScalars.contains(scalar) {
                    index += 1
                    break
                }
            }
            guard scalar == "_" || scalar.isLetterOrDigit else { break }
            index += length
        }
        return String(decoding: bytes[from..<index], as: UTF8.self)
    }

    private mutating func value(of name: String, _ lookup: (String) -> String?) -> String? {
        let value = lookup(name)
        if value == nil { unmatched.insert(name) } else { matched.insert(name) }
        return value
    }
}
