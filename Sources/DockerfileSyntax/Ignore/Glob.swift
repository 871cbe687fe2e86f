// https://pkg.go.dev/path/filepath#Match

/// A pattern that is compiled once and matched against many paths: bytes, `?`, `*`, `[...]` and, in ignore files, `**`.
///
/// Matching never backtracks over more than the last `*` and the last `**`... of a segment: it is done by tracking
/// states, so time is at most pattern times path.
struct Glob: Sendable, Hashable {
    struct CharacterClass: Sendable, Hashable {
        var negated: Bool
        var ranges: [ClosedRange<UInt32>]

        func contains(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } != negated }
    }

    enum Token: Sendable, Hashable {
        case byte(UInt8)
        /// One character but `/`.
        case any
        /// Any number of characters but `/`.
        case star
        /// `**/`: nothing, or anything that ends in `/`.
        case directories
        /// `**` at the end: anything.
        case everything
        case oneOf(CharacterClass)
    }

    private(set) var tokens: [Token]

    init(tokens: [Token]) { self.tokens = tokens }

    /// Compiles a pattern of Go's `filepath.Match`; nil when it is malformed.
    init?(_ pattern: [UInt8]) {
        guard let tokens = Self.compile(pattern, doubleStars: false) else { return nil }
        self.tokens = tokens
    }

    /// Compiles; nil for `[` without `]`, an empty or reversed range, or an escape of nothing.
    static func compile(_ pattern: [UInt8], doubleStars: Bool) -> [Token]? {
        var out: [Token] = []
        var index = 0
        while index < pattern.count {
            let byte = pattern[index]
            index += 1
            switch byte {
            case UInt8(ascii: "*"):
                guard doubleStars, index < pattern.count, pattern[index] == byte else {
                    if out.last != .star { out.append(.star) }
                    continue
                }
                index += 1
                if index < pattern.count, pattern[index] == UInt8(ascii: "/") { index += 1 }
                out.append(index == pattern.count ? .everything : .directories)
            case UInt8(ascii: "?"): out.append(.any)
            case UInt8(ascii: "\\"):
                guard index < pattern.count else { return nil }
                out.append(.byte(pattern[index]))
                index += 1
            case UInt8(ascii: "["):
                guard let set = characterClass(pattern, &index) else { return nil }
                out.append(.oneOf(set))
            default: out.append(.byte(byte))
            }
        }
        return out
    }

    private static func characterClass(_ pattern: [UInt8], _ index: inout Int) -> CharacterClass? {
        var set = CharacterClass(negated: false, ranges: [])
        if index < pattern.count, pattern[index] == UInt8(ascii: "^") {
            set.negated = true
            index += 1
        }
        while true {
            guard index < pattern.count else { return nil }
            if pattern[index] == UInt8(ascii: "]"), !set.ranges.isEmpty {
                index += 1
                return set
            }
            guard let low = classCharacter(pattern, &index) else { return nil }
            var high = low
            if index < pattern.count, pattern[index] == UInt8(ascii: "-") {
                index += 1
                guard let end = classCharacter(pattern, &index) else { return nil }
                high = end
            }
            // Go takes a reversed range as one that holds nothing.
            set.ranges.append(low <= high ? low...high : UInt32.max...UInt32.max)
        }
    }

    private static func classCharacter(_ pattern: [UInt8], _ index: inout Int) -> UInt32? {
        guard index < pattern.count, pattern[index] != UInt8(ascii: "-"), pattern[index] != UInt8(ascii: "]")
        else { return nil }
        if pattern[index] == UInt8(ascii: "\\") {
            index += 1
            guard index < pattern.count else { return nil }
        }
        let (scalar, length) = decodeScalar(pattern, index, pattern.count)
        index += length
        // Behind a class's character something must follow, at least the bracket.
        return index < pattern.count ? scalar.value : nil
    }

    /// The bytes that every match starts with, up to the first wildcard.
    var literalPrefix: [UInt8] {
        var out: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token else { break }
            out.append(byte)
        }
        return out
    }

    var isLiteral: Bool { literalPrefix.count == tokens.count }

    func matches(_ path: [UInt8]) -> Bool { matches(path, path.count) }

    /// Whether the first bytes of a path match.
    func matches(_ path: [UInt8], _ count: Int) -> Bool {
        path.withUnsafeBufferPointer { path in
            tokens.withUnsafeBufferPointer { tokens in
                Matcher(tokens: tokens, path: path, end: count).run()
            }
        }
    }
}

extension Glob {
    /// Matches with two marks to come back to: the last `*`, and the last token that may cross a `/`.
    ///
    /// Coming back to more than the last of each kind is never needed: what an earlier one could take, the later one,
    /// which takes at least as much, could take too.
    private struct Matcher {
        let tokens: UnsafeBufferPointer<Token>
        let path: UnsafeBufferPointer<UInt8>
        let end: Int

        func run() -> Bool {
            var token = 0
            var index = 0
            var star: (token: Int, index: Int)?
            var directories: (token: Int, index: Int)?
            while true {
                if token == tokens.count, index == end { return true }
                if token < tokens.count {
                    switch tokens[token] {
                    case .everything: return true
                    case .directories:
                        token += 1
                        directories = (token, index)
                        star = nil
                        continue
                    case .star:
                        token += 1
                        star = (token, index)
                        continue
                    case .byte(let byte):
                        if index < end, path[index] == byte {
                            token += 1
                            index += 1
                            continue
                        }
                    case .any:
                        if index < end, path[index] != UInt8(ascii: "/") {
                            token += 1
                            index += scalar(index).length
                            continue
                        }
                    case .oneOf(let set):
                        if index < end, path[index] != UInt8(ascii: "/") {
                            let (value, length) = scalar(index)
                            if set.contains(value) {
                                token += 1
                                index += length
                                continue
                            }
                        }
                    }
                }
                // A dead end: let the last star take one character more, else the last `**/` one directory more.
                if let mark = star, mark.index < end, path[mark.index] != UInt8(ascii: "/") {
                    star = (mark.token, mark.index + 1)
                    token = mark.token
                    index = mark.index + 1
                } else if let mark = directories {
                    var next = mark.index
                    while next < end, path[next] != UInt8(ascii: "/") { next += 1 }
                    guard next < end else { return false }
                    directories = (mark.token, next + 1)
                    token = mark.token
                    index = next + 1
                    star = nil
                } else {
                    return false
                }
            }
        }

        private func scalar(_ index: Int) -> (value: UInt32, length: Int) {
            let first = path[index]
            if first < 0x80 { return (UInt32(first), 1) }
            let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0
            guard length > 0, index + length <= end else { return (0xFFFD, 1) }
            var value = UInt32(first) & (0x7F >> UInt32(length))
            for next in (index + 1)..<(index + length) {
                guard path[next] & 0xC0 == 0x80 else { return (0xFFFD, 1) }
                value = value << 6 | UInt32(path[next] & 0x3F)
            }
            return (value, length)
        }
    }
}
