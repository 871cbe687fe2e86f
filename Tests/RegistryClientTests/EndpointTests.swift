import Core
import HTTPTransport
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Registries, mirrors and schemes")
struct EndpointTests {
    @Test("a registry on loopback is spoken to in the clear, found out once")
    func loopback() async throws {
        try await withRegistry { registry, client in
            let (_, manifest) = try registry.addImage([noise(5)], repository: "web")
            let reference = registry.reference("web")
            _ = try await client.resolve(reference)
            _ = try await client.readBlob(manifest.config, of: reference)
            #expect(registry.requests.filter { $0.path == "/v2/" }.count == 1)
        }
    }

    @Test("a mirror is asked first, and the registry for what the mirror lacks or has wrong")
    func mirrors() async throws {
        let mirror = try TestRegistry()
        defer { mirror.stop() }
        let settings = { @Sendable (registry: TestRegistry) in
            RegistryConfiguration(mirrors: [registry.authority: ["127.0.0.1:1", mirror.url + "/"]])
        }
        try await withRegistry(settings: settings) { registry, client in
            let (descriptor, manifest) = try registry.addImage([noise(50), noise(60)], repository: "web")
            try mirror.addImage([noise(50)], repository: "web")
            let bytes = try CanonicalJSON.encode(manifest)
            mirror.addManifest(bytes, .ociManifest, repository: "web", tag: "latest")
            let reference = registry.reference("web")
            #expect(try await client.resolve(reference).descriptor == descriptor)
            #expect(registry.requests.isEmpty)
            #expect(try await client.readBlob(manifest.layers[0], of: reference) == noise(50))
            #expect(registry.requests.isEmpty)
            #expect(try await client.readBlob(manifest.layers[1], of: reference) == noise(60))
            #expect(registry.count("/blobs/") == 1)
            mirror.inject(.wrongBytes, on: .everything)
            #expect(try await client.readBlob(manifest.layers[0], of: reference) == noise(50))
            #expect(registry.count("/blobs/") == 2)
        }
    }

    @Test("a mirror that refuses its login is passed over, for manifests and for blobs", arguments: [true, false])
    func refusedLogin(isForeign: Bool) async throws {
        let mirror = try TestRegistry()
        defer { mirror.stop() }
        var authentication = TestRegistry.Authentication()
        // The one is a token server that belongs to somebody else, the other wants another password.
        if isForeign { authentication.realm = "http://127.0.0.1:1/token" }
        authentication.credential = "Basic bWU6YW5kZXJl"
        mirror.require(authentication)
        try mirror.addImage([noise(50)], repository: "web")
        let name = mirror.authority
        let settings = { @Sendable (registry: TestRegistry) in
            RegistryConfiguration(mirrors: [registry.authority: [name]], credentials: MirrorLogin(mirror: name))
        }
        try await withRegistry(settings: settings) { registry, client in
            let (descriptor, manifest) = try registry.addImage([noise(50)], repository: "web")
            let reference = registry.reference("web")
            #expect(try await client.resolve(reference).descriptor == descriptor)
            #expect(try await client.readBlob(manifest.layers[0], of: reference) == noise(50))
            #expect(mirror.count("/blobs/") == 1 && registry.count("/blobs/") == 1)
        }
    }

    /// A login for the mirror alone, kept there too long.
    private struct MirrorLogin: CredentialSource {
        let mirror: String
        func credential(for registry: String, repository: String?) -> RegistryCredential? {
            registry == mirror ? .basic(user: "me", password: Secret("geheim")) : nil
        }
    }

    @Test("a mirror may lie below a path")
    func mirrorPath() async throws {
        let bytes = Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8)
        let server = try LoopbackServer { request in
            request.path == "/cache/v2/web/manifests/1" ? ServerReply(body: bytes) : ServerReply(404)
        }
        defer { server.stop() }
        try await withTransport { transport in
            let client = RegistrySession(
                transport: transport,
                configuration: RegistryConfiguration(mirrors: ["registry.invalid": [server.url + "/cache/"]]))
            let fetched = try await client.resolve(Reference(registry: "registry.invalid", repository: "web", tag: "1"))
            #expect(fetched.bytes == bytes)
        }
    }

    @Test("a mirror that is no name is a mistake that is reported")
    func badMirror() async throws {
        try await withTransport { transport in
            let client = RegistrySession(
                transport: transport, configuration: RegistryConfiguration(mirrors: ["r.invalid": ["ftp://x"]]))
            await #expect(throws: HTTPTransportError.unsupportedScheme("ftp")) {
                try await client.resolve(Reference(registry: "r.invalid", repository: "web", tag: "1"))
            }
        }
    }

    @Test("when mirror and registry fail, the registry's error counts")
    func allFail() async throws {
        let mirror = try TestRegistry()
        defer { mirror.stop() }
        mirror.inject(.status(418), on: .everything)
        let settings = { @Sendable (registry: TestRegistry) in
            RegistryConfiguration(mirrors: [registry.authority: [mirror.url]])
        }
        try await withRegistry(settings: settings) { registry, client in
            let error = await #expect(throws: RegistryError.self) {
                try await client.resolve(registry.reference("web"))
            }
            #expect(error?.diagnostic.code == "registry.not-found")
            let blob = Descriptor(mediaType: .ociLayerTar, describing: [1])
            let second = await #expect(throws: RegistryError.self) {
                try await client.readBlob(blob, of: registry.reference("web"))
            }
            #expect(second?.diagnostic.code == "registry.not-found")
        }
    }

    @Test("a registry that isn't there is refused at once, with its name")
    func nobody() async throws {
        try await withTransport { transport in
            let client = RegistrySession(transport: transport)
            await #expect(throws: HTTPTransportError.connection(.refused, host: "127.0.0.1:1")) {
                try await client.resolve(Reference(registry: "127.0.0.1:1", repository: "web", tag: "1"))
            }
        }
    }

    @Test("cancelling a pull ends it at once and leaves the client usable")
    func cancelling() async throws {
        var configuration = quickConfiguration()
        configuration.idleTimeout = .seconds(50)
        try await withRegistry(configuration) { registry, client in
            registry.require(TestRegistry.Authentication())
            let descriptor = try registry.addImage([], repository: "web").descriptor
            registry.inject(.silent, on: .token, times: 1)
            let reference = registry.reference("web")
            let task = Task { try await client.resolve(reference) }
            while registry.count("/token") == 0 { try await Task.sleep(for: .milliseconds(2)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await client.resolve(reference).descriptor == descriptor)
        }
    }

    @Test("every error explains itself")
    func diagnostics() {
        let digest = SHA256.digest(of: "x")
        let errors: [RegistryError] = [
            .notFound(.manifest("a"), registry: "r", details: ["d"]), .unauthorized(.token, registry: "r", details: []),
            .rateLimited(registry: "r", retryAfter: 5), .status(500, .blob(digest), registry: "r", details: []),
            .malformedToken(registry: "r"), .unsupportedChallenge(registry: "r"),
            .manifestDigest(reference: "a", expected: digest, actual: digest), .digestHeader(reference: "a"),
            .manifestTooLarge(reference: "a", limit: 1), .blobDigest(digest, actual: digest, registry: "r"),
            .blobSize(digest, expected: 1, actual: 2, registry: "r"), .wrongRange(digest, registry: "r"),
            .contentDigest(digest, actual: digest), .contentSize(digest, expected: 1, actual: 2),
            .uploadLocation(digest, registry: "r"), .uploadLost(digest, registry: "r"), .paging(registry: "r"),
            .otherSubject(digest, expected: digest, actual: nil), .fallbackTag("t", registry: "r"),
        ]
        #expect(Set(errors.map(\.diagnostic.code)).count == errors.count)
        #expect(errors.allSatisfy { !$0.diagnostic.message.isEmpty })
        #expect(errors[0].diagnostic.message == "r has no image a")
        #expect(errors[2].diagnostic.hint == "try again in 5 s, or use a mirror")
    }
}
