// https://www.rfc-editor.org/rfc/rfc8259

/// JSON whose keys keep their order and numbers their text: read, changed at one place and written back, or made here.
package indirect enum OrderedJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    /// As written.
    case number(String)
    case string(String)
    case array([OrderedJSON])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: OrderedJSON

        package init(key: String, value: OrderedJSON) {
            self.key = key
            self.value = value
        }
    }

    /// What stands under a key; of several equal keys the last counts. Setting nil removes all of them.
    package subscript(key: String) -> OrderedJSON? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.last { $0.key == key }?.value
        }
        set {
            guard case .object(var members) = self else { return }
            let place = members.lastIndex { $0.key == key }
            if let newValue, let place {
                members[place].value = newValue
                members = members.enumerated().filter { $0.offset == place || $0.element.key != key }.map(\.element)
            } else {
                members.removeAll { $0.key == key }
                if let newValue { members.append(Member(key: key, value: newValue)) }
            }
            self = .object(members)
        }
    }

    package var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// What the value is, for people.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

// MARK: - Reading

extension OrderedJSON {
    /// What keeps a text from being JSON; the line counts from 1.
    package struct SyntaxError: Error, Equatable {
        package var line: Int
        package var expected: String
    }

    /// Reads a text. Time is linear, depth bounded.
    package init(parsing bytes: [UInt8]) throws(SyntaxError) {
        var reader = Reader(bytes: bytes)
        self = try reader.document()
    }

    private struct Reader {
        static let depthLimit = 64

        let bytes: [UInt8]
        var index = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
            // Some editors put a byte order mark there.
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
        }

        func failure(_ expected: String) -> SyntaxError {
            let line = bytes[..<min(index, bytes.count)].reduce(1) { $0 + ($1 == 0x0a ? 1 : 0) }
            return SyntaxError(line: line, expected: expected)
        }

        mutating func document() throws(SyntaxError) -> OrderedJSON {
            let value = try value(depth: 0)
            skipBlanks()
            guard index == bytes.count else { throw failure("the end") }
            return value
        }

        mutating func skipBlanks() {
            while index < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[index]) { index += 1 }
        }

        mutating func take(_ character: Character) -> Bool {
            skipBlanks()
            guard index < bytes.count, bytes[index] == character.asciiValue else { return false }
            index += 1
            return true
        }

        mutating func value(depth: Int) throws(SyntaxError) -> OrderedJSON {
            guard depth < Self.depthLimit else { throw failure("at most \(Self.depthLimit) levels") }
            skipBlanks()
            guard index < bytes.count else { throw failure("a value") }
            switch bytes[index] {
            case UInt8(ascii: "{"): return try object(depth)
            case UInt8(ascii: "["): return try array(depth)
            case UInt8(ascii: "\""): return .string(try string())
            default: return try word()
            }
        }

        mutating func object(_ depth: Int) throws(SyntaxError) -> OrderedJSON {
            index += 1
            var members: [Member] = []
            if take("}") { return .object(members) }
            repeat {
                skipBlanks()
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw failure("a key in quotes") }
                let key = try string()
                guard take(":") else { throw failure("':'") }
                members.append(Member(key: key, value: try value(depth: depth + 1)))
            } while take(",")
            guard take("}") else { throw failure("',' or '}'") }
            return .object(members)
        }

        mutating func array(_ depth: Int) throws(SyntaxError) -> OrderedJSON {
            index += 1
            var items: [OrderedJSON] = []
            if take("]") { return .array(items) }
            repeat { items.append(try value(depth: depth + 1)) } while take(",")
            guard take("]") else { throw failure("',' or ']'") }
            return .array(items)
        }

        mutating func word() throws(SyntaxError) -> OrderedJSON {
            let start = index
            while index < bytes.count, isWord(bytes[index]) { index += 1 }
            let text = String(decoding: bytes[start..<index], as: UTF8.self)
            switch text {
            case "null": return .null
            case "true": return .bool(true)
            case "false": return .bool(false)
            default:
                guard let first = text.utf8.first, first == UInt8(ascii: "-") || isDigit(first),
                    text.utf8.allSatisfy({ isDigit($0) || "+-.eE".utf8.contains($0) }), Double(text) != nil
                else {
                    index = start
                    throw failure("a value")
                }
                return .number(text)
            }
        }

        private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

        private func isWord(_ byte: UInt8) -> Bool {
            isDigit(byte) || "+-.".utf8.contains(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a)
        }

        mutating func string() throws(SyntaxError) -> String {
            index += 1
            var text: [UInt8] = []
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                switch byte {
                case UInt8(ascii: "\""):
                    guard let string = String(validating: text, as: UTF8.self) else { throw failure("UTF-8") }
                    return string
                case UInt8(ascii: "\\"): try escape(into: &text)
                case 0..<0x20: throw failure("a quote before the end of the line")
                default: text.append(byte)
                }
            }
            throw failure("a quote")
        }

        private mutating func escape(into text: inout [UInt8]) throws(SyntaxError) {
            guard index < bytes.count else { throw failure("an escape") }
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0c)
            case UInt8(ascii: "n"): text.append(0x0a)
            case UInt8(ascii: "r"): text.append(0x0d)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text += Array(String(try scalar()).utf8)
            default: throw failure("an escape")
            }
        }

        /// A character by its number, of which half a pair is no character.
        private mutating func scalar() throws(SyntaxError) -> Unicode.Scalar {
            let first = try unit()
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard first < 0xdc00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            else { throw failure("a character") }
            index += 2
            let second = try unit()
            guard (0xdc00...0xdfff).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
            else { throw failure("a character") }
            return scalar
        }

        private mutating func unit() throws(SyntaxError) -> UInt32 {
            let digits = bytes[index..<min(index + 4, bytes.count)]
            guard digits.count == 4, let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
                digits.first != UInt8(ascii: "+")
            else { throw failure("four hexadecimal digits") }
            index += 4
            return number
        }
    }
}

// MARK: - Writing

extension OrderedJSON {
    /// The document with a line break at its end.
    /// - Parameter indent: what a level is indented by: tabs are how Docker writes its own; nil puts all on one line.
    package func bytes(indent: String? = "\t") -> [UInt8] {
        guard let indent else { return Array((line + "\n").utf8) }
        var out = ""
        write(to: &out, line: "\n", indent: indent)
        return Array((out + "\n").utf8)
    }

    /// All on one line, with nothing behind it.
    package var line: String {
        var out = ""
        write(to: &out, line: nil, indent: "")
        return out
    }

    /// - Parameter line: a line break and the indentation of this level; nil keeps everything on one line.
    private func write(to out: inout String, line: String?, indent: String) {
        let inner = line.map { $0 + indent }
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .number(let text): out += text
        case .string(let text): Self.quote(text, to: &out)
        case .array(let items) where items.isEmpty: out += "[]"
        case .array(let items):
            out += "["
            for (index, item) in items.enumerated() {
                out += (index == 0 ? "" : ",") + (inner ?? "")
                item.write(to: &out, line: inner, indent: indent)
            }
            out += (line ?? "") + "]"
        case .object(let members) where members.isEmpty: out += "{}"
        case .object(let members):
            out += "{"
            for (index, member) in members.enumerated() {
                out += (index == 0 ? "" : ",") + (inner ?? "")
                Self.quote(member.key, to: &out)
                out += inner == nil ? ":" : ": "
                member.value.write(to: &out, line: inner, indent: indent)
            }
            out += (line ?? "") + "}"
        }
    }

    /// Writes a text in quotes.
    /// - Parameter escapesDelete: whether the one control character that JSON allows as it is, 0x7f, is escaped too.
    package static func quote(_ text: String, to out: inout String, escapesDelete: Bool = false) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case _ where scalar.value < 0x20 || escapesDelete && scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}

// MARK: - Making

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .number(String(value)) }
    package init(arrayLiteral elements: OrderedJSON...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }

    /// Keys keep the order in which they are written.
    package init(dictionaryLiteral elements: (String, OrderedJSON)...) {
        self = .object(elements.map { Member(key: $0.0, value: $0.1) })
    }

    package static func int(_ value: some BinaryInteger) -> OrderedJSON { .number(String(value)) }
    package static func text(_ value: String?) -> OrderedJSON { value.map { .string($0) } ?? .null }

    /// The same without the members of an object that are null.
    package var withoutNulls: OrderedJSON {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.value != .null })
    }
}
