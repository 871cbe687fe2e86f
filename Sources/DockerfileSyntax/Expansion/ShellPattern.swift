// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_13 without brackets

/// The patterns of `${name#pattern}` and its kin: `*`, `?` and escaped characters.
struct ShellPattern {
    private enum Token: Equatable {
        case byte(UInt8)
        /// Any one character but a line end.
        case any
        /// Any characters but line ends, also none.
        case many
    }

    private var tokens: [Token] = []

    /// Most comparisons of a value with a pattern before it is given up.
    private static let workLimit = 4_000_000

    /// Nil for an escape of a character that needs none.
    init?(_ pattern: [UInt8]) {
        var index = 0
        while index < pattern.count {
            var byte = pattern[index]
            index += 1
            switch byte {
            case UInt8(ascii: "*"):
                if tokens.last != .many { tokens.append(.many) }
                continue
            case UInt8(ascii: "?"):
                tokens.append(.any)
                continue
            case UInt8(ascii: "\\"):
                guard index < pattern.count else { return nil }
                byte = pattern[index]
                guard "}/*?\\".utf8.contains(byte) else { return nil }
                index += 1
            default: break
            }
            tokens.append(.byte(byte))
        }
    }

    func removingPrefix(of value: [UInt8], longest: Bool) -> [UInt8]? {
        var work = Self.workLimit
        let end = Self.match(tokens, value, from: 0, longest: longest, reversed: false, &work)
        guard work > 0 else { return nil }
        return end.map { Array(value[$0...]) } ?? value
    }

    func removingSuffix(of value: [UInt8], longest: Bool) -> [UInt8]? {
        var work = Self.workLimit
        let turned = Array(value.reversed())
        let end = Self.match(Array(tokens.reversed()), turned, from: 0, longest: longest, reversed: true, &work)
        guard work > 0 else { return nil }
        return end.map { Array(value[..<(value.count - $0)]) } ?? value
    }

    /// Replaces the first match, or all that don't overlap; each is the leftmost and longest.
    func replacing(in value: [UInt8], with replacement: [UInt8], all: Bool) -> [UInt8]? {
        var work = Self.workLimit
        var result: [UInt8] = []
        var index = 0
        var lastEnd = -1
        while index <= value.count {
            let end = Self.match(tokens, value, from: index, longest: true, reversed: false, &work)
            guard work > 0 else { return nil }
            if let end, end > index || index != lastEnd {
                result.append(contentsOf: replacement)
                lastEnd = end
                if !all {
                    result.append(contentsOf: value[end...])
                    return result
                }
                if end > index {
                    index = end
                    continue
                }
            }
            guard index < value.count else { break }
            let length = decodeScalar(value, index, value.count).length
            result.append(contentsOf: value[index..<(index + length)])
            index += length
        }
        return result
    }

    /// The end of a match that starts at an index. All states are tracked at once, so time is at most pattern times
    /// value.
    private static func match(
        _ tokens: [Token], _ value: [UInt8], from start: Int, longest: Bool, reversed: Bool, _ work: inout Int
    ) -> Int? {
        // states: positions in the pattern that are reached at the current byte, ascending.
        var states = [0]
        var best: Int?
        var index = start
        while true {
            var closed: [Int] = []
            for state in states {
                var position = state
                if closed.last.map({ $0 >= position }) != true { closed.append(position) }
                while position < tokens.count, tokens[position] == .many {
                    position += 1
                    if closed.last.map({ $0 >= position }) != true { closed.append(position) }
                }
            }
            if closed.last == tokens.count {
                best = index
                if !longest { return index }
            }
            guard index < value.count else { return best }
            let byte = value[index]
            // A character of several bytes is complete with its last byte, backwards with its first.
            let isComplete =
                reversed
                ? byte & 0xC0 != 0x80 : index + 1 == value.count || value[index + 1] & 0xC0 != 0x80
            var next: [Int] = []
            for state in closed where state < tokens.count {
                work -= 1
                switch tokens[state] {
                case .byte(let wanted): if wanted == byte { next.append(state + 1) }
                case .any:
                    if byte != UInt8(ascii: "\n") { next.append(isComplete ? state + 1 : state) }
                case .many: if byte != UInt8(ascii: "\n") { next.append(state) }
                }
            }
            guard work > 0, !next.isEmpty else { return best }
            states = next
            index += 1
        }
    }
}
