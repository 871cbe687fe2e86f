// https://pkg.go.dev/path/filepath#Match

/// A pattern that is compiled once and matched against many paths: bytes, `?`, `*`, `[...]` and, in ignore files, `**`.
///
/// Time to match is at most pattern times path, whatever the pattern.
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

    private let tokens: [Token]
    /// Matching needs all states at once: two marks to come back to are not enough.
    private let needsStates: Bool
    /// The bytes that every match starts and ends with; cheap to check first.
    private let head: [UInt8]
    private let tail: [UInt8]

    /// Compiles a pattern of Go's `filepath.Match`, or of an ignore file, where `**` crosses directories. Nil when it is
    /// malformed: `[` without `]`, an empty class, or an escape of nothing.
    init?(_ pattern: [UInt8], doubleStars: Bool) {
        guard let tokens = Self.compile(pattern, doubleStars: doubleStars) else { return nil }
        self.tokens = tokens
        needsStates = doubleStars && Self.needsStates(tokens)
        head = Self.literals(tokens)
        tail = Self.literals(tokens.reversed()).reversed()
    }

    private static func literals(_ tokens: [Token]) -> [UInt8] {
        var out: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token else { break }
            out.append(byte)
        }
        return out
    }

    /// True when a `**` does not start a component, or a class may match a slash.
    private static func needsStates(_ tokens: [Token]) -> Bool {
        for (index, token) in tokens.enumerated() {
            switch token {
            case .directories: if index > 0, tokens[index - 1] != .byte(UInt8(ascii: "/")) { return true }
            case .oneOf(let set): if set.contains(0x2F) { return true }
            default: break
            }
        }
        return false
    }

    /// Without wildcards: the path that it matches.
    var literal: [UInt8]? { head.count == tokens.count ? head : nil }

    private static func compile(_ pattern: [UInt8], doubleStars: Bool) -> [Token]? {
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

    func matches(_ path: [UInt8]) -> Bool {
        path.withUnsafeBufferPointer { matches($0) }
    }

    func matches(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        guard path.count >= head.count, path.count >= tail.count else { return false }
        for index in head.indices where path[index] != head[index] { return false }
        let shift = path.count - tail.count
        for index in tail.indices where path[shift + index] != tail[index] { return false }
        return tokens.withUnsafeBufferPointer { tokens in
            let matcher = Matcher(tokens: tokens, path: path)
            return needsStates ? matcher.runStates(accept: true) : matcher.run()
        }
    }

    /// Whether some path that starts with these bytes can match.
    func canMatch(startingWith prefix: [UInt8]) -> Bool {
        prefix.withUnsafeBufferPointer { prefix in
            tokens.withUnsafeBufferPointer { Matcher(tokens: $0, path: prefix).runStates(accept: false) }
        }
    }
}

extension Glob {
    private struct Matcher {
        let tokens: UnsafeBufferPointer<Token>
        let path: UnsafeBufferPointer<UInt8>

        /// Matches with two marks to come back to: the last `*`, and the last `**/`.
        ///
        /// Coming back to an earlier mark is not needed: what the earlier one could take, the later one can take too, as
        /// long as `**/` starts a component and classes don't match slashes.
        func run() -> Bool {
            var token = 0
            var index = 0
            var star: (token: Int, index: Int)?
            var directories: (token: Int, index: Int)?
            while true {
                if token == tokens.count {
                    if index == path.count { return true }
                } else {
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
                    case let one:
                        let length = step(one, index)
                        if length > 0 {
                            token += 1
                            index += length
                            continue
                        }
                    }
                }
                // A dead end: let the last star take one byte more, else the last `**/` one directory more.
                if let mark = star, mark.index < path.count, path[mark.index] != UInt8(ascii: "/") {
                    star = (mark.token, mark.index + 1)
                    token = mark.token
                    index = mark.index + 1
                } else if let mark = directories {
                    var next = mark.index
                    while next < path.count, path[next] != UInt8(ascii: "/") { next += 1 }
                    guard next < path.count else { return false }
                    directories = (mark.token, next + 1)
                    token = mark.token
                    index = next + 1
                    star = nil
                } else {
                    return false
                }
            }
        }

        /// Matches with the set of all states. `accept` asks for a match of the whole path; without it, for any state
        /// that is left at its end.
        func runStates(accept: Bool) -> Bool {
            // rows[i]: the tokens that are next at the byte i bytes ahead. A character has at most four bytes.
            var rows = Array(repeating: Array(repeating: false, count: tokens.count + 1), count: 5)
            rows[0][0] = true
            // Those `**/` that are under way: they lead on behind every slash.
            var open: [Bool] = Array(repeating: false, count: tokens.count + 1)
            for index in 0...path.count {
                for token in 0..<tokens.count where rows[0][token] {
                    switch tokens[token] {
                    case .star, .directories: rows[0][token + 1] = true
                    case .everything: return true
                    default: break
                    }
                    if case .directories = tokens[token] { open[token] = true }
                }
                if index == path.count {
                    return accept ? rows[0][tokens.count] : rows[0].dropLast().contains(true) || open.contains(true)
                }
                let isSlash = path[index] == UInt8(ascii: "/")
                for token in 0..<tokens.count {
                    if open[token], isSlash { rows[1][token + 1] = true }
                    guard rows[0][token] else { continue }
                    switch tokens[token] {
                    case .directories, .everything: break
                    case .star: if !isSlash { rows[1][token] = true }
                    case let one:
                        let length = step(one, index)
                        if length > 0 { rows[length][token + 1] = true }
                    }
                }
                rows.removeFirst()
                rows.append(Array(repeating: false, count: tokens.count + 1))
            }
            return false
        }

        /// The bytes that a token for one character takes at an index; 0 when it doesn't match.
        private func step(_ token: Token, _ index: Int) -> Int {
            guard index < path.count else { return 0 }
            switch token {
            case .byte(let byte): return path[index] == byte ? 1 : 0
            case .any: return path[index] == UInt8(ascii: "/") ? 0 : scalar(index).length
            case .oneOf(let set):
                let (value, length) = scalar(index)
                return set.contains(value) ? length : 0
            case .star, .directories, .everything: return 0
            }
        }

        private func scalar(_ index: Int) -> (value: UInt32, length: Int) {
            let first = path[index]
            if first < 0x80 { return (UInt32(first), 1) }
            let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0
            guard length > 0, index + length <= path.count else { return (0xFFFD, 1) }
            var value = UInt32(first) & (0x7F >> UInt32(length))
            for next in (index + 1)..<(index + length) {
                guard path[next] & 0xC0 == 0x80 else { return (0xFFFD, 1) }
                value = value << 6 | UInt32(path[next] & 0x3F)
            }
            return (value, length)
        }
    }
}
