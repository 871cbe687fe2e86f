import Core
import HTTPTransport
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Tokens and credentials")
struct AuthenticationTests {
    /// Gives one credential and remembers for whom it was asked.
    private final class FixedCredentials: CredentialSource {
        let asked = Recorder<String>()
        func credential(for registry: String, repository: String?) -> RegistryCredential? {
            asked.add("\(registry) \(repository ?? "")")
            return .basic(user: "me", password: Secret("geheim"))
        }
    }

    @Test("a token is fetched once for a repository and used for all that follows")
    func token() async throws {
        try await withRegistry { registry, client in
            registry.require(TestRegistry.Authentication())
            let (_, manifest) = try registry.addImage([noise(10), noise(20)], repository: "team/web")
            let reference = registry.reference("team/web")
            _ = try await client.resolve(reference)
            for blob in manifest.layers + [manifest.config] { _ = try await client.readBlob(blob, of: reference) }
            #expect(registry.count("/token") == 1)
            let token = try #require(registry.requests.first { $0.path == "/token" })
            #expect(token.query("scope") == "repository%3Ateam%2Fweb%3Apull" && token.query("service") == "test")
            #expect(token.headers["authorization"] == nil)
            let paths = registry.requests.filter { $0.path.hasPrefix("/v2/team/") }
            #expect(paths.map { $0.headers["authorization"] } == [nil] + Array(repeating: "Bearer token-1", count: 4))
        }
    }

    @Test("a token that expires under way is renewed, in the middle of a blob too")
    func expiry() async throws {
        try await withRegistry { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.uses = 2
            registry.require(authentication)
            let content = noise(1_000_000)
            let blob = registry.addBlob(content)
            registry.inject(.shortBody(100_000), on: .blobs)
            let bytes = try await client.readBlob(blob, of: registry.reference("web"))
            #expect(bytes == content)
            // Each token serves twice; the request that finds it used up is refused and made again.
            let tokens = registry.count("/token")
            let served = registry.count("/blobs/") - tokens
            #expect(served >= 10 && tokens == (served + 1) / 2)
        }
    }

    @Test("a token is not used beyond its lifetime")
    func lifetime() async throws {
        try await withRegistry { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.lifetime = 3
            registry.require(authentication)
            try registry.addImage([], repository: "web")
            for _ in 0..<3 { _ = try await client.resolve(registry.reference("web")) }
            #expect(registry.count("/token") == 1)
            try await Task.sleep(for: .milliseconds(2750))
            _ = try await client.resolve(registry.reference("web"))
            #expect(registry.count("/token") == 2)
        }
    }

    @Test("many at once share one token")
    func shared() async throws {
        try await withRegistry { registry, client in
            registry.require(TestRegistry.Authentication())
            registry.inject(.slow(bytes: 10, milliseconds: 5), on: .token)
            let blobs = (0..<8).map { registry.addBlob(noise(100, seed: $0)) }
            try await client.fetchBlobs(
                blobs, of: registry.reference("web"), open: { _ in MemorySink() }, finish: { _, _ in })
            #expect(registry.count("/token") == 1)
        }
    }

    @Test("a token server that refuses, fails or talks nonsense is an error of its own")
    func refused() async throws {
        try await withRegistry { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.credential = "Basic x"
            registry.require(authentication)
            let host = registry.authority
            await #expect(throws: RegistryError.unauthorized(.token, registry: host, details: [])) {
                try await client.resolve(registry.reference("web"))
            }
            registry.require(TestRegistry.Authentication())
            registry.inject(.wrongBytes, on: .token)
            await #expect(throws: RegistryError.malformedToken(registry: host)) {
                try await client.resolve(registry.reference("web"))
            }
            registry.heal()
            authentication = TestRegistry.Authentication()
            authentication.uses = 0
            registry.require(authentication)
            let subject = RegistryError.Subject.manifest("\(host)/web:latest")
            await #expect(throws: RegistryError.unauthorized(subject, registry: host, details: [])) {
                try await client.resolve(registry.reference("web"))
            }
        }
    }

    @Test("a realm that can't be used is refused", arguments: ["ftp://x/", "http://", "file:///etc/passwd"])
    func realm(realm: String) async throws {
        try await withRegistry { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.realm = realm
            registry.require(authentication)
            await #expect(throws: HTTPTransportError.self) { try await client.resolve(registry.reference("web")) }
        }
    }

    @Test("credentials go to the token server that the user named, and never to the registry")
    func tokenCredentials() async throws {
        let issuer = try TestRegistry()
        defer { issuer.stop() }
        let source = FixedCredentials()
        func settings(_ registry: TestRegistry) -> RegistryConfiguration {
            var configuration = RegistryConfiguration(credentials: source)
            configuration.tokenServers = [registry.authority: [issuer.authority]]
            return configuration
        }
        try await withRegistry(settings: settings) { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.credential = "Basic bWU6Z2VoZWlt"
            issuer.require(authentication)
            authentication.realm = issuer.url + "/token"
            registry.require(authentication)
            registry.accept(token: "token-1")
            let descriptor = try registry.addImage([], repository: "web").descriptor
            #expect(try await client.resolve(registry.reference("web")).descriptor == descriptor)
            #expect(source.asked.values == ["\(registry.authority) web"])
            #expect(issuer.requests.map { $0.headers["authorization"] } == ["Basic bWU6Z2VoZWlt"])
            #expect(registry.requests.allSatisfy { $0.headers["authorization"].map { $0 == "Bearer token-1" } ?? true })
        }
    }

    @Test("a registry that wants Basic gets the credential, and wrong ones are refused")
    func basic() async throws {
        let source = FixedCredentials()
        try await withRegistry(settings: { _ in RegistryConfiguration(credentials: source) }) { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.basic = "Basic bWU6Z2VoZWlt"
            registry.require(authentication)
            let descriptor = try registry.addImage([], repository: "web").descriptor
            for _ in 0..<2 { #expect(try await client.resolve(registry.reference("web")).descriptor == descriptor) }
            #expect(registry.count("/manifests/") == 3)
            authentication.basic = "Basic other"
            registry.require(authentication)
            let error = await #expect(throws: RegistryError.self) {
                try await client.resolve(registry.reference("web"))
            }
            #expect(!"\(String(describing: error))".contains("geheim"))
        }
    }

    @Test("without credentials Basic is a refusal that says a login is needed")
    func anonymousBasic() async throws {
        try await withRegistry { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.basic = "Basic x"
            registry.require(authentication)
            let error = await #expect(throws: RegistryError.self) {
                try await client.resolve(registry.reference("web"))
            }
            #expect(error?.diagnostic.code == "registry.unauthorized")
        }
    }

    @Test("a challenge of an unknown kind is refused by name")
    func unknownChallenge() async throws {
        let server = try LoopbackServer { request in
            request.path == "/v2/" ? ServerReply() : ServerReply(401, headers: [("WWW-Authenticate", "Negotiate")])
        }
        defer { server.stop() }
        try await withTransport { transport in
            let client = RegistrySession(transport: transport)
            await #expect(throws: RegistryError.unsupportedChallenge(registry: server.authority)) {
                try await client.resolve(Reference(registry: server.authority, repository: "web", tag: "1"))
            }
        }
    }

    @Test(
        "challenges are read in all their forms",
        arguments: [
            (#"Bearer realm="R",service="s",scope="a:b:pull""#, "token"),
            (#"bearer realm=R , service="s""#, "token"), (#"Basic realm="x", Bearer realm="R""#, "token"),
            (#"Bearer realm="\R""#, "token"), (#"Negotiate, Basic realm="x""#, "basic"), ("Digest a=b", "none"),
            (#"Bearer scope="x""#, "none"), (#"="#, "none"), (#"Bearer realm"#, "none"), ("Bearer realm=\"R", "token"),
        ])
    func challenges(header: String, expected: String) async throws {
        let server = try LoopbackServer { request in
            if request.path == "/v2/" { return ServerReply() }
            if request.path == "/R" { return ServerReply(200, text: #"{"access_token":"t"}"#) }
            return ServerReply(
                401, headers: [("WWW-Authenticate", header.replacing("R\"", with: "/R\"").replacing("=R", with: "=/R"))]
            )
        }
        defer { server.stop() }
        try await withTransport { transport in
            let client = RegistrySession(transport: transport)
            let reference = Reference(registry: server.authority, repository: "web", tag: "1")
            let error = await #expect(throws: RegistryError.self) { try await client.resolve(reference) }
            let sent = server.requests.compactMap { $0.headers["authorization"] }
            switch expected {
            case "token": #expect(sent == ["Bearer t"])
            case "basic": #expect(sent.isEmpty && error?.diagnostic.code == "registry.unauthorized")
            default: #expect(sent.isEmpty && error != nil)
            }
        }
    }
}
