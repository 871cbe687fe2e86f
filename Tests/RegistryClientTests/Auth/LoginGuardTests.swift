import Core
import HTTPTransport
import SampanTestSupport
import Testing

@testable import RegistryClient

@Suite("Whom a login is shown to")
struct LoginGuardTests {
    private static let registry = "registry.example.com"
    private static let server = "https://registry.example.com"

    /// - Parameters:
    ///   - adjust: what a project adds to the user's settings.
    ///   - user: what the user says.
    private static func guarded(
        tokenServers: [String: [String]] = [:], own: [String: [String]] = [:],
        user: (inout TransportConfiguration) -> Void = { _ in }, adjust: (inout TransportConfiguration) -> Void
    ) -> LoginGuard {
        var transport = TransportConfiguration()
        user(&transport)
        var configuration = RegistryConfiguration()
        configuration.tokenServers = tokenServers
        configuration.own = OwnSettings(transport: transport, tokenServers: own)
        adjust(&transport)
        return LoginGuard(configuration, transport: transport)
    }

    private static func endpoint(_ url: String = server, isInsecure: Bool = false) throws -> Endpoint {
        Endpoint(registry: registry, base: try HTTPURL(parsing: url), isMirror: false, isInsecure: isInsecure)
    }

    private static func unproven(_ server: String, _ doubt: CredentialError.Doubt) -> CredentialError {
        .unproven(registry: registry, server: server, doubt)
    }

    @Test("the name of a host holds for all its ports, and the port of https for what turns out to speak in the clear")
    func names() throws {
        for (name, url, isOwn) in [
            ("registry.example.com", "http://registry.example.com:5000", true),
            ("registry.example.com:443", "http://registry.example.com", true),
            ("registry.example.com:5000", "http://registry.example.com:5001", false),
            ("example.com", "https://registry.example.com", false),
        ] {
            let endpoint = try Self.endpoint(url, isInsecure: true)
            let mine = Self.guarded(user: { $0.insecureHosts = [name] }, adjust: { _ in })
            let project = Self.guarded { $0.insecureHosts = [name] }
            let error = Self.unproven(endpoint.base.authority, .certificate)
            if isOwn { try mine.check(endpoint) } else { #expect(throws: error) { try mine.check(endpoint) } }
            #expect(throws: error) { try project.check(endpoint) }
        }
    }

    @Test("this machine needs no proof, unless the user named an authority for it")
    func loopback() throws {
        let endpoint = try Self.endpoint("http://localhost:5000", isInsecure: true)
        try Self.guarded { $0.insecureHosts = ["localhost"] }.check(endpoint)
        let named = Self.guarded(user: { $0.tls.servers["localhost"] = TLSSettings(authorities: ["mine.pem"]) }) {
            $0.insecureHosts = ["localhost"]
        }
        #expect(throws: Self.unproven("localhost:5000", .certificate)) { try named.check(endpoint) }
    }

    @Test("an authority has to be the user's, for the registry and for its token server")
    func authorities() throws {
        let realm = try HTTPURL(parsing: "https://auth.example.com/token")
        let endpoint = try Self.endpoint()
        for host in [Self.registry, "auth.example.com"] {
            let settings = TLSSettings(authorities: ["ca.pem"])
            let project = Self.guarded { $0.tls.servers[host] = settings }
            #expect(throws: Self.unproven(host, .authority)) { try project.check(endpoint, realm: realm) }
            try Self.guarded(user: { $0.tls.servers[host] = settings }, adjust: { _ in }).check(endpoint, realm: realm)
        }
        let insecure = Self.guarded { $0.insecureHosts = ["auth.example.com"] }
        try insecure.check(endpoint)
        #expect(throws: Self.unproven("auth.example.com", .certificate)) {
            try insecure.check(endpoint, realm: realm)
        }
    }

    @Test("a token server that only the project names gets no login, and the error says whose word is missing")
    func tokenServer() throws {
        let realm = try HTTPURL(parsing: "https://auth.example.org/token")
        let endpoint = try Self.endpoint()
        let named = [Self.registry: ["auth.example.org"]]
        let project = Self.guarded(tokenServers: named) { _ in }
        #expect(!project.allows(endpoint, realm: realm))
        let error = project.refusal(endpoint, realm: realm)
        #expect(error == Self.unproven("auth.example.org", .tokenServer))
        #expect(error.diagnostic.hint?.contains("--trust-realm registry.example.com=auth.example.org") == true)
        #expect(Self.guarded(tokenServers: named, own: named) { _ in }.allows(endpoint, realm: realm))
        let nobody = Self.guarded { _ in }
        #expect(
            nobody.refusal(endpoint, realm: realm)
                == .foreignRealm(registry: Self.registry, realm: "auth.example.org"))
    }

    @Test("a token that would be asked for with the login is not asked for where the server is unproven")
    func token() async throws {
        let server = try LoopbackServer { _ in
            ServerReply(401, headers: [("WWW-Authenticate", #"Bearer realm="/token",service="x""#)])
        }
        defer { server.stop() }
        let name = "0.0.0.0:\(server.port)"
        var transport = quickConfiguration()
        var configuration = RegistryConfiguration(
            credentials: GivenCredential(credential: .basic(user: "me", password: Secret("geheim"))))
        configuration.own = OwnSettings(transport: transport)
        transport.insecureHosts = [name]
        let settings = configuration
        try await withTransport(transport) { transport in
            let client = RegistrySession(transport: transport, configuration: settings)
            await #expect(throws: CredentialError.unproven(registry: name, server: name, .certificate)) {
                try await client.resolve(Reference(registry: name, repository: "web", tag: "1"))
            }
        }
        #expect(!server.requests.contains { $0.path == "/token" || $0.headers["authorization"] != nil })
    }
}
