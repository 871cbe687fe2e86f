// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h2-PC-Style-Function-Keys

/// A key as a terminal tells of it.
enum Key: Hashable, Sendable {
    case character(Character)
    case control(Character)
    case enter, escape, tab, backTab, backspace, delete
    case up, down, left, right, pageUp, pageDown, home, end
}

/// Makes keys of the bytes of a terminal in raw mode, however they are cut into pieces.
struct KeyParser {
    private var pending: [UInt8] = []

    /// - Returns: the keys that are complete. The beginning of one is kept until ``flush()`` or more bytes.
    mutating func parse(_ bytes: [UInt8]) -> [Key] {
        pending += bytes
        var keys: [Key] = []
        var index = 0
        while index < pending.count {
            switch Self.key(pending[index...]) {
            case .incomplete:
                pending.removeSubrange(..<index)
                return keys
            case .key(let key, let length):
                if let key { keys.append(key) }
                index += length
            }
        }
        pending.removeAll()
        return keys
    }

    /// Nothing follows: an escape that stands alone is the key of that name.
    mutating func flush() -> [Key] {
        defer { pending.removeAll() }
        return pending == [0x1b] ? [.escape] : []
    }

    private enum Step {
        case incomplete
        /// Nil for what is no key that is known.
        case key(Key?, Int)
    }

    private static func key(_ bytes: ArraySlice<UInt8>) -> Step {
        guard let first = bytes.first else { return .incomplete }
        switch first {
        case 0x1b: return escape(bytes)
        case 0x0d, 0x0a: return .key(.enter, 1)
        case 0x09: return .key(.tab, 1)
        case 0x7f, 0x08: return .key(.backspace, 1)
        case 0x01...0x1a: return .key(.control(Character(Unicode.Scalar(first + 0x60))), 1)
        case 0x20..<0x7f: return .key(.character(Character(Unicode.Scalar(first))), 1)
        case 0xc2...0xf4: return character(bytes)
        default: return .key(nil, 1)
        }
    }

    private static func character(_ bytes: ArraySlice<UInt8>) -> Step {
        let length = bytes[bytes.startIndex] < 0xe0 ? 2 : bytes[bytes.startIndex] < 0xf0 ? 3 : 4
        let part = bytes.prefix(length)
        if part.dropFirst().contains(where: { $0 & 0xc0 != 0x80 }) { return .key(nil, 1) }
        guard part.count == length else { return .incomplete }
        guard let text = String(validating: part, as: UTF8.self), let character = text.first else {
            return .key(nil, 1)
        }
        return .key(.character(character), length)
    }

    /// The longest sequence that is waited for; what goes on longer is no key.
    private static let limit = 16

    private static func escape(_ bytes: ArraySlice<UInt8>) -> Step {
        let bytes = Array(bytes.prefix(limit + 1))
        guard bytes.count > 1 else { return .incomplete }
        guard bytes[1] == UInt8(ascii: "[") || bytes[1] == UInt8(ascii: "O") else {
            // Alt and a key, or an escape that something follows.
            return .key(.escape, 1)
        }
        var end = 2
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] < 0x40 { end += 1 }
        guard end < bytes.count else { return bytes.count > limit ? .key(nil, bytes.count) : .incomplete }
        let number = bytes[2..<end].prefix { $0 != UInt8(ascii: ";") }
        return .key(named(bytes[end], number: String(decoding: number, as: UTF8.self)), end + 1)
    }

    private static func named(_ last: UInt8, number: String) -> Key? {
        switch Character(Unicode.Scalar(last)) {
        case "A": .up
        case "B": .down
        case "C": .right
        case "D": .left
        case "H": .home
        case "F": .end
        case "Z": .backTab
        case "M": .enter
        case "~":
            switch number {
            case "1", "7": .home
            case "4", "8": .end
            case "3": .delete
            case "5": .pageUp
            case "6": .pageDown
            default: nil
            }
        default: nil
        }
    }
}
