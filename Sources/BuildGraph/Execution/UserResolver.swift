package import Core

/// Turns `user[:group]` into numbers by an image's own /etc/passwd and /etc/group.
package struct UserResolver {
    private let tree: StackTree
    private let span: SourceSpan?

    package init(_ tree: StackTree, span: SourceSpan?) {
        self.tree = tree
        self.span = span
    }

    /// The user of a process: with the group from passwd and the supplementary groups, as a login would have.
    package func process(_ text: String) throws -> ResolvedUser {
        if text.isEmpty { return ResolvedUser(home: try account(uid: 0)?.home) }
        let (user, group) = Self.split(text)
        var resolved: ResolvedUser
        var name: String?
        if let uid = UInt32(user) {
            let account = try account(uid: uid)
            resolved = ResolvedUser(uid: uid, gid: account?.gid ?? 0, home: account?.home)
            name = account?.name
        } else {
            let account = try account(named: user)
            resolved = ResolvedUser(uid: account.uid, gid: account.gid, home: account.home)
            name = account.name
        }
        if let group {
            resolved.gid = try gid(group)
        } else if let name {
            resolved.groups = try groups(of: name).filter { $0 != resolved.gid }
        }
        return resolved
    }

    /// The owner for `--chown`: without a group it is the user's number again for a number (but 0 for an empty group, as
    /// in `55:`), the user's group for a name; without a user it is root.
    package func owner(_ text: String) throws -> CopyOperation.Owner {
        let (user, group) = Self.split(text)
        let uid: UInt32
        var gid: UInt32
        if user.isEmpty {
            (uid, gid) = (0, 0)
        } else if let number = UInt32(user) {
            (uid, gid) = (number, text.hasSuffix(":") ? 0 : number)
        } else {
            let account = try account(named: user)
            (uid, gid) = (account.uid, account.gid)
        }
        if let group { gid = try self.gid(group) }
        return CopyOperation.Owner(uid: uid, gid: gid)
    }

    private struct Account {
        var name: String
        var uid: UInt32
        var gid: UInt32
        var home: String?
    }

    private static func split(_ text: String) -> (String, String?) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil)
    }

    private func account(named name: String) throws -> Account {
        if let found = try accounts().first(where: { $0.name == name }) { return found }
        throw Diagnostic(
            code: "user.unknown", "user '\(name)' is not in the image's /etc/passwd", at: span,
            hint: "use a number, such as 65532, or add the user first")
    }

    private func account(uid: UInt32) throws -> Account? { try accounts().first { $0.uid == uid } }

    private func accounts() throws -> [Account] {
        try lines("etc/passwd").compactMap { fields in
            guard fields.count >= 4, let uid = UInt32(fields[2]), let gid = UInt32(fields[3]) else { return nil }
            return Account(name: fields[0], uid: uid, gid: gid, home: fields.count > 5 ? fields[5] : nil)
        }
    }

    private func gid(_ text: String) throws -> UInt32 {
        if let number = UInt32(text) { return number }
        for fields in try lines("etc/group") where fields.count >= 3 && fields[0] == text {
            if let gid = UInt32(fields[2]) { return gid }
        }
        throw Diagnostic(
            code: "user.unknown-group", "group '\(text)' is not in the image's /etc/group", at: span,
            hint: "use a number, such as 65532, or add the group first")
    }

    private func groups(of name: String) throws -> [UInt32] {
        try lines("etc/group").compactMap { fields in
            guard fields.count >= 4, let gid = UInt32(fields[2]) else { return nil }
            return fields[3].split(separator: ",").contains { $0 == name } ? gid : nil
        }
    }

    private func lines(_ path: BytePath) throws -> [[String]] {
        guard let bytes = try tree.readFile(path) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).map { line in
            String(decoding: line, as: UTF8.self).split(separator: ":", omittingEmptySubsequences: false)
                .map { String($0) }
        }
    }
}
