// https://distribution.github.io/distribution/spec/auth/token/
import Core
import HTTPTransport
import OCI

/// Gets and keeps bearer tokens: one for each token server, service and scope, fetched once however many ask at a time.
actor TokenStore {
    /// What a token is good for.
    struct Key: Hashable, Sendable {
        var registry: String
        var realm: HTTPURL
        var service: String?
        /// One or several, separated by blanks.
        var scope: String
    }

    private struct Token {
        var secret: Secret
        var expires: ContinuousClock.Instant
    }

    private let transport: HTTPSession
    private let credentials: any CredentialSource
    private var tokens: [Key: Token] = [:]
    private var underway: [Key: SharedTask<Token>] = [:]

    init(transport: HTTPSession, credentials: any CredentialSource) {
        self.transport = transport
        self.credentials = credentials
    }

    /// A token that is still good, from the store or the server.
    /// - Parameter rejected: a token that the registry has just refused; it is never given again.
    func token(_ key: Key, rejected: Secret?) async throws -> Secret {
        if let token = tokens[key], token.secret != rejected, token.expires > .now { return token.secret }
        tokens[key] = nil
        let task = underway[key] ?? SharedTask { try await self.fetch(key) }
        underway[key] = task
        do {
            let token = try await task.value()
            finish(task, key)
            tokens[key] = token
            return token.secret
        } catch {
            finish(task, key)
            // The others who waited were cancelled, and the work with them; this one still wants its token.
            if error is CancellationError, !Task.isCancelled { return try await self.token(key, rejected: rejected) }
            throw error
        }
    }

    private func finish(_ task: SharedTask<Token>, _ key: Key) {
        if underway[key] === task { underway[key] = nil }
    }

    private func fetch(_ key: Key) async throws -> Token {
        var url = key.realm
        var query = key.scope.split(separator: " ").map { "scope=" + PercentEncoding.encode(String($0)) }
            .joined(separator: "&")
        if let service = key.service { query = "service=" + PercentEncoding.encode(service) + "&" + query }
        url.target += (url.target.contains("?") ? "&" : "?") + query
        var request = HTTPRequest(.get, url, headers: ["Accept": "application/json"])
        if case .basic(let user, let password)? = try await credentials.credential(for: key.registry, sentTo: key.realm)
        {
            request.authorization = BasicAuthorization.value(user: user, password: password)
        }
        let response = try await transport.send(request)
        guard response.isSuccess else {
            throw await RegistryError.reject(response, registry: key.registry, subject: .token)
        }
        let bytes = try await response.body.collect(limit: 1 << 20)
        let answer: Answer
        do {
            answer = try CanonicalJSON.decode(Answer.self, from: bytes, kind: .response, limit: 1 << 20)
        } catch {
            throw RegistryError.malformedToken(registry: key.registry)
        }
        guard let text = [answer.token, answer.accessToken].compactMap({ $0 }).first(where: { !$0.isEmpty }),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw RegistryError.malformedToken(registry: key.registry) }
        // A tenth of its life is left as a margin for the way to the registry and for clocks that differ.
        let life = min(max(answer.expiresIn ?? 60, 1), 86_400)
        return Token(secret: Secret(text), expires: .now + .milliseconds(Int64(life * 900)))
    }

    private struct Answer: Decodable {
        var token: String?
        var accessToken: String?
        var expiresIn: Double?

        private enum CodingKeys: String, CodingKey {
            case token
            case accessToken = "access_token"
            case expiresIn = "expires_in"
        }
    }
}
