// https://docs.docker.com/reference/dockerfile/#copy---chown---chmod

/// What `--chown` and USER ask for: a user and a group, by name or by number.
package struct Ownership: Sendable, Hashable {
    package enum Identity: Sendable, Hashable {
        case id(UInt32)
        /// To be looked up in the image's /etc/passwd or /etc/group.
        case name(String)
    }

    /// Nil leaves the default.
    package var user: Identity?
    /// Nil: the number of the user when that is a number, else the user's own group.
    package var group: Identity?

    /// `user`, `user:group`, `:group` or `user:`.
    package init(_ text: String) throws(DockerfileError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, !text.isEmpty, text != ":" else {
            throw DockerfileError(.invalidOwner(text), at: nil)
        }
        user = try Self.identity(parts[0], text)
        if parts.count == 2 { group = try Self.identity(parts[1], text) }
    }

    private static func identity(_ part: Substring, _ text: String) throws(DockerfileError) -> Identity? {
        if part.isEmpty { return nil }
        guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return .name(String(part)) }
        guard let id = UInt32(part), id < UInt32.max else { throw DockerfileError(.invalidOwner(text), at: nil) }
        return .id(id)
    }
}
