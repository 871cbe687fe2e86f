// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#determining-support
import Core
import HTTPTransport

extension RegistrySession {
    /// Tries a login at a registry, not at its mirrors.
    /// - Returns: what to keep: the same, or an identity token that the registry gives in the password's place.
    /// - Throws: ``CredentialError/refused(registry:details:)`` for a wrong one, ``CredentialError``, ``RegistryError``,
    ///   `HTTPTransportError`.
    @discardableResult
    package func verifyLogin(registry: String, _ credential: RegistryCredential) async throws -> RegistryCredential {
        let endpoint = try await endpoints.origin(of: registry)
        var request = HTTPRequest(.get, endpoint.url(""))
        request.acceptsAnyCertificate = endpoint.isInsecure
        let first = try await transport.send(request)
        if first.isSuccess { return credential }
        guard first.status == 401 else { throw CredentialError.notRegistry(registry, status: first.status) }
        let challenges = Challenge.parse(first.headers.values("WWW-Authenticate"))
        guard let way = try loginWay(challenges, endpoint) else {
            throw RegistryError.unsupportedChallenge(registry: registry)
        }
        _ = try? await first.body.collect(limit: 64 << 10)
        var kept = credential
        switch way {
        case .basic: request.authorization = BasicAuthorization.value(credential)
        case .bearer(let key):
            let policy = RealmPolicy(tokenServers: configuration.tokenServers)
            guard policy.allows(registry, at: endpoint.base, isInsecure: endpoint.isInsecure, realm: key.realm) else {
                throw CredentialError.foreignRealm(registry: registry, realm: key.realm.authority)
            }
            let answer = try await TokenServer(transport: transport).answer(key, credential, wantsIdentity: true)
            if case .basic(let user, _) = credential, let identity = answer.identity {
                kept = .identityToken(identity, user: user)
            }
            request.authorization = Secret("Bearer " + answer.token.reveal())
        }
        let second = try await transport.send(request)
        guard second.isSuccess else {
            let error = await RegistryError.reject(second, registry: registry, subject: .token)
            guard [401, 403].contains(second.status) else { throw error }
            throw CredentialError.refused(registry: registry, details: error.diagnostic.causes)
        }
        return kept
    }

    /// As for content, but a token for a login covers nothing unless the registry says what.
    private func loginWay(_ offered: [Challenge], _ endpoint: Endpoint) throws -> AuthorizationWay? {
        for challenge in offered {
            guard let realm = try challenge.realm(for: endpoint) else { continue }
            return .bearer(
                TokenStore.Key(
                    endpoint: endpoint, realm: realm, service: challenge.parameters["service"],
                    scope: challenge.parameters["scope"] ?? ""))
        }
        return offered.contains { $0.scheme == "basic" } ? .basic(endpoint, repository: "") : nil
    }
}
