// https://distribution.github.io/distribution/spec/auth/token/
import Core

extension TestRegistry {
    /// A token that was given out.
    struct Token {
        /// How often it may still be used.
        var uses: Int
        /// `repository:action` for each thing that it is good for; nil is everything.
        var rights: Set<String>?
    }

    /// The refusal of a request without a valid token; nil lets it pass.
    func refusal(_ request: ServerRequest) -> ServerReply? {
        state.withLock { state in
            guard let wanted = state.authentication else { return nil }
            let given = request.headers["authorization"]
            if let basic = wanted.basic {
                return given == basic ? nil : ServerReply(401, headers: [("WWW-Authenticate", #"Basic realm="test""#)])
            }
            let needed = Self.rights(for: request)
            if let name = given?.dropFirst("Bearer ".count), let token = state.tokens[String(name)], token.uses > 0 {
                if token.rights?.isSuperset(of: needed.flatMap { name, actions in actions.map { "\(name):\($0)" } })
                    ?? true
                {
                    state.tokens[String(name)]?.uses -= 1
                    return nil
                }
                if needed.contains(where: { !(wanted.repositories?.contains($0.0) ?? true) }) {
                    return Self.problem(403, "DENIED", "the token is for other things")
                }
            }
            let realm = wanted.realm ?? "http://\(request.headers["host"] ?? "")/token"
            let scope = needed.map { "repository:\($0):\($1.joined(separator: ","))" }.joined(separator: " ")
            let challenge = #"Bearer realm="\#(realm)",service="\#(wanted.service)",scope="\#(scope)""#
            return ServerReply(401, headers: [("WWW-Authenticate", challenge)])
        }
    }

    /// What a request needs: actions on repositories.
    private static func rights(for request: ServerRequest) -> [(String, [String])] {
        let reads = request.method == "GET" || request.method == "HEAD"
        var needed = [(repository(request), reads ? ["pull"] : ["pull", "push"])]
        if let source = request.query("from"), request.method == "POST" {
            needed.append((source.replacing("%2F", with: "/"), ["pull"]))
        }
        return needed
    }

    func token(_ request: ServerRequest) -> ServerReply {
        state.withLock { state in
            guard let wanted = state.authentication else { return ServerReply(404) }
            if let credential = wanted.credential, request.headers["authorization"] != credential {
                return ServerReply(401)
            }
            state.tokenCount += 1
            let name = "token-\(state.tokenCount)"
            let scopes = Self.scopes(request)
            let granted = scopes.filter { wanted.repositories?.contains($0.repository) ?? true }
            state.tokens[name] = Token(
                uses: wanted.uses ?? Int.max,
                rights: scopes.isEmpty ? nil : Set(granted.flatMap { scope in scope.rights }))
            let lifetime = wanted.lifetime.map { #","expires_in":\#($0)"# } ?? ""
            return ServerReply(
                headers: [("Content-Type", "application/json")], body: Array(#"{"token":"\#(name)"\#(lifetime)}"#.utf8)
            )
        }
    }

    /// What a token is asked for, in a query or a form.
    private static func scopes(_ request: ServerRequest) -> [(repository: String, rights: [String])] {
        let query = request.target.split(separator: "?").dropFirst().first.map(String.init) ?? ""
        let text = request.method == "POST" ? String(decoding: request.body, as: UTF8.self) : query
        let values = text.split(separator: "&").filter { $0.hasPrefix("scope=") }.flatMap { pair in
            String(pair.dropFirst("scope=".count)).replacing("%3A", with: ":").replacing("%2F", with: "/")
                .replacing("%2C", with: ",").replacing("%20", with: " ").replacing("+", with: " ")
                .split(separator: " ")
        }
        return values.compactMap { value in
            let parts = value.split(separator: ":")
            guard parts.count >= 3 else { return nil }
            let name = parts[1..<(parts.count - 1)].joined(separator: ":")
            return (name, parts[parts.count - 1].split(separator: ",").map { "\(name):\($0)" })
        }
    }

    /// Makes a token good without asking the token server, as if another server had given it.
    package func accept(token: String) { state.withLock { $0.tokens[token] = Token(uses: Int.max, rights: nil) } }

    /// Makes all tokens that were given out bad.
    package func expireTokens() { state.withLock { $0.tokens = [:] } }
}
