extension CredentialFile {
    /// Lines of the largest of these files that count.
    private static let lineLimit = 10_000

    /// Notes what the file gives away.
    func scan(_ bytes: UnsafeRawBufferPointer, into found: inout Found) {
        if case .netrc = self { return Self.netrc(bytes, into: &found) }
        var start = 0
        var count = 0
        while start < bytes.count, count < Self.lineLimit, !found.isFull {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
            let line = Array(bytes[start..<end])
            if let (rule, title) = finding(line) { found.add(rule, title, at: start) }
            start = end + 1
            count += 1
        }
    }

    /// What a line gives away.
    private func finding(_ line: [UInt8]) -> (rule: String, title: String)? {
        let text = line.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return nil }
        switch self {
        case .netrc: return nil
        case .assignments(let keys, let rule, let title):
            guard let (key, value) = Self.assignment(text) else { return nil }
            // npm writes the registry before the key: //HOST/:_authToken
            let name = Placeholder.lowercased(key)
            let isNamed = keys.contains {
                let wanted = Array($0.utf8)
                return name == wanted || (name.count > wanted.count && name.suffix(wanted.count + 1) == [0x3a] + wanted)
            }
            return isNamed && Placeholder.isSecret(value) ? (rule, title) : nil
        case .environment:
            guard let (key, value) = Self.assignment(text) else { return nil }
            var name = key
            if name.starts(with: "export ".utf8) { name.removeFirst(7) }
            guard Self.namesSecret(name), Placeholder.isSecret(value) else { return nil }
            return ("environment-secret", "a password or token in a file of environment variables")
        case .addresses:
            return Self.hasLogin(line) ? ("address-password", "an address with a password in it") : nil
        case .dockerConfig: return Self.dockerLogin(line) ? ("registry-login", "a login of a registry") : nil
        case .pgpass:
            guard let value = Array(text).split(separator: 0x3a, omittingEmptySubsequences: false).dropFirst(4).first,
                Placeholder.isSecret(Array(value))
            else { return nil }
            return ("database-password", "a password of PostgreSQL")
        case .mavenSettings:
            guard let open = ByteSearch.firstRange(of: Array("<password>".utf8), in: line[...]),
                let close = line[open.upperBound...].firstIndex(of: UInt8(ascii: "<")),
                Placeholder.isSecret(Array(line[open.upperBound..<close]))
            else { return nil }
            return ("maven-login", "a password in Maven's settings")
        case .shadow:
            let fields = line.split(separator: 0x3a, maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count > 1, fields[1].first == UInt8(ascii: "$"), fields[1].count > 20 else { return nil }
            return ("password-hash", "the hash of a user's password")
        }
    }

    /// `KEY = VALUE`, `KEY: VALUE`, `"KEY": "VALUE",`; of several separators the first that is `=`, else the first `:`
    /// with a blank behind it.
    private static func assignment(_ line: ArraySlice<UInt8>) -> (key: [UInt8], value: [UInt8])? {
        let colon = line.indices.first {
            line[$0] == UInt8(ascii: ":") && ($0 + 1 == line.endIndex || line[$0 + 1] == 0x20)
        }
        let equals = line.firstIndex(of: UInt8(ascii: "="))
        guard let place = [colon, equals].compactMap({ $0 }).min() else { return nil }
        let trimmed = line[..<place].filter { $0 != 0x22 && $0 != 0x27 }
        var key = trimmed[...]
        while let last = key.last, last == 0x20 || last == 0x09 { key.removeLast() }
        while let first = key.first, first == 0x20 || first == 0x09 { key.removeFirst() }
        return (Array(key), Array(line[(place + 1)...]))
    }

    /// `SCHEME://NAME:PASSWORD@`, or a header of git's that logs in.
    private static func hasLogin(_ line: [UInt8]) -> Bool {
        let lower = Placeholder.lowercased(line)
        if ByteSearch.firstRange(of: Array("authorization: basic ".utf8), in: lower[...]) != nil { return true }
        guard let scheme = ByteSearch.firstRange(of: Array("://".utf8), in: lower[...]) else { return false }
        let authority = line[scheme.upperBound...].prefix { $0 != UInt8(ascii: "/") && $0 > 0x20 }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")),
            let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":"))
        else { return false }
        return Placeholder.isSecret(Array(authority[(colon + 1)..<at]))
    }

    /// Several logins may share one line; one is enough.
    private static func dockerLogin(_ line: [UInt8]) -> Bool {
        for key in ["\"auth\"", "\"identitytoken\"", "\"registrytoken\"", "\"password\""] {
            var rest = line[...]
            while let range = ByteSearch.firstRange(of: Array(key.utf8), in: rest) {
                rest = rest[range.upperBound...]
                let value = rest.drop { $0 == 0x20 || $0 == UInt8(ascii: ":") }
                guard value.first == UInt8(ascii: "\"") else { continue }
                let text = value.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
                if text.count >= 8, Placeholder.isSecret(Array(text)) { return true }
            }
        }
        return false
    }

    /// Words may stand on lines of their own.
    private static func netrc(_ bytes: UnsafeRawBufferPointer, into found: inout Found) {
        var index = 0
        var isPassword = false
        while index < bytes.count, !found.isFull {
            while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
            let start = index
            while index < bytes.count, bytes[index] > 0x20 { index += 1 }
            let word = Array(bytes[start..<index])
            if isPassword, Placeholder.isSecret(word) { found.add("netrc-login", "a login in .netrc", at: start) }
            isPassword = word == Array("password".utf8)
        }
    }
}
