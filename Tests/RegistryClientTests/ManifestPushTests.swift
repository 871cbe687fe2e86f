import Core
import HTTPTransport
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Pushing manifests")
struct ManifestPushTests {
    /// A manifest of a kind, and its bytes.
    private func document(_ kind: MediaType, _ registry: TestRegistry) throws -> [UInt8] {
        switch kind {
        case .ociIndex, .dockerList:
            let child = try registry.addImage([[1]], repository: "web", tag: nil).descriptor
            return try CanonicalJSON.encode(ImageIndex(mediaType: kind, manifests: [child]))
        default:
            let config = registry.addBlob(
                Array("{}".utf8), mediaType: kind == .dockerManifest ? .dockerConfig : .ociEmpty)
            let type: MediaType? = kind == .dockerManifest ? nil : "application/vnd.example"
            return try CanonicalJSON.encode(
                ImageManifest(mediaType: kind, artifactType: type, config: config, layers: []))
        }
    }

    @Test(
        "every kind goes there and comes back as it is",
        arguments: [MediaType.ociManifest, .dockerManifest, .ociIndex, .dockerList])
    func kinds(kind: MediaType) async throws {
        try await withRegistry { registry, client in
            let bytes = try document(kind, registry)
            let reference = registry.reference("web", tag: "1")
            let push = try await client.pushManifest(bytes, mediaType: kind, as: reference)
            #expect(push == ManifestPush(digest: SHA256.digest(of: bytes), subject: nil))
            #expect(registry.steps == ["PUT manifests"])
            let head = try await client.head(reference)
            #expect(head == Descriptor(mediaType: kind, describing: bytes))
            let fetched = try await client.resolve(reference)
            #expect(fetched.bytes == bytes && fetched.descriptor == head)
            #expect(registry.steps == ["PUT manifests", "HEAD manifests", "GET manifests"])
        }
    }

    @Test("without a tag a manifest is put under its digest, and a digest that isn't its own is refused")
    func byDigest() async throws {
        try await withRegistry { registry, client in
            let bytes = try document(.ociManifest, registry)
            let digest = SHA256.digest(of: bytes)
            var reference = registry.reference("web", tag: nil)
            _ = try await client.pushManifest(bytes, mediaType: .ociManifest, as: reference)
            #expect(registry.requests.last?.path == "/v2/web/manifests/\(digest)")
            reference.digest = SHA256.digest(of: "other")
            await #expect(throws: RegistryError.self) {
                try await client.pushManifest(bytes, mediaType: .ociManifest, as: reference)
            }
            #expect(registry.steps.count == 1)
        }
    }

    @Test("head tells what isn't there from what fails")
    func missing() async throws {
        try await withRegistry { registry, client in
            let nothing = try await client.head(registry.reference("web"))
            #expect(nothing == nil)
            let image = try registry.addImage([[1]], repository: "web").descriptor
            for status in [401, 403, 500] {
                registry.inject(.status(status), on: .manifests)
                await #expect(throws: RegistryError.self) { try await client.head(registry.reference("web")) }
                registry.heal()
            }
            registry.inject(.wrongDigestHeader, on: .manifests)
            await #expect(throws: RegistryError.self) {
                try await client.head(registry.reference("web", tag: nil, digest: image.digest))
            }
        }
    }

    @Test("a registry that tells no digest is asked for the content")
    func noDigest() async throws {
        let bytes = Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8)
        let server = try LoopbackServer { request in
            request.path == "/v2/"
                ? ServerReply()
                : ServerReply(headers: [("Content-Type", "application/vnd.oci.image.index.v1+json")], body: bytes)
        }
        defer { server.stop() }
        try await withTransport { transport in
            let client = RegistrySession(transport: transport)
            let head = try await client.head(Reference(registry: server.authority, repository: "web", tag: "1"))
            #expect(head == Descriptor(mediaType: .ociIndex, describing: bytes))
        }
    }

    @Test("what a registry refuses is told in its words; what passes is tried again")
    func refused() async throws {
        try await withRegistry { registry, client in
            let reference = registry.reference("web", tag: "1")
            let orphan = ImageManifest(
                config: Descriptor(mediaType: .ociConfig, describing: [9]), layers: [])
            let bytes = try CanonicalJSON.encode(orphan)
            let error = await #expect(throws: RegistryError.self) {
                try await client.pushManifest(bytes, mediaType: .ociManifest, as: reference)
            }
            #expect(
                error
                    == .status(
                        400, .manifestPush(reference.familiar), registry: registry.authority,
                        details: ["MANIFEST_BLOB_UNKNOWN: a part is missing"]))
            let good = try document(.ociManifest, registry)
            registry.inject(.status(503), on: .manifests, times: 1)
            registry.inject(.hangUp, on: .manifests, times: 2)
            registry.inject(.loseAnswer, on: .manifests, times: 3)
            _ = try await client.pushManifest(good, mediaType: .ociManifest, as: reference)
            #expect(registry.manifest("1", repository: "web")?.bytes == good)
            registry.inject(.wrongDigestHeader, on: .manifests)
            await #expect(throws: RegistryError.self) {
                try await client.pushManifest(good, mediaType: .ociManifest, as: reference)
            }
            let huge = [UInt8](repeating: 0x20, count: (4 << 20) + 1)
            await #expect(throws: RegistryError.manifestTooLarge(reference: reference.familiar, limit: 4 << 20)) {
                try await client.pushManifest(huge, mediaType: .ociManifest, as: reference)
            }
        }
    }

    @Test("an image of three layers is pushed by eleven requests, and once more by five")
    func requests() async throws {
        try await withRegistry { registry, client in
            registry.require(TestRegistry.Authentication())
            let reference = registry.reference("web", tag: "1")
            let layers = (0..<3).map { noise(1000, seed: $0) }
            let config = try CanonicalJSON.encode(ImageConfig(platform: .host, diffIDs: layers.map(SHA256.digest(of:))))
            let blobs = layers + [config]
            let manifest = ImageManifest(
                config: Descriptor(mediaType: .ociConfig, describing: config),
                layers: layers.map { Descriptor(mediaType: .ociLayerTar, describing: $0) })
            let bytes = try CanonicalJSON.encode(manifest)
            // The first request is made once more with its token.
            for (isNew, count) in [(true, 2 + 4 * 2 + 1), (false, 4 + 1)] {
                registry.clearRequests()
                if isNew {
                    let head = try await client.head(reference, beforePush: true)
                    #expect(head == nil)
                }
                for (blob, descriptor) in zip(blobs, manifest.layers + [manifest.config]) {
                    let result = try await client.pushBlob(
                        descriptor, BytesContent(blob), into: reference, isNew: isNew)
                    #expect(result == (isNew ? .uploaded : .present))
                }
                _ = try await client.pushManifest(bytes, mediaType: .ociManifest, as: reference)
                #expect(registry.steps.count == count && registry.count("/token") == (isNew ? 1 : 0))
            }
        }
    }
}
