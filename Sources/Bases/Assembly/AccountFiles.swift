// https://man7.org/linux/man-pages/man5/passwd.5.html
// https://man7.org/linux/man-pages/man5/group.5.html
internal import Core

/// The accounts of all levels so far, and the files that list them.
struct AccountFiles {
    private var users: [Recipe.User] = []
    private var groups: [Recipe.Group] = []

    static let passwd: BytePath = "etc/passwd"
    static let group: BytePath = "etc/group"

    var isEmpty: Bool { users.isEmpty && groups.isEmpty }

    mutating func add(_ group: Recipe.Group) throws(AssemblyError) {
        try Self.check(name: group.name, "group")
        for member in group.members { try Self.check(member, field: "member '\(member)'", "group", group.name) }
        if let other = groups.first(where: { $0.name == group.name || $0.gid == group.gid }) {
            guard other.name != group.name else { throw .accountTwice(kind: "group", name: group.name) }
            throw .identifierTwice(kind: "group", identifier: group.gid, first: other.name, second: group.name)
        }
        guard group.gid < UInt32.max else { throw .accountField(kind: "group", name: group.name, field: "number") }
        groups.append(group)
    }

    mutating func add(_ user: Recipe.User) throws(AssemblyError) {
        try Self.check(name: user.name, "user")
        for (field, text) in [("home", user.home), ("shell", user.shell), ("comment", user.comment)] {
            try Self.check(text, field: field, "user", user.name)
        }
        if let other = users.first(where: { $0.name == user.name || $0.uid == user.uid }) {
            guard other.name != user.name else { throw .accountTwice(kind: "user", name: user.name) }
            throw .identifierTwice(kind: "user", identifier: user.uid, first: other.name, second: user.name)
        }
        guard max(user.uid, user.gid) < UInt32.max else {
            throw .accountField(kind: "user", name: user.name, field: "number")
        }
        users.append(user)
    }

    private static func check(name: String, _ kind: String) throws(AssemblyError) {
        let bytes = name.utf8
        guard let first = bytes.first, bytes.count <= 32, first == UInt8(ascii: "_") || isLetter(first),
            bytes.allSatisfy({ isLetter($0) || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
            )
        else { throw .accountField(kind: kind, name: name, field: "name") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5a ~= byte || 0x61...0x7a ~= byte }

    private static func check(
        _ text: String, field: String, _ kind: String, _ name: String
    ) throws(AssemblyError) {
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: ":") }) else {
            throw .accountField(kind: kind, name: name, field: field)
        }
    }

    /// The bytes of /etc/passwd. No account has a password here: `x` points to /etc/shadow, which isn't there.
    var passwdBytes: [UInt8] {
        Array(
            users.map { "\($0.name):x:\($0.uid):\($0.gid):\($0.comment):\($0.home):\($0.shell)\n" }.joined().utf8)
    }

    /// The bytes of /etc/group.
    var groupBytes: [UInt8] {
        Array(groups.map { "\($0.name):x:\($0.gid):\($0.members.joined(separator: ","))\n" }.joined().utf8)
    }
}
