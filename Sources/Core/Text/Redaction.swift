/// Takes user names and passwords out of texts that are shown or kept.
package enum Redaction {
    /// A URL without `user:password@`.
    package static func url(_ text: String) -> String {
        guard let scheme = text.utf8.firstRange(of: "://".utf8) else { return text }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: "@") else { return text }
        return String(text[..<scheme.upperBound]) + "***" + rest[at...]
    }
}
