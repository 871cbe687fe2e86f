import HTTPTransport

/// Decides which servers may see a login: those that prove who they are, or need not, by what the user says alone.
struct LoginGuard: Sendable {
    private let transport: TransportConfiguration
    private let policy: RealmPolicy
    /// Nil when all settings are the user's.
    private let own: OwnSettings?

    init(_ configuration: RegistryConfiguration, transport: TransportConfiguration) {
        self.transport = transport
        policy = RealmPolicy(tokenServers: configuration.tokenServers)
        own = configuration.own
    }

    /// - Throws: ``CredentialError/unproven(registry:server:_:)``; `HTTPTransportError` for settings that can't be read.
    func check(_ endpoint: Endpoint) throws {
        guard let own, try !own.letsBeInsecure(endpoint.base) else { return }
        if endpoint.isInsecure {
            throw CredentialError.unproven(
                registry: endpoint.account, server: endpoint.base.authority, .certificate)
        }
        try checkAuthorities(of: endpoint.base, for: endpoint, own)
    }

    /// The same for a registry and the token server that it names.
    func check(_ endpoint: Endpoint, realm: HTTPURL) throws {
        try check(endpoint)
        guard let own, !realm.hasSameOrigin(as: endpoint.base), try !own.letsBeInsecure(realm) else { return }
        if transport.isInsecure(realm) {
            throw CredentialError.unproven(registry: endpoint.account, server: realm.authority, .certificate)
        }
        try checkAuthorities(of: realm, for: endpoint, own)
    }

    private func checkAuthorities(of url: HTTPURL, for endpoint: Endpoint, _ own: OwnSettings) throws {
        let known = try own.transport.tls.settings(for: url).authorities
        guard try transport.tls.settings(for: url).authorities.allSatisfy(known.contains) else {
            throw CredentialError.unproven(registry: endpoint.account, server: url.authority, .authority)
        }
    }

    /// Whether a token server may have a registry's login by its name, or because the user says so.
    func allows(_ endpoint: Endpoint, realm: HTTPURL) -> Bool {
        allows(endpoint, realm, by: own.map { RealmPolicy(tokenServers: $0.tokenServers) } ?? policy)
    }

    /// What to tell of a token server that may not have the login.
    func refusal(_ endpoint: Endpoint, realm: HTTPURL) -> CredentialError {
        allows(endpoint, realm, by: policy)
            ? .unproven(registry: endpoint.account, server: realm.authority, .tokenServer)
            : .foreignRealm(registry: endpoint.account, realm: realm.authority)
    }

    private func allows(_ endpoint: Endpoint, _ realm: HTTPURL, by policy: RealmPolicy) -> Bool {
        policy.allows(endpoint.account, at: endpoint.base, isInsecure: endpoint.isInsecure, realm: realm)
    }
}
