// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#determining-support
import Core
import HTTPTransport

/// What came of trying a login.
package struct TriedLogin: Sendable, Hashable {
    /// What to keep: the login, or an identity token that the registry gives in the password's place.
    package var credential: RegistryCredential
    /// False when the registry lets everyone in, so that it was shown no login and none was proved right.
    package var isProven: Bool

    package init(credential: RegistryCredential, isProven: Bool) {
        self.credential = credential
        self.isProven = isProven
    }
}

extension RegistrySession {
    /// Tries a login at a registry, not at its mirrors.
    /// - Throws: ``CredentialError/refused(registry:details:)`` for a wrong one, ``CredentialError``, ``RegistryError``,
    ///   `HTTPTransportError`.
    @discardableResult
    package func verifyLogin(registry: String, _ credential: RegistryCredential) async throws -> TriedLogin {
        let endpoint = try await endpoints.origin(of: registry)
        try logins.check(endpoint)
        var request = HTTPRequest(.get, endpoint.url(""))
        request.acceptsAnyCertificate = endpoint.isInsecure
        let first = try await transport.send(request)
        if first.isSuccess { return TriedLogin(credential: credential, isProven: false) }
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
            try logins.check(endpoint, realm: key.realm)
            guard logins.allows(endpoint, realm: key.realm) else {
                throw logins.refusal(endpoint, realm: key.realm)
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
            switch error {
            case .unauthorized(_, _, let details):
                throw CredentialError.refused(registry: registry, details: details)
            case .notFound: throw CredentialError.notRegistry(registry, status: second.status)
            default: throw error
            }
        }
        return TriedLogin(credential: kept, isProven: true)
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
