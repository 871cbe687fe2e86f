package import HTTPTransport

/// Who a client says it is.
package enum RegistryCredential: Sendable, Hashable {
    case basic(user: String, password: Secret)
    /// A long-lived token that the registry's token server gives short-lived ones for. The user is the one that was
    /// logged in with, where that is known.
    case identityToken(Secret, user: String? = nil)
}

/// Where the credentials for registries come from.
package protocol CredentialSource: Sendable {
    /// - Parameters:
    ///   - registry: host and port of the registry or mirror that asks for a login; `docker.io` for that one.
    ///   - repository: whose content is wanted; nil when it is about none.
    /// - Returns: nil to go without.
    /// - Throws: ``CredentialError``, which is taken as a fault of the server that asks: a mirror is passed over.
    func credential(for registry: String, repository: String?) async throws -> RegistryCredential?
}

/// No credentials at all.
package struct AnonymousCredentials: CredentialSource {
    package init() {}

    package func credential(for registry: String, repository: String?) -> RegistryCredential? { nil }
}

/// One credential, whoever asks.
struct GivenCredential: CredentialSource {
    let credential: RegistryCredential

    func credential(for registry: String, repository: String?) -> RegistryCredential? { credential }
}
