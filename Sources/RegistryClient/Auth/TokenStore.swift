// https://distribution.github.io/distribution/spec/auth/token/
import Core
import HTTPTransport

/// Gets and keeps bearer tokens: one for each token server, service and scope, fetched once however many ask at a time.
actor TokenStore {
    /// What a token is good for.
    struct Key: Hashable, Sendable {
        /// Who asked for the token.
        var endpoint: Endpoint
        var repository: String?
        var realm: HTTPURL
        var service: String?
        /// None, one or several, separated by blanks.
        var scope: String

        var scopes: [String] { scope.split(separator: " ").map(String.init) }
    }

    private struct Token {
        var secret: Secret
        var expires: ContinuousClock.Instant
    }

    private let server: TokenServer
    private let credentials: any CredentialSource
    private let logins: LoginGuard
    private var tokens: [Key: Token] = [:]
    private var underway: [Key: SharedTask<Token>] = [:]

    init(transport: HTTPSession, credentials: any CredentialSource, logins: LoginGuard) {
        server = TokenServer(transport: transport)
        self.credentials = credentials
        self.logins = logins
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
        let answer = try await server.answer(key, try await credential(for: key))
        // A tenth of its life is left as a margin for the way to the registry and for clocks that differ.
        return Token(secret: answer.token, expires: .now + .milliseconds(Int64(answer.life * 900)))
    }

    /// The login for a registry, if its token server may have it.
    private func credential(for key: Key) async throws -> RegistryCredential? {
        let endpoint = key.endpoint
        let found = try await credentials.credential(for: endpoint.account, repository: key.repository)
        guard let found else { return nil }
        try logins.check(endpoint, realm: key.realm)
        if logins.allows(endpoint, realm: key.realm) { return found }
        // The same login stored for both hosts is known to both. A login of the token server's alone is not for a
        // registry to draw on: it would be handed the token.
        if try await credentials.credential(for: key.realm.authority, repository: nil) == found { return found }
        throw logins.refusal(endpoint, realm: key.realm)
    }
}
