/// Tells secrets from what documentation and templates write in their place.
enum Placeholder {
    /// Parts of what stands where a secret goes. Long enough that chance does not make them.
    private static let parts = [
        "example", "placeholder", "changeme", "change-me", "change_me", "redacted", "abcdefgh", "12345678", "replaceme",
        "replace-me", "replace_me", "dummy-", "dummy_", "your-", "your_", "yourpass", "yourtoken", "yoursecret",
        "insert-",
        "insert_", "xxxxx", "00000", "*****",
    ].map { Array($0.utf8) }

    /// Whole values that are none.
    private static let words: Set<[UInt8]> = Set(
        [
            "password", "passwd", "pass", "secret", "token", "none", "null", "true", "false", "undefined", "dummy",
            "todo",
            "test", "unset", "empty", "yes", "user", "string",
        ].map { Array($0.utf8) })

    /// Whether the body of a token is none that an issuer makes: too regular, or with a word in it.
    static func isPlaceholder(_ body: UnsafeRawBufferPointer) -> Bool {
        guard body.count >= 12 else { return false }
        guard Set(body).count >= 8 else { return true }
        return lowercased(body).withUnsafeBytes { hasPart($0) }
    }

    /// Whether a value that is called a password or token is one: not empty, not a reference to a variable or file, and
    /// no placeholder.
    static func isSecret(_ value: [UInt8]) -> Bool {
        let value = trimmed(value)
        guard value.count >= 4, value.count <= 4096, Set(value).count >= 3 else { return false }
        // $NAME, ${NAME}, $(command), %(name)s, {{ name }}, <name>, /run/secrets/name, file:name
        if "$%{<[/".utf8.contains(value[0]) || value.starts(with: "file:".utf8) { return false }
        guard value.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { return false }
        let lower = lowercased(value)
        return !words.contains(lower) && !lower.withUnsafeBytes { hasPart($0) }
    }

    private static func hasPart(_ lower: UnsafeRawBufferPointer) -> Bool {
        parts.contains { ByteSearch.contains($0, in: lower) }
    }

    private static func trimmed(_ value: [UInt8]) -> [UInt8] {
        var slice = value[...]
        while let first = slice.first, " \t\"'".utf8.contains(first) { slice.removeFirst() }
        while let last = slice.last, " \t\r\"',;".utf8.contains(last) { slice.removeLast() }
        return Array(slice)
    }

    static func lowercased(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
    }
}
