import Core
import HTTPTransport
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Fetching manifests")
struct ManifestTests {
    @Test("a tag is resolved to a verified manifest, and its digest too")
    func resolve() async throws {
        try await withRegistry { registry, client in
            let (descriptor, manifest) = try registry.addImage([noise(10)], repository: "team/web", tag: "1.0")
            let reference = registry.reference("team/web", tag: "1.0")
            let fetched = try await client.resolve(reference)
            #expect(fetched.descriptor == descriptor)
            #expect(fetched.manifest == .image(manifest))
            #expect(SHA256.digest(of: fetched.bytes) == descriptor.digest)
            let exact = try await client.resolve(registry.reference("team/web", tag: nil, digest: descriptor.digest))
            #expect(exact == fetched)
            #expect(try await client.head(reference)?.digest == descriptor.digest)
            let request = try #require(registry.requests.first { $0.path.contains("/manifests/1.0") })
            #expect(
                request.headers["accept"]
                    == "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
                    + "application/vnd.docker.distribution.manifest.list.v2+json, "
                    + "application/vnd.docker.distribution.manifest.v2+json")
        }
    }

    @Test("an image of an index is found by its platform")
    func index() async throws {
        try await withRegistry { registry, client in
            var entries: [Descriptor] = []
            for architecture in ["amd64", "arm64"] {
                let platform = Platform(os: "linux", architecture: architecture)
                var entry = try registry.addImage([noise(10)], repository: "web", tag: nil, platform: platform)
                    .descriptor
                entry.platform = PlatformValue(platform)
                entries.append(entry)
            }
            let bytes = try CanonicalJSON.encode(ImageIndex(manifests: entries))
            registry.addManifest(bytes, .ociIndex, repository: "web", tag: "latest")
            let reference = registry.reference("web")
            guard case .index(let index) = try await client.resolve(reference).manifest else {
                Issue.record("not an index")
                return
            }
            let entry = try index.select(platform: Platform(os: "linux", architecture: "arm64"))
            let image = try await client.resolve(entry, of: reference)
            #expect(image.descriptor.digest == entries[1].digest)
            guard case .image(let manifest) = image.manifest else {
                Issue.record("not an image")
                return
            }
            let config = try ImageConfig(decoding: try await client.readBlob(manifest.config, of: reference))
            #expect(config.platform.architecture == "arm64")
            var liar = entry
            liar.size += 1
            await #expect(throws: RegistryError.self) { try await client.resolve(liar, of: reference) }
        }
    }

    @Test("what isn't there, isn't allowed or fails has its own error with the registry's words")
    func errors() async throws {
        try await withRegistry { registry, client in
            let reference = registry.reference("web")
            let host = registry.authority
            let subject = RegistryError.Subject.manifest("\(host)/web:latest")
            await #expect(
                throws: RegistryError.notFound(subject, registry: host, details: ["MANIFEST_UNKNOWN: it is not here"])
            ) { try await client.resolve(reference) }
            let details = ["FAULT: ordered by the test"]
            let cases: [(TestRegistry.Fault, RegistryError)] = [
                (.status(403), .unauthorized(subject, registry: host, details: details)),
                (.status(401), .unauthorized(subject, registry: host, details: details)),
                (.status(429, retryAfter: "90"), .rateLimited(registry: host, retryAfter: 90)),
                (.status(503), .status(503, subject, registry: host, details: details)),
                (.status(418), .status(418, subject, registry: host, details: details)),
            ]
            for (fault, expected) in cases {
                registry.heal()
                registry.inject(fault, on: .manifests)
                await #expect(throws: expected) { try await client.resolve(reference) }
            }
        }
    }

    @Test("wrong content is refused, whoever's digest it breaks")
    func wrong() async throws {
        try await withRegistry { registry, client in
            let descriptor = try registry.addImage([noise(10)], repository: "web").descriptor
            let tagged = registry.reference("web")
            let exact = registry.reference("web", tag: nil, digest: descriptor.digest)
            registry.inject(.wrongDigestHeader, on: .manifests)
            for reference in [tagged, exact] {
                await #expect(
                    throws: RegistryError.manifestDigest(
                        reference: reference.familiar, expected: SHA256.digest(of: "another"), actual: descriptor.digest
                    )
                ) { try await client.resolve(reference) }
            }
            registry.heal()
            registry.inject(.wrongBytes, on: .manifests)
            for reference in [tagged, exact] {
                let error = await #expect(throws: RegistryError.self) { try await client.resolve(reference) }
                guard case .manifestDigest(_, descriptor.digest, _)? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test("a manifest over 4 MiB is refused, with a length, without one, and without an end", arguments: [0, 1, 2])
    func tooLarge(how: Int) async throws {
        try await withRegistry { registry, client in
            let size = how == 2 ? 10 : Manifest.byteLimit + 1
            registry.addManifest([UInt8](repeating: 0x20, count: size), .ociManifest, repository: "web", tag: "latest")
            if how > 0 { registry.inject(.endless, on: .manifests) }
            let reference = registry.reference("web")
            await #expect(
                throws: RegistryError.manifestTooLarge(reference: reference.familiar, limit: Manifest.byteLimit)
            ) { try await client.resolve(reference) }
        }
    }

    @Test(
        "a manifest whose transfer breaks is fetched again",
        arguments: [TestRegistry.Fault.shortBody(20), .resetEach(20), .hangUp, .silent])
    func broken(fault: TestRegistry.Fault) async throws {
        let idle: Duration = fault == .silent ? .milliseconds(300) : .seconds(20)
        try await withRegistry(quickConfiguration(idle: idle)) { registry, client in
            let descriptor = try registry.addImage([noise(10)], repository: "web").descriptor
            registry.inject(fault, on: .manifests, times: 2)
            #expect(try await client.resolve(registry.reference("web")).descriptor == descriptor)
            #expect(registry.count("/manifests/") >= 3)
        }
    }

    @Test("schema 1 and a type that lies are refused")
    func documents() async throws {
        try await withRegistry { registry, client in
            let reference = registry.reference("web")
            registry.addManifest(
                Array(#"{"schemaVersion":1,"fsLayers":[]}"#.utf8), .dockerSchema1Signed, repository: "web",
                tag: "latest")
            await #expect(throws: OCIError.schema1) { try await client.resolve(reference) }
            registry.addManifest(
                Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8), .ociManifest, repository: "web", tag: "latest")
            await #expect(throws: OCIError.ambiguous) { try await client.resolve(reference) }
            registry.addManifest(Array("<html>".utf8), "text/html", repository: "web", tag: "latest")
            await #expect(throws: OCIError.self) { try await client.resolve(reference) }
        }
    }
}
