import Core
import HTTPTransport
import SampanTestSupport
import Testing

@testable import RegistryClient

@Suite("Whom a login may be shown to")
struct RealmTests {
    @Test(
        "the realm's host belongs to the registry's owner, or gets nothing",
        arguments: [
            // The same host.
            ("registry.example.com", "https://registry.example.com/token", true),
            ("registry.example.com:5000", "https://registry.example.com:5000/token", true),
            ("gitlab.example.com:5050", "https://gitlab.example.com/jwt/auth", true),
            ("registry.example.com", "https://registry.example.com:8443/token", false),
            ("registry.example.com", "http://registry.example.com/token", false),
            // A parent, a child, a sister.
            ("registry.example.com", "https://example.com/jwt/auth", true),
            ("a.b.registry.example.com", "https://example.com/jwt/auth", true),
            ("example.com", "https://auth.example.com/token", true),
            ("registry.example.com", "https://gitlab.example.com/jwt/auth", true),
            ("registry.eu.example.com", "https://auth.eu.example.com/token", true),
            ("registry.example.co.uk", "https://auth.example.co.uk/token", true),
            // Others.
            ("registry.example.com", "https://example.org/token", false),
            ("registry.example.com", "https://registry.example.org/token", false),
            ("registry.example.com", "https://a.b.example.com/token", false),
            ("example.com", "https://example.org/token", false),
            ("example.com", "https://com/token", false),
            ("registry.example.com", "https://com/token", false),
            ("one.co.uk", "https://two.co.uk/token", false),
            ("one.com.au", "https://two.com.au/token", false),
            ("registry.example.com", "https://gitlab.example.com:8443/token", false),
            ("registry.example.com", "https://evilexample.com/token", false),
            ("registry.example.com", "https://example.com.evil.net/token", false),
            ("registry", "https://auth/token", false),
            ("10.0.0.1", "https://10.0.0.2/token", false),
            ("10.0.0.1:5000", "https://10.0.0.1/token", true),
            ("1.2.3.4", "https://3.4/token", false),
            ("[::1]", "https://[::2]/token", false),
            // The known pair, in one direction.
            ("docker.io", "https://auth.docker.io/token", true),
            ("docker.io", "https://hub.docker.io/token", false),
            ("registry.example.com", "https://auth.docker.io/token", false),
        ])
    func rule(registry: String, realm: String, isAllowed: Bool) throws {
        let server = try HTTPURL(parsing: "https://" + (registry == "docker.io" ? "registry-1.docker.io" : registry))
        let policy = RealmPolicy()
        let url = try HTTPURL(parsing: realm)
        #expect(policy.allows(registry, at: server, isInsecure: false, realm: url) == isAllowed)
    }

    @Test("where anyone could have answered, only the very same server gets the login")
    func insecure() throws {
        let policy = RealmPolicy()
        func allows(_ realm: String) throws -> Bool {
            policy.allows(
                "registry.example.com", at: try HTTPURL(parsing: "http://registry.example.com"), isInsecure: true,
                realm: try HTTPURL(parsing: realm))
        }
        #expect(try allows("http://registry.example.com/token"))
        #expect(try !allows("https://registry.example.com/token"))
        #expect(try !allows("https://auth.example.com/token"))
    }

    @Test("a token server that the user named gets it, at the port that was named")
    func named() throws {
        let policy = RealmPolicy(tokenServers: ["registry.example.com": ["auth.example.org", "10.0.0.1:8443"]])
        func allows(_ realm: String, for registry: String = "registry.example.com") throws -> Bool {
            policy.allows(
                registry, at: try HTTPURL(parsing: "https://" + registry), isInsecure: false,
                realm: try HTTPURL(parsing: realm))
        }
        #expect(try allows("https://auth.example.org/token"))
        #expect(try allows("https://10.0.0.1:8443/token"))
        #expect(try !allows("https://auth.example.org:8443/token"))
        #expect(try !allows("https://10.0.0.1/token"))
        #expect(try !allows("https://auth.example.org/token", for: "other.example.net"))
    }

    /// Logins by host.
    private struct Logins: CredentialSource {
        var known: [String: RegistryCredential]
        func credential(for registry: String, repository: String?) -> RegistryCredential? { known[registry] }
    }

    private static let login = RegistryCredential.basic(user: "me", password: Secret("geheim"))

    @Test("a foreign realm gets nothing, and the error names both hosts and the remedy")
    func foreign() async throws {
        let issuer = try TestRegistry()
        defer { issuer.stop() }
        func settings(_ registry: TestRegistry) -> RegistryConfiguration {
            RegistryConfiguration(credentials: Logins(known: [registry.authority: Self.login]))
        }
        try await withRegistry(settings: settings) { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.realm = issuer.url + "/token"
            registry.require(authentication)
            let error = await #expect(throws: CredentialError.self) {
                try await client.resolve(registry.reference("web"))
            }
            #expect(error == .foreignRealm(registry: registry.authority, realm: issuer.authority))
            #expect(error?.diagnostic.hint?.contains("--trust-realm \(registry.authority)=\(issuer.authority)") == true)
            #expect(issuer.requests.isEmpty)
        }
    }

    @Test(
        "a login that is stored for the realm's host too is known there; the realm's own is not for the registry to use",
        arguments: [true, false])
    func storedForBoth(isSame: Bool) async throws {
        let issuer = try TestRegistry()
        defer { issuer.stop() }
        func settings(_ registry: TestRegistry) -> RegistryConfiguration {
            let other = RegistryCredential.basic(user: "me", password: Secret("other"))
            return RegistryConfiguration(
                credentials: Logins(known: [
                    registry.authority: Self.login, issuer.authority: isSame ? Self.login : other,
                ]))
        }
        try await withRegistry(settings: settings) { registry, client in
            var authentication = TestRegistry.Authentication()
            issuer.require(authentication)
            authentication.realm = issuer.url + "/token"
            registry.require(authentication)
            registry.accept(token: "token-1")
            try registry.addImage([], repository: "web")
            if isSame {
                _ = try await client.resolve(registry.reference("web"))
                #expect(issuer.requests.map { $0.headers["authorization"] } == ["Basic bWU6Z2VoZWlt"])
            } else {
                await #expect(throws: CredentialError.self) { try await client.resolve(registry.reference("web")) }
                #expect(issuer.requests.isEmpty)
            }
        }
    }

    @Test("a registry without a login may name any token server, which gets no login of its own")
    func anonymous() async throws {
        let issuer = try TestRegistry()
        defer { issuer.stop() }
        let logins = Logins(known: [issuer.authority: Self.login])
        try await withRegistry(settings: { _ in RegistryConfiguration(credentials: logins) }) { registry, client in
            var authentication = TestRegistry.Authentication()
            issuer.require(authentication)
            authentication.realm = issuer.url + "/token"
            registry.require(authentication)
            registry.accept(token: "token-1")
            try registry.addImage([], repository: "web")
            _ = try await client.resolve(registry.reference("web"))
            #expect(issuer.requests.map { $0.headers["authorization"] } == [nil])
        }
    }

    @Test("a mirror gets the login of its own name and not that of the registry")
    func mirror() async throws {
        let mirror = try TestRegistry()
        defer { mirror.stop() }
        var authentication = TestRegistry.Authentication()
        authentication.basic = "Basic bWU6Z2VoZWlt"
        mirror.require(authentication)
        let descriptor = try mirror.addImage([], repository: "team/web").descriptor
        let logins = Logins(known: [
            mirror.authority: Self.login, "docker.io": .basic(user: "hub", password: Secret("hub")),
        ])
        try await withTransport { transport in
            let client = RegistrySession(
                transport: transport,
                configuration: RegistryConfiguration(mirrors: ["docker.io": [mirror.authority]], credentials: logins))
            let reference = Reference(registry: "docker.io", repository: "team/web", tag: "latest")
            let found = try await client.resolve(reference).descriptor
            #expect(found == descriptor)
            #expect(Set(mirror.requests.map { $0.headers["authorization"] }) == [nil, "Basic bWU6Z2VoZWlt"])
        }
    }
}
