// https://distribution.github.io/distribution/spec/auth/token/
// https://distribution.github.io/distribution/spec/auth/oauth/
import Core
import FoundationEssentials
import HTTPTransport
import OCI

/// What a token server gave.
struct TokenAnswer: Sendable {
    var token: Secret
    /// Seconds that it is good for.
    var life: Double
    /// What later tokens can be had for in place of a password.
    var identity: Secret?
}

/// Asks token servers.
struct TokenServer: Sendable {
    /// How this program names itself to them.
    private static let client = "sampan"
    private static let limit = 1 << 20

    let transport: HTTPSession

    /// - Parameter wantsIdentity: asks for an identity token too, which not every server gives.
    /// - Throws: ``RegistryError``, ``CredentialError/refused(registry:details:)``, `HTTPTransportError`.
    func answer(
        _ key: TokenStore.Key, _ credential: RegistryCredential?, wantsIdentity: Bool = false
    ) async throws -> TokenAnswer {
        var response: HTTPResponse
        if case .identityToken(let token, _)? = credential {
            response = try await transport.send(exchange(key, token))
            // Servers that don't know the exchange may still take the token as a password.
            if [404, 405, 501].contains(response.status) {
                _ = try? await response.body.collect(limit: 64 << 10)
                response = try await transport.send(plain(key, credential, wantsIdentity))
            }
        } else {
            response = try await transport.send(plain(key, credential, wantsIdentity))
        }
        let registry = key.endpoint.account
        guard response.isSuccess else {
            let error = await RegistryError.reject(response, registry: registry, subject: .token)
            // OAuth answers 400 to a token that has been withdrawn.
            guard credential != nil, [400, 401, 403].contains(response.status) else { throw error }
            throw CredentialError.refused(registry: registry, details: error.diagnostic.causes)
        }
        return try read(try await response.body.collect(limit: Self.limit), registry: registry)
    }

    /// `GET` with the login in `Authorization`.
    private func plain(_ key: TokenStore.Key, _ credential: RegistryCredential?, _ wantsIdentity: Bool) -> HTTPRequest {
        var fields: [(String, String)] = key.service.map { [("service", $0)] } ?? []
        fields += key.scopes.map { ("scope", $0) }
        if case .basic(let user, _)? = credential { fields.append(("account", user)) }
        if wantsIdentity { fields += [("offline_token", "true"), ("client_id", Self.client)] }
        var url = key.realm
        let query = Self.form(fields)
        if !query.isEmpty { url.target += (url.target.contains("?") ? "&" : "?") + query }
        var request = HTTPRequest(.get, url, headers: ["Accept": "application/json"])
        request.authorization = credential.map(BasicAuthorization.value)
        return prepared(request, key)
    }

    /// `POST` with an identity token in the body.
    private func exchange(_ key: TokenStore.Key, _ token: Secret) -> HTTPRequest {
        var fields = [("grant_type", "refresh_token"), ("service", key.service ?? ""), ("client_id", Self.client)]
        if !key.scopes.isEmpty { fields.append(("scope", key.scopes.joined(separator: " "))) }
        fields.append(("refresh_token", token.reveal()))
        var request = HTTPRequest(
            .post, key.realm,
            headers: ["Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"],
            body: .bytes(Array(Self.form(fields).utf8)))
        request.isRepeatable = true
        return prepared(request, key)
    }

    private func prepared(_ request: HTTPRequest, _ key: TokenStore.Key) -> HTTPRequest {
        var request = request
        request.namedBy = key.endpoint.base
        request.acceptsAnyCertificate = key.endpoint.isInsecure && request.url.hasSameOrigin(as: key.endpoint.base)
        return request
    }

    private static func form(_ fields: [(String, String)]) -> String {
        fields.map { $0.0 + "=" + PercentEncoding.encode($0.1) }.joined(separator: "&")
    }

    private func read(_ bytes: [UInt8], registry: String) throws -> TokenAnswer {
        guard
            let answer = try? CanonicalJSON.decode(Answer.self, from: bytes, kind: .response, limit: Self.limit),
            let token = [answer.token, answer.accessToken].compactMap(Self.usable).first
        else { throw RegistryError.malformedToken(registry: registry) }
        return TokenAnswer(
            token: token, life: min(max(answer.expiresIn ?? 60, 1), 86_400),
            identity: Self.usable(answer.refreshToken))
    }

    /// A token that can stand in a header.
    private static func usable(_ text: String?) -> Secret? {
        guard let text, !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        return Secret(text)
    }

    private struct Answer: Decodable {
        var token: String?
        var accessToken: String?
        var refreshToken: String?
        var expiresIn: Double?

        private enum CodingKeys: String, CodingKey {
            case token
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case expiresIn = "expires_in"
        }
    }
}
