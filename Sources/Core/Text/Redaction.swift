/// Takes user names and passwords out of texts that are shown or kept.
package enum Redaction {
    /// A URL without `user:password@`.
    package static func url(_ text: String) -> String {
        guard let scheme = text.utf8.firstRange(of: separator) else { return text }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: "@") else { return text }
        return String(text[..<scheme.upperBound]) + "***" + rest[at...]
    }

    /// A text, such as a line of a program, with every URL in it as ``url(_:)`` shows it.
    ///
    /// Whatever stands between `://` and the last `@` before a slash, a question mark, a number sign, a blank or a line
    /// break counts as name and password, quotes and commas too: rather too much is hidden than a part of a password
    /// shown. Shorten a text afterwards: a URL that was cut off before its `@` can't be told from one without a password.
    /// Without a scheme, `//user:password@` counts where a word starts.
    package static func urls(in text: String) -> String {
        let bytes = text.utf8
        var out = ""
        var shown = bytes.startIndex
        var next = bytes.startIndex
        while let slashes = bytes[next...].firstRange(of: slashes) {
            next = slashes.upperBound
            let hasScheme =
                slashes.lowerBound > bytes.startIndex && bytes[bytes.index(before: slashes.lowerBound)] == colon
            guard hasScheme || startsWord(slashes.lowerBound, bytes) else { continue }
            let end = bytes[next...].firstIndex(where: endsAuthority) ?? bytes.endIndex
            guard let at = bytes[next..<end].lastIndex(of: UInt8(ascii: "@")),
                hasScheme || bytes[next..<at].contains(colon)
            else { continue }
            out += text[shown..<next] + "***"
            (shown, next) = (at, at)
        }
        return out + text[shown...]
    }

    private static let separator = "://".utf8
    private static let slashes = "//".utf8
    private static let colon = UInt8(ascii: ":")

    private static func startsWord(_ index: String.Index, _ bytes: String.UTF8View) -> Bool {
        guard index > bytes.startIndex else { return true }
        let before = bytes[bytes.index(before: index)]
        return before <= UInt8(ascii: " ") || "\"'`=,;(|&<>[{".utf8.contains(before)
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): true
        default: byte <= UInt8(ascii: " ")
        }
    }
}
