/// Texts that are keys by their shape.
enum SecretText {
    struct Match: Equatable {
        /// What it is, with its article.
        var kind: String
        /// In bytes.
        var range: Range<Int>
    }

    private struct Shape {
        let prefix: StaticString
        let kind: String
        /// How many letters and digits (and `_`, `-`) follow at least.
        let length: Int
    }

    private static let shapes = [
        Shape(prefix: "AKIA", kind: "an AWS access key", length: 16),
        Shape(prefix: "ASIA", kind: "an AWS access key", length: 16),
        Shape(prefix: "AIza", kind: "a Google API key", length: 35),
        Shape(prefix: "dckr_pat_", kind: "a Docker access token", length: 20),
        Shape(prefix: "ghp_", kind: "a GitHub token", length: 36),
        Shape(prefix: "gho_", kind: "a GitHub token", length: 36),
        Shape(prefix: "ghs_", kind: "a GitHub token", length: 36),
        Shape(prefix: "github_pat_", kind: "a GitHub token", length: 40),
        Shape(prefix: "glpat-", kind: "a GitLab token", length: 20),
        Shape(prefix: "npm_", kind: "an npm token", length: 36),
        Shape(prefix: "pypi-AgEI", kind: "a PyPI token", length: 40),
        Shape(prefix: "sk_live_", kind: "a Stripe key", length: 24),
        Shape(prefix: "xoxb-", kind: "a Slack token", length: 24),
        Shape(prefix: "xoxp-", kind: "a Slack token", length: 24),
        Shape(prefix: "-----BEGIN ", kind: "a private key", length: 0),
    ]

    /// All keys of a text, in order.
    static func matches(_ bytes: [UInt8]) -> [Match] {
        var out: [Match] = []
        var index = 0
        while index < bytes.count {
            if let match = match(bytes, index) {
                out.append(match)
                index = match.range.upperBound
            } else {
                index += 1
            }
        }
        return out
    }

    private static func match(_ bytes: [UInt8], _ index: Int) -> Match? {
        switch bytes[index] {
        case UInt8(ascii: "A"), UInt8(ascii: "d"), UInt8(ascii: "g"), UInt8(ascii: "n"), UInt8(ascii: "p"),
            UInt8(ascii: "s"), UInt8(ascii: "x"), UInt8(ascii: "-"):
            guard index == 0 || !isWord(bytes[index - 1]) else { return nil }
            for shape in shapes {
                if let end = end(of: shape, bytes, index) { return Match(kind: shape.kind, range: index..<end) }
            }
            return nil
        case UInt8(ascii: ":"): return password(bytes, index)
        default: return nil
        }
    }

    private static func end(of shape: Shape, _ bytes: [UInt8], _ index: Int) -> Int? {
        let count = shape.prefix.utf8CodeUnitCount
        guard bytes.count - index >= count, shape.prefix.utf8Start.pointee == bytes[index],
            shape.prefix.withUTF8Buffer({ bytes[index..<(index + count)].elementsEqual($0) })
        else { return nil }
        let start = index + count
        if shape.length == 0 {
            let line = bytes[start...].prefix(40).prefix { $0 != UInt8(ascii: "\n") }
            return Array(line).holds("PRIVATE KEY-----") ? start + line.count : nil
        }
        let limit = min(bytes.count, start + 300)
        let end = bytes[start..<limit].firstIndex { !isWord($0) && $0 != UInt8(ascii: "-") } ?? limit
        guard end - start >= shape.length, !isExample(bytes[index..<end]) else { return nil }
        return end
    }

    /// `://user:password@host`, with a password that is no variable and no placeholder.
    private static func password(_ bytes: [UInt8], _ index: Int) -> Match? {
        guard bytes.count - index > 3, bytes[index + 1] == UInt8(ascii: "/"), bytes[index + 2] == UInt8(ascii: "/")
        else { return nil }
        let start = index + 3
        guard let colon = bytes[start...].firstIndex(where: { !isAuthority($0) || $0 == UInt8(ascii: ":") }),
            bytes[colon] == UInt8(ascii: ":"), colon > start,
            let at = bytes[(colon + 1)...].firstIndex(where: { !isAuthority($0) || $0 == UInt8(ascii: "@") }),
            bytes[at] == UInt8(ascii: "@"), at - colon > 6, !isExample(bytes[(colon + 1)..<at])
        else { return nil }
        return Match(kind: "a password in an address", range: (colon + 1)..<at)
    }

    /// Can stand in the user's part of an address; signs of variables and placeholders can't.
    private static func isAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "/"), UInt8(ascii: "$"), UInt8(ascii: "{"), UInt8(ascii: "<"), UInt8(ascii: "\""),
            UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: "*"):
            false
        default: true
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isExample(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        return ["example", "password", "passwd", "changeme", "xxxx", "postgres", "secret"].contains {
            text.contains($0)
        }
    }
}
