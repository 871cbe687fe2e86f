package import Core

/// What keeps a login from being found, kept or used. No case carries a secret.
package enum CredentialError: DiagnosticConvertible, Equatable {
    /// The registry or its token server does not take the login.
    case refused(registry: String, details: [String])
    /// The registry names a token server that has nothing to do with it.
    case foreignRealm(registry: String, realm: String)
    /// Only a project's settings vouch for a server, or let it do without proof of who it is.
    case unproven(registry: String, server: String, Doubt)
    /// What answers at that address is no registry.
    case notRegistry(String, status: Int)
    case unreadable(file: String, reason: String)
    case unwritable(file: String, reason: String)
    /// The line counts from 1.
    case malformed(file: String, line: Int, expected: String)
    case wrongType(file: String, key: String, expected: String, found: String)
    /// `auth` is not `user:password` in base64.
    case malformedLogin(file: String, key: String)
    /// There is no home directory to keep logins in.
    case noPlace
    case helperName(String, file: String)
    case helperMissing(program: String, file: String)
    case helperFailed(program: String, action: String, reason: String)
    case helperAnswer(program: String)
    case helperTimeout(program: String, seconds: Int)

    /// What a project's settings alone say of a server.
    package enum Doubt: Equatable, Sendable {
        /// That its certificate need not be checked, or that it needs no TLS.
        case certificate
        /// Which authority to trust for it.
        case authority
        /// That it issues the registry's tokens.
        case tokenServer
    }

    package var diagnostic: Diagnostic {
        let (code, message, causes, hint) = text
        return Diagnostic(code: "credentials." + code, message, causes: causes, hint: hint)
    }

    private var text: (code: String, message: String, causes: [String], hint: String?) {
        switch self {
        case .refused(let registry, let details):
            (
                "refused", "\(registry) does not take the login that is kept for it", details,
                "log in again: sampan login \(registry)"
            )
        case .foreignRealm(let registry, let realm):
            (
                "foreign-realm", "\(registry) wants its login sent to \(realm), which does not belong to it", [],
                "if \(realm) issues its tokens: --trust-realm \(registry)=\(realm), or token-server: \(realm) in settings"
            )
        case .unproven(let registry, let server, .certificate):
            (
                "unproven", "the login for \(registry) is not sent to \(server), which need not prove who it is",
                ["only the project's settings (sampan.yaml) say that it need not"],
                "say so yourself: --insecure-registry \(server), or insecure: in your own settings"
            )
        case .unproven(let registry, let server, .authority):
            (
                "unproven",
                "the login for \(registry) is not sent to \(server) on the word of an authority of the project's",
                ["only the project's settings (sampan.yaml) name the authority"],
                "if you trust it: --registry-ca \(server)=FILE, or ca: in your own settings"
            )
        case .unproven(let registry, let server, .tokenServer):
            (
                "unproven", "the login for \(registry) is not sent to \(server), which does not belong to it",
                ["only the project's settings (sampan.yaml) say that it issues its tokens"],
                "if it does: --trust-realm \(registry)=\(server), or token-server: in your own settings"
            )
        case .notRegistry(let name, let status):
            (
                "not-registry", "\(name) does not answer as a registry", ["status \(status) for /v2/"],
                "check the name and the port"
            )
        case .unreadable(let file, let reason):
            (
                "file", "the logins in '\(file)' can't be read", [reason],
                "mend the file, or name another with --authfile"
            )
        case .unwritable(let file, let reason):
            ("write", "the login can't be kept in '\(file)'", [reason], "name another file with --authfile")
        case .malformed(let file, let line, let expected):
            (
                "json", "'\(file)' is not valid JSON", ["line \(line): \(expected) was expected"],
                "mend the file, or move it away and log in again"
            )
        case .wrongType(let file, let key, let expected, let found):
            ("json", "'\(file)' holds \(found) where \(expected) belongs: \(key)", [], "mend the file")
        case .malformedLogin(let file, let key):
            (
                "login", "a login in '\(file)' can't be read: \(key)", ["'auth' must be USER:PASSWORD in base64"],
                "take the entry out and log in again"
            )
        case .noPlace: ("place", "there is no home directory to keep logins in", [], "set HOME, or use --authfile")
        case .helperName(let name, let file):
            (
                "helper-name", "'\(name.prefix(100))' in '\(file)' can't be the name of a credential helper",
                ["credsStore and credHelpers name programs docker-credential-NAME, without a slash or a blank"],
                "mend the name in that file, or take it out"
            )
        case .helperMissing(let program, let file):
            (
                "helper-missing", "the credential helper '\(program)' is not installed", ["'\(file)' names it"],
                "install it, or take it out of credsStore and credHelpers in that file"
            )
        case .helperFailed(let program, let action, let reason):
            (
                "helper", "the credential helper '\(program)' failed to \(action) a login", [reason],
                "see that '\(program) list' works, or name a file without helpers with --authfile"
            )
        case .helperAnswer(let program):
            (
                "helper-answer", "the credential helper '\(program)' gave no valid answer", [],
                "see what '\(program) list' says, or name a file without helpers with --authfile"
            )
        case .helperTimeout(let program, let seconds):
            (
                "helper-timeout", "the credential helper '\(program)' gave no answer within \(seconds) s", [],
                "it may wait for a key ring to be unlocked"
            )
        }
    }
}
