// https://docs.docker.com/reference/cli/docker/#configuration-files
// https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
import Core
import FoundationEssentials
import Glibc
import HTTPTransport
import HostOS

/// Docker's `config.json` or Podman's `auth.json`, as far as it holds logins. What else is in it stays as it is.
struct CredentialFile {
    /// Bytes; more than any list of logins has.
    private static let limit = 4 << 20

    /// For messages: a path, or the name of a variable.
    let name: String
    private(set) var document: OrderedJSON

    /// A file that isn't there yet.
    init(new name: String) { (self.name, document) = (name, .object([])) }

    init(_ bytes: [UInt8], name: String) throws(CredentialError) {
        self.name = name
        // Docker takes an empty file for an empty object.
        if bytes.allSatisfy({ [0x20, 0x09, 0x0a, 0x0d].contains($0) }) {
            document = .object([])
            return
        }
        do {
            document = try OrderedJSON(parsing: bytes)
        } catch {
            throw .malformed(file: name, line: error.line, expected: error.expected)
        }
        guard case .object = document else {
            throw .wrongType(file: name, key: "the file", expected: "an object", found: document.kind)
        }
    }

    /// - Returns: nil when there is no such file.
    static func read(_ path: String) throws(CredentialError) -> CredentialFile? {
        let bytes: [UInt8]
        do throws(SystemError) {
            // Anything but a file could keep a reader waiting for ever.
            guard let info = try FileInfo.of(path, followLinks: true) else { return nil }
            guard info.kind == .file else { throw SystemError(info.kind == .directory ? EISDIR : EINVAL, "read") }
            bytes = try WholeFile.read(path, limit: limit)
        } catch {
            throw .unreadable(file: path, reason: error.reason)
        }
        return try CredentialFile(bytes, name: path)
    }

    // MARK: - Looking up

    /// A login that stands in the file itself.
    func login(_ registry: String, _ repository: String?) throws(CredentialError) -> RegistryCredential? {
        let known = try members("auths")
        for name in CredentialKey.candidates(registry, repository) {
            // The plain spelling goes before others of the same name.
            let matching = known.filter { $0.key == name } + known.filter { CredentialKey.normalized($0.key) == name }
            for member in matching {
                if let login = try login(member) { return login }
            }
        }
        return nil
    }

    /// The program that keeps a registry's login: its own, else the one for all.
    func helper(for registry: String) throws(CredentialError) -> String? {
        for member in try members("credHelpers") where CredentialKey.normalized(member.key) == registry {
            return try helperName(member.value, key: "credHelpers." + member.key)
        }
        guard let store = document["credsStore"], store != .null else { return nil }
        return try helperName(store, key: "credsStore")
    }

    private func helperName(_ value: OrderedJSON, key: String) throws(CredentialError) -> String? {
        guard let name = value.string else {
            throw .wrongType(file: self.name, key: key, expected: "a string", found: value.kind)
        }
        return name.isEmpty ? nil : name
    }

    private func members(_ key: String) throws(CredentialError) -> [OrderedJSON.Member] {
        switch document[key] {
        case nil, .null: return []
        case .object(let members): return members
        case .some(let value): throw .wrongType(file: name, key: key, expected: "an object", found: value.kind)
        }
    }

    private func login(_ member: OrderedJSON.Member) throws(CredentialError) -> RegistryCredential? {
        let key = "auths." + member.key
        if member.value == .null { return nil }
        guard case .object = member.value else {
            throw .wrongType(file: name, key: key, expected: "an object", found: member.value.kind)
        }
        var user = try text("username", member)
        var password = try text("password", member)
        if let auth = try text("auth", member) { (user, password) = try decode(auth, key: key) }
        if let token = try text("identitytoken", member) { return .identityToken(Secret(token), user: user) }
        guard let user, let password else { return nil }
        return .basic(user: user, password: Secret(password))
    }

    /// A field of a login; nil when it is empty, as when a helper keeps it.
    private func text(_ field: String, _ member: OrderedJSON.Member) throws(CredentialError) -> String? {
        guard let value = member.value[field], value != .null else { return nil }
        guard let text = value.string else {
            throw .wrongType(
                file: name, key: "auths.\(member.key).\(field)", expected: "a string", found: value.kind)
        }
        return text.isEmpty ? nil : text
    }

    /// `user:password` in base64; an identity token's entry has no password.
    private func decode(_ text: String, key: String) throws(CredentialError) -> (String, String?) {
        guard let data = Data(base64Encoded: text), let plain = String(validating: data, as: UTF8.self),
            let colon = plain.firstIndex(of: ":"), colon != plain.startIndex
        else { throw .malformedLogin(file: name, key: key) }
        // Some writers padded passwords with zeros, which Docker takes off.
        let password = plain[plain.index(after: colon)...].utf8.reversed().drop { $0 == 0 }.reversed()
        return (String(plain[..<colon]), password.isEmpty ? nil : String(decoding: password, as: UTF8.self))
    }

    // MARK: - Changing

    /// Keeps a login in the file; nil notes that a helper keeps it. Other spellings of the name go away.
    /// - Parameter isDocker: whether the file is Docker's, which has another name for docker.io.
    mutating func set(_ credential: RegistryCredential?, for name: String, isDocker: Bool) throws(CredentialError) {
        let key = isDocker ? CredentialKey.docker(name) : name
        var auths = OrderedJSON.object(
            try members("auths").filter { CredentialKey.normalized($0.key) != name || $0.key == key })
        auths[key] = credential.map(Self.entry) ?? .object([])
        document["auths"] = auths
    }

    private static func entry(_ credential: RegistryCredential) -> OrderedJSON {
        func encoded(_ user: String, _ password: String) -> OrderedJSON {
            .string(Data("\(user):\(password)".utf8).base64EncodedString())
        }
        switch credential {
        case .basic(let user, let password):
            return .object([.init(key: "auth", value: encoded(user, password.reveal()))])
        case .identityToken(let token, let user):
            return .object([
                .init(key: "auth", value: encoded(user ?? "<token>", "")),
                .init(key: "identitytoken", value: .string(token.reveal())),
            ])
        }
    }

    /// Forgets a login under all spellings of its name.
    /// - Returns: whether there was one.
    mutating func remove(_ name: String) throws(CredentialError) -> Bool {
        let known = try members("auths")
        let left = known.filter { CredentialKey.normalized($0.key) != name }
        guard left.count < known.count else { return false }
        document["auths"] = .object(left)
        return true
    }

    /// The names that have a login in the file or, as far as the file knows, with a helper.
    func names() throws(CredentialError) -> [String] {
        var out: [String] = []
        for member in try members("auths") {
            let name = CredentialKey.normalized(member.key)
            if !out.contains(name) { out.append(name) }
        }
        return out
    }
}
