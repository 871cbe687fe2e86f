// https://www.rfc-editor.org/rfc/rfc3986#appendix-A
extension LabelValue {
    /// A URI with its scheme.
    static func isURL(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let first = bytes.first, isLetter(first),
            bytes[..<colon].allSatisfy({ isAlphanumeric($0) || "+-.".utf8.contains($0) })
        else { return false }
        var rest = bytes[(colon + 1)...]
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard areCharacters(rest[(hash + 1)...], "/?") else { return false }
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            guard areCharacters(rest[(mark + 1)...], "/?") else { return false }
            rest = rest[..<mark]
        }
        guard rest.starts(with: "//".utf8) else { return areCharacters(rest, "/") }
        rest = rest.dropFirst(2)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        return isAuthority(authority) && areCharacters(rest.dropFirst(authority.count), "/")
    }

    private static func isAuthority(_ text: ArraySlice<UInt8>) -> Bool {
        var host = text
        if let at = text.firstIndex(of: UInt8(ascii: "@")) {
            guard areCharacters(text[..<at], "") else { return false }
            host = text[(at + 1)...]
        }
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")), isLiteral(host[(host.startIndex + 1)..<end]) else {
                return false
            }
            let port = host[(end + 1)...]
            return port.isEmpty || port.first == UInt8(ascii: ":") && areDigits(port.dropFirst())
        }
        if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard areDigits(host[(colon + 1)...]) else { return false }
            host = host[..<colon]
        }
        return areCharacters(host, "") && !host.contains(UInt8(ascii: "@"))
    }

    /// An IPv6 address, maybe with a zone, or `v`, a digit, a dot and more.
    private static func isLiteral(_ text: ArraySlice<UInt8>) -> Bool {
        if text.first == UInt8(ascii: "v") {
            let rest = text.dropFirst()
            return rest.count > 2 && isHex(rest[rest.startIndex]) && rest[rest.startIndex + 1] == UInt8(ascii: ".")
                && !rest.contains { ":%@".utf8.contains($0) } && areCharacters(rest.dropFirst(2), "")
        }
        guard let percent = text.firstIndex(of: UInt8(ascii: "%")) else { return isAddress(text) }
        let zone = text[percent...]
        return isAddress(text[..<percent]) && zone.starts(with: "%25".utf8) && zone.count > 3
            && zone.dropFirst(3).allSatisfy { isAlphanumeric($0) || "-._~".utf8.contains($0) }
    }

    /// Eight groups, or fewer with `::` once; the last two may be written as an IPv4 address.
    private static func isAddress(_ text: ArraySlice<UInt8>) -> Bool {
        var groups = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard groups.count > 2 else { return false }
        var count = 0
        if let last = groups.last, last.contains(UInt8(ascii: ".")) {
            let bytes = last.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard bytes.count == 4,
                bytes.allSatisfy({
                    (1...3).contains($0.count) && areDigits($0)
                        && $0.reduce(0) { $0 * 10 + Int($1 - 0x30) } < 256
                })
            else { return false }
            groups.removeLast()
            count = 2
        } else if groups.last?.isEmpty == true {
            // The end of a `::`, which leaves two empty groups there.
            groups.removeLast()
            guard groups.last?.isEmpty == true else { return false }
        }
        if groups.first?.isEmpty == true {
            groups.removeFirst()
            guard groups.isEmpty ? count == 0 : groups.first?.isEmpty == true else { return false }
        }
        let gaps = groups.count { $0.isEmpty }
        guard gaps < 2, groups.allSatisfy({ $0.count <= 4 && $0.allSatisfy(isHex) }) else { return false }
        count += groups.count - gaps
        return gaps == 0 ? count == 8 : count < 8
    }

    private static func areDigits(_ text: ArraySlice<UInt8>) -> Bool {
        text.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Letters, digits, marks and escapes that may stand in a path, and these others.
    private static func areCharacters(_ text: ArraySlice<UInt8>, _ others: StaticString) -> Bool {
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "%") {
                guard index + 2 <= text.endIndex, text[index..<(index + 2)].allSatisfy(isHex) else { return false }
                index += 2
            } else if !isAlphanumeric(byte), !"-._~!$&'()*+,;=:@".utf8.contains(byte),
                !others.withUTF8Buffer({ $0.contains(byte) })
            {
                return false
            }
        }
        return true
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20) && byte < 0x80
    }
}
