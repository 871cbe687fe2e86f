import Core
import HTTPTransport
import OCI
import RegistryClient
import SampanTestSupport
import Testing

/// More than a blob that is sent by one PUT.
let largeBlob = noise(6_000_000, seed: 3)

@Suite("Pushing blobs")
struct UploadTests {
    private func push(
        _ bytes: [UInt8], to registry: TestRegistry, _ client: RegistrySession, mountableFrom: [String] = [],
        isNew: Bool = false, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> BlobPush {
        try await client.pushBlob(
            Descriptor(mediaType: .ociLayerTar, describing: bytes), BytesContent(bytes),
            into: registry.reference("team/web"), mountableFrom: mountableFrom, isNew: isNew, progress: progress)
    }

    @Test(
        "a small blob is one PUT, a large one one PATCH and a PUT",
        arguments: [
            (1, ["POST uploads", "PUT uploads"]), (0, ["POST uploads", "PUT uploads"]),
            (4 << 20, ["POST uploads", "PUT uploads"]),
            ((4 << 20) + 1, ["POST uploads", "PATCH uploads", "PUT uploads"]),
        ])
    func sizes(size: Int, steps: [String]) async throws {
        try await withRegistry { registry, client in
            let bytes = noise(size)
            let positions = Recorder<Int64>()
            let result = try await push(bytes, to: registry, client, isNew: true) { positions.add($0) }
            #expect(result == .uploaded && registry.steps == steps)
            #expect(registry.blob(SHA256.digest(of: bytes), repository: "team/web") == bytes)
            #expect(positions.values.last == Int64(size) && positions.values == positions.values.sorted())
            let patch = registry.requests.first { $0.method == "PATCH" }
            #expect(patch?.headers["content-range"] == nil)
            #expect(registry.openUploads == 0)
        }
    }

    @Test("a blob that is there costs one look")
    func present() async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(largeBlob, repository: "team/web")
            let result = try await push(largeBlob, to: registry, client)
            #expect(result == .present && registry.steps == ["HEAD blobs"])
            let isHere = try await client.hasBlob(blob.digest, in: registry.reference("team/web"))
            let isThere = try await client.hasBlob(blob.digest, in: registry.reference("other"))
            #expect(isHere && !isThere)
        }
    }

    @Test("a blob of another repository is mounted by one request, without a look")
    func mounted() async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(largeBlob, repository: "base/debian")
            let result = try await push(
                largeBlob, to: registry, client, mountableFrom: ["team/web", "base/debian"])
            #expect(result == .mounted && registry.steps == ["POST uploads"] && registry.openUploads == 0)
            #expect(registry.blob(blob.digest, repository: "team/web") == largeBlob)
            let isMounted = try await client.mountBlob(
                blob.digest, from: "base/debian", into: registry.reference("third"))
            #expect(isMounted)
        }
    }

    @Test("the upload that a refused mount begins is the one that is used; others are cancelled")
    func refusedMount() async throws {
        try await withRegistry { registry, client in
            registry.setRules { $0.mounts = false }
            let result = try await push(largeBlob, to: registry, client, mountableFrom: ["a", "b"])
            #expect(result == .uploaded && registry.openUploads == 0)
            #expect(
                registry.steps == [
                    "POST uploads", "POST uploads", "DELETE uploads", "HEAD blobs", "PATCH uploads", "PUT uploads",
                ])
            let blob = registry.addBlob([1], repository: "a")
            let isMounted = try await client.mountBlob(blob.digest, from: "a", into: registry.reference("b"))
            #expect(!isMounted && registry.openUploads == 0)
        }
    }

    @Test("a push asks for one token, a mount for one that covers both repositories")
    func tokens() async throws {
        try await withRegistry { registry, client in
            registry.require(TestRegistry.Authentication())
            _ = try await push(largeBlob, to: registry, client)
            let scopes = registry.requests.filter { $0.path == "/token" }.map { $0.target }
            #expect(scopes.count == 1 && scopes[0].hasSuffix("scope=repository%3Ateam%2Fweb%3Apull%2Cpush"))
            registry.clearRequests()
            let other = registry.addBlob(noise(10), repository: "base/debian")
            let isMounted = try await client.mountBlob(
                other.digest, from: "base/debian", into: registry.reference("team/web"))
            #expect(isMounted)
            let both = registry.requests.filter { $0.path == "/token" }.map { $0.target }
            #expect(both.count == 1)
            #expect(
                both[0].hasSuffix(
                    "scope=repository%3Ateam%2Fweb%3Apull%2Cpush&scope=repository%3Abase%2Fdebian%3Apull"))
            #expect(registry.steps == ["POST uploads"])
        }
    }

    @Test("a source that may not be read is no reason not to upload")
    func forbiddenSource() async throws {
        try await withRegistry { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.repositories = ["team/web"]
            registry.require(authentication)
            let blob = registry.addBlob(largeBlob, repository: "secret/base")
            let result = try await push(largeBlob, to: registry, client, mountableFrom: ["secret/base"])
            #expect(result == .uploaded)
            #expect(registry.blob(blob.digest, repository: "team/web") == largeBlob)
        }
    }

    @Test("a repository that may not be pushed to is an error of its own")
    func forbidden() async throws {
        try await withRegistry { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.repositories = ["else"]
            registry.require(authentication)
            let error = await #expect(throws: RegistryError.self) {
                try await push([1, 2], to: registry, client, isNew: true)
            }
            guard case .unauthorized(.upload, _, let details) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(details == ["DENIED: the token is for other things"])
        }
    }

    @Test("content that isn't what the descriptor says is never completed", arguments: [1000, 6_000_000])
    func wrongContent(size: Int) async throws {
        try await withRegistry { registry, client in
            let bytes = noise(size)
            var other = bytes
            other[size / 2] ^= 1
            let blob = Descriptor(mediaType: .ociLayerTar, describing: bytes)
            await #expect(throws: RegistryError.contentDigest(blob.digest, actual: SHA256.digest(of: other))) {
                try await client.pushBlob(blob, BytesContent(other), into: registry.reference("web"))
            }
            #expect(registry.blob(blob.digest, repository: "web") == nil && registry.openUploads == 0)
            #expect(!registry.steps.contains("PUT uploads"))
            await #expect(throws: RegistryError.contentSize(blob.digest, expected: size, actual: 3)) {
                try await client.pushBlob(blob, BytesContent([1, 2, 3]), into: registry.reference("web"))
            }
        }
    }

    /// Ends early, or fails, where a test says.
    private struct BrokenContent: UploadContent {
        struct Failure: Error, Equatable {}
        let size: Int64
        let end: Int64
        let fails: Bool
        func read(at offset: Int64, upTo count: Int) throws -> [UInt8] {
            if offset < end { return [UInt8](repeating: 0, count: Int(min(Int64(count), end - offset))) }
            if fails { throw Failure() }
            return []
        }
    }

    @Test("an error of the content ends the push and is passed on", arguments: [100_000, 6_000_000] as [Int64])
    func brokenContent(size: Int64) async throws {
        try await withRegistry { registry, client in
            let blob = Descriptor(mediaType: .ociLayerTar, digest: SHA256.digest(of: "x"), size: Int(size))
            await #expect(throws: BrokenContent.Failure()) {
                try await client.pushBlob(
                    blob, BrokenContent(size: size, end: size - 9, fails: true), into: registry.reference("w"))
            }
            await #expect(throws: UploadError.self) {
                try await client.pushBlob(
                    blob, BrokenContent(size: size, end: size - 9, fails: false), into: registry.reference("w"))
            }
            #expect(registry.steps.count { $0.hasPrefix("P") && $0 != "POST uploads" } <= 2)
        }
    }

    @Test("places to send to are relative, absolute or on another server, which gets no token")
    func locations() async throws {
        let storage = try TestRegistry()
        defer { storage.stop() }
        for size in [1000, 6_000_000] {
            try await withRegistry { registry, client in
                let second = try TestRegistry(storageOf: registry)
                defer { second.stop() }
                registry.require(TestRegistry.Authentication())
                for form in [TestRegistry.Rules.Locations.relative, .absolute, .elsewhere(second.url)] {
                    registry.setRules { $0.locations = form }
                    let bytes = noise(size, seed: UInt64.random(in: 0...UInt64.max))
                    _ = try await push(bytes, to: registry, client)
                    #expect(registry.blob(SHA256.digest(of: bytes), repository: "team/web") == bytes)
                }
                let puts = registry.requests.filter { $0.method == "PUT" }
                #expect(puts.count == 2 && puts.allSatisfy { $0.target.contains("?_state=a%2Bb&digest=sha256%3A") })
                #expect(second.requests.count == (size > 1000 ? 2 : 1))
                #expect(second.requests.allSatisfy { $0.headers["authorization"] == nil })
            }
        }
    }

    @Test("a redirect of an upload takes the body along and leaves the token behind", arguments: ["PATCH", "PUT"])
    func redirected(method: String) async throws {
        try await withRegistry { registry, client in
            let second = try TestRegistry(storageOf: registry)
            defer { second.stop() }
            registry.require(TestRegistry.Authentication())
            registry.inject(.redirectHost(second.url), on: .upload(method), times: 1)
            _ = try await push(largeBlob, to: registry, client)
            #expect(registry.blob(SHA256.digest(of: largeBlob), repository: "team/web") == largeBlob)
            // A relative place is one on the server that named it.
            #expect(second.requests.map(\.method) == (method == "PUT" ? ["PUT"] : ["PATCH", "PUT"]))
            #expect(second.requests.allSatisfy { $0.headers["authorization"] == nil })
        }
    }

    @Test("another server's challenge gets no token of the registry")
    func foreignChallenge() async throws {
        let thief = try LoopbackServer { _ in
            ServerReply(401, headers: [("WWW-Authenticate", #"Bearer realm="http://127.0.0.1:1/token",service="x""#)])
        }
        defer { thief.stop() }
        try await withRegistry { registry, client in
            registry.require(TestRegistry.Authentication())
            registry.setRules { $0.locations = .elsewhere(thief.url) }
            await #expect(throws: RegistryError.self) { try await push([1], to: registry, client) }
            #expect(thief.requests.count == 1 && thief.requests[0].headers["authorization"] == nil)
        }
    }
}
