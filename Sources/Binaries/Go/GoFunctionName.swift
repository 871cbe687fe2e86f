// https://pkg.go.dev/cmd/internal/objabi#PathToPrefix (how paths are written in names of symbols)
import Core

/// What the name of a function tells of its origin.
enum GoFunctionName {
    enum Origin: Hashable, Sendable {
        /// A package's path.
        case package(String)
        /// Made by the compiler for the types of a package; nil for types without one. Go's own tools count such functions
        /// to no package.
        case generated(String?)
        /// No Go: C or assembly of a host object.
        case foreign
    }

    /// The part of a name that tells the package: names of one package share it, so that neighbours in a table needn't be
    /// taken apart again. Empty when there is none.
    static func prefix(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (slash, dot): (Int, Int?) = (0, nil)
        loop: for (index, byte) in name.enumerated() {
            switch byte {
            case UInt8(ascii: "/"): (slash, dot) = (index, nil)
            case UInt8(ascii: ".") where dot == nil: dot = index
            case UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "{"), UInt8(ascii: " "): break loop
            default: break
            }
        }
        guard let dot, dot > slash else { return UnsafeRawBufferPointer(rebasing: name[..<0]) }
        return UnsafeRawBufferPointer(rebasing: name[...dot])
    }

    /// Whether the compiler or the linker made it up, and not a package.
    static func isMade(_ name: UnsafeRawBufferPointer) -> Bool {
        ["go:", "go.", "type:", "type."].contains { name.starts(with: $0.utf8) }
    }

    static func origin(_ name: UnsafeRawBufferPointer) -> Origin {
        var rest = name
        for marker in ["type:.eq.", "type:.hash.", "type..eq.", "type..hash."] where rest.starts(with: marker.utf8) {
            rest = UnsafeRawBufferPointer(rebasing: rest[marker.utf8.count...])
            return origin(ofType: rest)
        }
        if isMade(rest) { return .generated(nil) }
        if isPartOfC(rest) { return .foreign }
        let prefix = prefix(rest)
        return prefix.isEmpty ? .foreign : .package(path(UnsafeRawBufferPointer(rebasing: prefix.dropLast())))
    }

    /// Functions that compare and hash are named by their type: `[4]path/to/package.Type`, or one without a name.
    private static func origin(ofType type: UnsafeRawBufferPointer) -> Origin {
        var rest = type[...]
        while rest.first == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")) {
            rest = rest[(end + 1)...]
        }
        if rest.first == UInt8(ascii: "*") { rest = rest.dropFirst() }
        let name = UnsafeRawBufferPointer(rebasing: rest)
        for word in ["struct {", "interface {", "func(", "map[", "chan "] where name.starts(with: word.utf8) {
            return .generated(nil)
        }
        let prefix = prefix(name)
        return .generated(prefix.isEmpty ? nil : path(UnsafeRawBufferPointer(rebasing: prefix.dropLast())))
    }

    /// GCC splits and copies functions, and marks what it made by a suffix with a number.
    private static func isPartOfC(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let dot = name.firstIndex(of: UInt8(ascii: ".")), !name.contains(UInt8(ascii: "/")) else { return false }
        let suffix = name[dot...]
        return [".part.", ".isra.", ".constprop."].contains { suffix.starts(with: $0.utf8) }
    }

    /// A path as it is imported: names write dots of its last element and what is no plain character as `%2e`.
    static func path(_ escaped: UnsafeRawBufferPointer) -> String {
        guard escaped.contains(UInt8(ascii: "%")) else { return String(decoding: escaped, as: UTF8.self) }
        var bytes: [UInt8] = []
        var index = 0
        while index < escaped.count {
            if escaped[index] == UInt8(ascii: "%"), index + 2 < escaped.count,
                let high = HexDigit.value(escaped[index + 1]), let low = HexDigit.value(escaped[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(escaped[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
