import Core
import HTTPTransport
import RegistryClient
import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("Logins and what a project's settings say")
struct ProjectLoginTests {
    /// A registry without TLS that wants a password, under an address that does not count as this machine's.
    private final class Registry {
        let server: LoopbackServer
        var authority: String { "0.0.0.0:\(server.port)" }
        /// Requests that showed a login.
        var shown: [String] { server.requests.filter { $0.headers["authorization"] != nil }.map(\.path) }

        init() throws {
            server = try LoopbackServer { request in
                guard request.headers["authorization"] != "Basic bWU6Z2VoZWlt" else {
                    return ServerReply(request.path == "/v2/" ? 200 : 404)
                }
                return ServerReply(401, headers: [("WWW-Authenticate", #"Basic realm="x""#)])
            }
        }

        deinit { server.stop() }
    }

    private let place: TemporaryDirectory
    private let registry: Registry

    init() throws {
        place = try TemporaryDirectory("project-login")
        registry = try Registry()
    }

    /// Runs a command's part with the network: with a login for the registry, a project's settings and a user's.
    private func withNetwork(
        _ flags: RegistryFlags = RegistryFlags(), project: String, user: String = "",
        _ body: (RegistrySession) async throws -> Void
    ) async throws {
        try place.file("project/sampan.yaml", "registries:\n  unused.io: {insecure: false}\n" + project)
        try place.file("config/sampan/config.yaml", "registries:\n  unused.io: {insecure: false}\n" + user)
        let network = try NetworkAccess(
            flags: flags, project: place.path("project"),
            environment: [
                "HOME": place.path, "XDG_CONFIG_HOME": place.path("config"),
                "DOCKER_AUTH_CONFIG": #"{"auths":{"\#(registry.authority)":{"auth":"bWU6Z2VoZWlt"}}}"#,
            ]
        ) { $0.retry.attempts = 1 }
        do {
            try await body(try network.registry())
        } catch {
            await network.shutdown()
            throw error
        }
        await network.shutdown()
    }

    private func resolve(_ session: RegistrySession, at name: String) async throws {
        _ = try await session.resolve(Reference(registry: name, repository: "web", tag: "1"))
    }

    @Test("a stored login is not sent where only the project lets the registry be insecure", arguments: [true, false])
    func insecure(namesPort: Bool) async throws {
        let name = namesPort ? registry.authority : "0.0.0.0"
        try await withNetwork(project: "  \(name): {insecure: true}\n") { session in
            await #expect(
                throws: CredentialError.unproven(
                    registry: registry.authority, server: registry.authority, .certificate)
            ) { try await resolve(session, at: registry.authority) }
        }
        #expect(!registry.server.requests.isEmpty && registry.shown.isEmpty)
    }

    @Test("a mirror without TLS that only the project names gets no login")
    func mirror() async throws {
        let origin = "127.0.0.1:1"
        try await withNetwork(project: "  \(origin): {mirrors: ['http://\(registry.authority)']}\n") { session in
            await #expect(throws: HTTPTransportError.self) { try await resolve(session, at: origin) }
        }
        #expect(!registry.server.requests.isEmpty && registry.shown.isEmpty)
    }

    @Test("a typed login is not sent where only the project lets the registry be insecure", arguments: [true, false])
    func login(namesPort: Bool) async throws {
        let name = namesPort ? registry.authority : "0.0.0.0"
        let typed = RegistryCredential.basic(user: "me", password: Secret("geheim"))
        try await withNetwork(project: "  \(name): {insecure: true}\n") { session in
            await #expect(
                throws: CredentialError.unproven(
                    registry: registry.authority, server: registry.authority, .certificate)
            ) { try await session.verifyLogin(registry: registry.authority, typed) }
        }
        #expect(registry.shown.isEmpty)
    }

    @Test("what the user says too holds: by option, by setting, by a mirror with its scheme")
    func own() async throws {
        let project = "  \(registry.authority): {insecure: true}\n"
        let typed = RegistryCredential.basic(user: "me", password: Secret("geheim"))
        try await withNetwork(RegistryFlags(insecure: ["0.0.0.0"]), project: project) { session in
            let tried = try await session.verifyLogin(registry: registry.authority, typed)
            #expect(tried.isProven)
        }
        #expect(registry.shown == ["/v2/"])
        registry.server.clearRequests()
        try await withNetwork(project: project, user: project) { session in
            await #expect(throws: RegistryError.self) { try await resolve(session, at: registry.authority) }
        }
        #expect(registry.shown == ["/v2/web/manifests/1"])
        registry.server.clearRequests()
        let mirrors = "  127.0.0.1:1: {mirrors: ['http://\(registry.authority)']}\n"
        try await withNetwork(project: mirrors, user: mirrors) { session in
            await #expect(throws: HTTPTransportError.self) { try await resolve(session, at: "127.0.0.1:1") }
        }
        #expect(registry.shown == ["/v2/web/manifests/1"])
    }

    @Test("an authority that only the project names does not get a login sent; the user's own does")
    func authority() async throws {
        let typed = RegistryCredential.basic(user: "me", password: Secret("geheim"))
        let ca = try place.file("ca.pem", "no certificate")
        let settings = "  \(registry.authority): {ca: \(ca)}\n"
        try await withNetwork(project: settings) { session in
            await #expect(
                throws: CredentialError.unproven(registry: registry.authority, server: registry.authority, .authority)
            ) { try await session.verifyLogin(registry: registry.authority, typed) }
        }
        #expect(registry.server.requests.isEmpty)
        try await withNetwork(project: settings, user: settings) { session in
            await #expect(throws: HTTPTransportError.certificateFile(ca)) {
                try await session.verifyLogin(registry: registry.authority, typed)
            }
        }
    }
}
