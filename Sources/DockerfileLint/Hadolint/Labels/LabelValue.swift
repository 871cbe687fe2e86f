/// Values that labels may have to conform to, as hadolint judges them.
enum LabelValue {
    /// A commit of git, whole or short.
    static func isHash(_ text: Substring) -> Bool {
        (text.utf8.count == 7 || text.utf8.count == 40)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    // https://semver.org
    /// Three numbers, then maybe `-` and identifiers between dots, then maybe `+` and more of them.
    static func isVersion(_ text: Substring) -> Bool {
        var rest = text.utf8[...]
        for index in 0..<3 {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(digits.count)
            if index < 2 {
                guard rest.first == UInt8(ascii: ".") else { return false }
                rest = rest.dropFirst()
            }
        }
        if rest.first == UInt8(ascii: "-") {
            let part = rest.dropFirst().prefix { $0 != UInt8(ascii: "+") }
            guard areIdentifiers(part) else { return false }
            rest = rest.dropFirst(part.count + 1)
        }
        guard let sign = rest.first else { return true }
        return sign == UInt8(ascii: "+") && areIdentifiers(rest.dropFirst())
    }

    /// Nothing, or letters, digits and `-` between dots, of which one may be the last.
    private static func areIdentifiers(_ text: Substring.UTF8View.SubSequence) -> Bool {
        if text.isEmpty { return true }
        var text = text
        if text.count > 1, text.last == UInt8(ascii: ".") { text.removeLast() }
        return text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || (0x30...0x39).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) && byte < 0x80 }
}
