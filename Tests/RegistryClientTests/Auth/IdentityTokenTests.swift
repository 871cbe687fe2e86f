import Core
import HTTPTransport
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Identity tokens and logins")
struct IdentityTokenTests {
    private struct Fixed: CredentialSource {
        var login: RegistryCredential
        func credential(for registry: String, repository: String?) -> RegistryCredential? { login }
    }

    private static let identity = RegistryCredential.identityToken(Secret("lang"), user: "me")
    private static let password = RegistryCredential.basic(user: "me", password: Secret("geheim"))

    /// A registry that wants tokens of `/token`, which `answer` gives.
    private static func server(_ answer: @escaping @Sendable (ServerRequest) -> ServerReply) throws -> LoopbackServer {
        try LoopbackServer { request in
            if request.path == "/token" { return answer(request) }
            if request.headers["authorization"] == "Bearer kurz" {
                return request.path == "/v2/" ? ServerReply() : ServerReply(404)
            }
            return ServerReply(
                401,
                headers: [("WWW-Authenticate", #"Bearer realm="/token",service="s p",scope="repository:web:pull""#)])
        }
    }

    private static func resolve(_ server: LoopbackServer, _ login: RegistryCredential) async throws {
        try await withTransport { transport in
            let client = RegistrySession(
                transport: transport, configuration: RegistryConfiguration(credentials: Fixed(login: login)))
            _ = try await client.resolve(Reference(registry: server.authority, repository: "web", tag: "1"))
        }
    }

    private static func tokens(_ server: LoopbackServer) -> [ServerRequest] {
        server.requests.filter { $0.path == "/token" }
    }

    @Test("an identity token is exchanged by POST, in the body alone")
    func exchange() async throws {
        let server = try Self.server { _ in ServerReply(200, text: #"{"access_token":"kurz","refresh_token":"lang"}"#) }
        defer { server.stop() }
        await #expect(throws: RegistryError.self) { try await Self.resolve(server, Self.identity) }
        let asked = try #require(Self.tokens(server).first)
        #expect(Self.tokens(server).count == 1 && asked.method == "POST" && asked.target == "/token")
        #expect(asked.headers["authorization"] == nil)
        #expect(asked.headers["content-type"] == "application/x-www-form-urlencoded")
        let fields = Set(String(decoding: asked.body, as: UTF8.self).split(separator: "&").map(String.init))
        #expect(
            fields == [
                "grant_type=refresh_token", "refresh_token=lang", "client_id=sampan", "service=s%20p",
                "scope=repository%3Aweb%3Apull",
            ])
    }

    @Test("a token server without the exchange gets the identity token as a password", arguments: [404, 405, 501])
    func fallback(status: Int) async throws {
        let server = try Self.server { request in
            request.method == "POST" ? ServerReply(status) : ServerReply(200, text: #"{"token":"kurz"}"#)
        }
        defer { server.stop() }
        await #expect(throws: RegistryError.self) { try await Self.resolve(server, Self.identity) }
        #expect(Self.tokens(server).map(\.method) == ["POST", "GET"])
        // me:lang
        #expect(Self.tokens(server).last?.headers["authorization"] == "Basic bWU6bGFuZw==")
    }

    @Test(
        "a withdrawn identity token and a wrong password are refusals that say to log in again",
        arguments: [400, 401, 403])
    func refused(status: Int) async throws {
        let server = try Self.server { _ in
            ServerReply(status, text: #"{"errors":[{"code":"DENIED","message":"no\u001b[1m"}]}"#)
        }
        defer { server.stop() }
        for login in [Self.identity, Self.password] {
            let error = await #expect(throws: CredentialError.self) { try await Self.resolve(server, login) }
            #expect(error == .refused(registry: server.authority, details: ["DENIED: no[1m"]))
            #expect(error?.diagnostic.hint == "log in again: sampan login \(server.authority)")
            #expect(!"\(String(describing: error))".contains("geheim"))
        }
    }

    @Test("a POST is not taken to where a redirect leads")
    func redirect() async throws {
        let other = try LoopbackServer { _ in ServerReply(200, text: #"{"token":"kurz"}"#) }
        defer { other.stop() }
        let url = other.url
        let server = try Self.server { _ in ServerReply(307, headers: [("Location", url + "/token")]) }
        defer { server.stop() }
        await #expect(throws: RegistryError.self) { try await Self.resolve(server, Self.identity) }
        #expect(other.requests.isEmpty)
        // With a password the GET follows, but the password stays.
        await #expect(throws: RegistryError.self) { try await Self.resolve(server, Self.password) }
        #expect(other.requests.map { $0.headers["authorization"] } == [nil])
    }

    // MARK: - Login

    private static func verify(_ server: LoopbackServer, _ login: RegistryCredential) async throws -> TriedLogin {
        var tried: TriedLogin?
        try await withTransport { transport in
            tried = try await RegistrySession(transport: transport).verifyLogin(registry: server.authority, login)
        }
        return try #require(tried)
    }

    @Test("a login gives the identity token where the server has one, else the password is kept")
    func login() async throws {
        for (answer, expected) in [
            (#"{"token":"kurz"}"#, Self.password), (#"{"token":"kurz","refresh_token":""}"#, Self.password),
            (#"{"access_token":"kurz","refresh_token":"lang"}"#, Self.identity),
        ] {
            let server = try Self.server { _ in ServerReply(200, text: answer) }
            defer { server.stop() }
            #expect(try await Self.verify(server, Self.password) == TriedLogin(credential: expected, isProven: true))
            let asked = try #require(Self.tokens(server).first)
            #expect(asked.query("offline_token") == "true" && asked.query("account") == "me")
            #expect(asked.headers["authorization"] == "Basic bWU6Z2VoZWlt")
            #expect(server.requests.last?.path == "/v2/")
        }
    }

    @Test("a registry that wants Basic says whether it takes the password")
    func basic() async throws {
        let server = try LoopbackServer { request in
            request.headers["authorization"] == "Basic bWU6Z2VoZWlt"
                ? ServerReply() : ServerReply(401, headers: [("WWW-Authenticate", #"Basic realm="x""#)])
        }
        defer { server.stop() }
        #expect(try await Self.verify(server, Self.password) == TriedLogin(credential: Self.password, isProven: true))
        let wrong = RegistryCredential.basic(user: "me", password: Secret("falsch"))
        await #expect(throws: CredentialError.refused(registry: server.authority, details: [])) {
            try await Self.verify(server, wrong)
        }
    }

    @Test("a token that the registry does not take after all is a refusal")
    func uselessToken() async throws {
        let server = try Self.server { _ in ServerReply(200, text: #"{"token":"other"}"#) }
        defer { server.stop() }
        await #expect(throws: CredentialError.refused(registry: server.authority, details: [])) {
            try await Self.verify(server, Self.password)
        }
    }

    @Test(
        "what answers without a registry, or with an unknown way to log in, is an error",
        arguments: [404, 403, 200, 401])
    func notRegistry(status: Int) async throws {
        let server = try LoopbackServer { _ in ServerReply(status, headers: [("WWW-Authenticate", "Negotiate")]) }
        defer { server.stop() }
        switch status {
        case 200:
            // Everyone is let in, which proves nothing of the login.
            let tried = try await Self.verify(server, Self.password)
            #expect(tried == TriedLogin(credential: Self.password, isProven: false))
            #expect(!server.requests.contains { $0.headers["authorization"] != nil })
        case 401:
            await #expect(throws: RegistryError.unsupportedChallenge(registry: server.authority)) {
                try await Self.verify(server, Self.password)
            }
        default:
            await #expect(throws: CredentialError.notRegistry(server.authority, status: status)) {
                try await Self.verify(server, Self.password)
            }
        }
    }

    @Test("what asks for a login and then has no registry behind it is an error that names the status")
    func nothingBehind() async throws {
        let server = try LoopbackServer { request in
            request.headers["authorization"] != nil
                ? ServerReply(404) : ServerReply(401, headers: [("WWW-Authenticate", #"Basic realm="x""#)])
        }
        defer { server.stop() }
        let error = await #expect(throws: CredentialError.self) { try await Self.verify(server, Self.password) }
        #expect(error == .notRegistry(server.authority, status: 404))
        #expect(error?.diagnostic.causes == ["status 404 for /v2/"])
    }

    @Test("a token server that is not there is told as one")
    func noTokenServer() async throws {
        let server = try Self.server { _ in ServerReply(404) }
        defer { server.stop() }
        let error = await #expect(throws: RegistryError.self) { try await Self.verify(server, Self.password) }
        #expect(error == .notFound(.token, registry: server.authority, details: []))
        #expect(
            error?.diagnostic.message
                == "the token server of \(server.authority) has nothing at the address that it named")
    }

    @Test("a login is not sent to a foreign token server either")
    func foreign() async throws {
        let issuer = try LoopbackServer { _ in ServerReply(200, text: #"{"token":"kurz"}"#) }
        defer { issuer.stop() }
        let realm = issuer.url
        let server = try LoopbackServer { _ in
            ServerReply(401, headers: [("WWW-Authenticate", "Bearer realm=\"\(realm)/token\"")])
        }
        defer { server.stop() }
        await #expect(throws: CredentialError.foreignRealm(registry: server.authority, realm: issuer.authority)) {
            try await Self.verify(server, Self.password)
        }
        #expect(issuer.requests.isEmpty)
    }
}
