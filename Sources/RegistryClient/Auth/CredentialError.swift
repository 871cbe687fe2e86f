package import Core

/// What keeps a login from being found, kept or used. No case carries a secret.
package enum CredentialError: DiagnosticConvertible, Equatable {
    /// The registry or its token server does not take the login.
    case refused(registry: String, details: [String])
    /// The registry names a token server that has nothing to do with it.
    case foreignRealm(registry: String, realm: String)

    package var diagnostic: Diagnostic {
        switch self {
        case .refused(let registry, let details):
            Diagnostic(
                code: "credentials.refused", "\(registry) does not take the login that is kept for it",
                causes: details, hint: "log in again: sampan login \(registry)")
        case .foreignRealm(let registry, let realm):
            Diagnostic(
                code: "credentials.foreign-realm",
                "\(registry) wants its login sent to \(realm), which is another's host",
                hint:
                    "if \(realm) issues its tokens, say --trust-realm \(registry)=\(realm), or token-server: \(realm) in the settings"
            )
        }
    }
}
