package import HTTPTransport

/// Who a client says it is.
package enum RegistryCredential: Sendable, Hashable {
    case basic(user: String, password: Secret)
}

/// Where the credentials for registries come from.
///
/// A source decides by both names whether a credential may be sent: the server that issues tokens need not be the
/// registry, and one on a foreign host gets nothing that was not stored for it.
package protocol CredentialSource: Sendable {
    /// - Parameters:
    ///   - registry: host and port of the registry.
    ///   - recipient: where the credential would be sent, which is the registry itself or its token server.
    /// - Returns: nil to go without.
    func credential(for registry: String, sentTo recipient: HTTPURL) async throws -> RegistryCredential?
}

/// No credentials at all.
package struct AnonymousCredentials: CredentialSource {
    package init() {}

    package func credential(for registry: String, sentTo recipient: HTTPURL) -> RegistryCredential? { nil }
}
