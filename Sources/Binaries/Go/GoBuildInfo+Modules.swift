// https://pkg.go.dev/runtime/debug#BuildInfo (the text form; strings in quotes as https://go.dev/ref/spec#String_literals)

extension GoBuild {
    /// Modules and settings that are read; the largest programs have some thousand.
    private static let lineLimit = 20_000

    /// Takes over the lines of modules and settings; what isn't understood is left out.
    mutating func read(modules text: ArraySlice<UInt8>) {
        /// What a line `=>` replaces.
        var lastIsMain = false
        for line in text.split(separator: UInt8(ascii: "\n"), maxSplits: Self.lineLimit).prefix(Self.lineLimit) {
            let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            switch fields[0] {
            case "path" where fields.count == 2: path = fields[1]
            case "mod":
                main = Self.module(fields)
                lastIsMain = main != nil
            case "dep":
                guard let module = Self.module(fields) else { continue }
                dependencies.append(Dependency(module))
                lastIsMain = false
            case "=>":
                guard let module = Self.module(fields), !lastIsMain, !dependencies.isEmpty else { continue }
                dependencies[dependencies.count - 1].replacement = module
            case "build" where fields.count >= 2:
                Self.setting(String(decoding: line.dropFirst("build\t".utf8.count), as: UTF8.self))
                    .map { settings.append($0) }
            default: continue
            }
        }
    }

    private static func module(_ fields: [String]) -> Module? {
        guard (3...4).contains(fields.count) || fields.count == 2 else { return nil }
        let sum = fields.count == 4 && !fields[3].isEmpty ? fields[3] : nil
        return Module(path: fields[1], version: fields.count > 2 ? fields[2] : "", sum: sum)
    }

    private static func setting(_ text: String) -> Setting? {
        var rest = text[...]
        let key: String
        if let (quoted, after) = unquoted(rest) {
            key = quoted
            rest = after
        } else {
            key = String(rest.prefix { $0 != "=" })
            rest = rest.dropFirst(key.count)
            guard key.first != "\"", key.first != "`" else { return nil }
        }
        guard rest.first == "=", !key.isEmpty else { return nil }
        rest = rest.dropFirst()
        return Setting(key: key, value: unquoted(rest)?.0 ?? String(rest))
    }

    /// A literal in quotes and what follows it; nil when the text doesn't start with a whole one.
    private static func unquoted(_ text: Substring) -> (String, Substring)? {
        if text.first == "`" {
            let content = text.dropFirst()
            guard let end = content.firstIndex(of: "`") else { return nil }
            return (String(content[..<end]), content[content.index(after: end)...])
        }
        guard text.utf8.first == UInt8(ascii: "\"") else { return nil }
        let bytes = Array(text.utf8)
        var content: [UInt8] = []
        var index = 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let rest = text.utf8.dropFirst(index + 1)
                return (String(decoding: content, as: UTF8.self), Substring(rest))
            case UInt8(ascii: "\\"):
                guard let next = escape(bytes, index + 1, into: &content) else { return nil }
                index = next
            case let byte:
                content.append(byte)
                index += 1
            }
        }
        return nil
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
        UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "'"): 0x27,
        UInt8(ascii: "\""): 0x22,
    ]

    /// Reads what follows a backslash.
    /// - Returns: where the text goes on; nil when it is no escape.
    private static func escape(_ bytes: [UInt8], _ start: Int, into content: inout [UInt8]) -> Int? {
        guard start < bytes.count else { return nil }
        if let byte = simpleEscapes[bytes[start]] {
            content.append(byte)
            return start + 1
        }
        func number(_ digits: Range<Int>, radix: Int) -> UInt32? {
            guard digits.upperBound <= bytes.count else { return nil }
            return UInt32(String(decoding: bytes[digits], as: UTF8.self), radix: radix)
        }
        let length: Int
        switch bytes[start] {
        case UInt8(ascii: "x"): length = 2
        case UInt8(ascii: "u"): length = 4
        case UInt8(ascii: "U"): length = 8
        default:
            guard let value = number(start..<start + 3, radix: 8), let byte = UInt8(exactly: value) else { return nil }
            content.append(byte)
            return start + 3
        }
        guard let value = number(start + 1..<start + 1 + length, radix: 16) else { return nil }
        if length == 2 {
            content.append(UInt8(truncatingIfNeeded: value))
        } else {
            guard let scalar = Unicode.Scalar(value) else { return nil }
            content += Array(String(Character(scalar)).utf8)
        }
        return start + 1 + length
    }
}
