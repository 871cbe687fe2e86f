import Core
import HTTPTransport
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Pushing blobs to registries that misbehave")
struct BrokenUploadTests {
    private static let digest = SHA256.digest(of: largeBlob)

    @discardableResult
    private func push(_ bytes: [UInt8] = largeBlob, to registry: TestRegistry, _ client: RegistrySession) async throws
        -> [String]
    {
        registry.clearRequests()
        let blob = Descriptor(mediaType: .ociLayerTar, describing: bytes)
        let result = try await client.pushBlob(
            blob, BytesContent(bytes), into: registry.reference("web"), isNew: true)
        #expect(result == .uploaded && registry.blob(blob.digest, repository: "web") == bytes)
        return registry.steps
    }

    /// Bytes of bodies that the registry got.
    private func received(_ registry: TestRegistry) -> Int {
        registry.requests.filter { $0.path.contains("/uploads/") }.map(\.body.count).reduce(0, +)
    }

    @Test("a PATCH that breaks off is continued where the registry has it; nothing is sent twice")
    func resumed() async throws {
        try await withRegistry { registry, client in
            registry.inject(.resetEach(2_500_000), on: .upload("PATCH"))
            let steps = try await push(to: registry, client)
            #expect(
                steps == [
                    "POST uploads", "PATCH uploads", "GET uploads", "PATCH uploads", "GET uploads", "PATCH uploads",
                    "PUT uploads",
                ])
            #expect(received(registry) == largeBlob.count)
            let ranges = registry.requests.filter { $0.method == "PATCH" }.map { $0.headers["content-range"] }
            #expect(ranges == [nil, "2500000-5999999", "5000000-5999999"])
        }
    }

    @Test("an upload that is lost with its connection is begun anew, in parts that get through")
    func startedOver() async throws {
        try await withRegistry { registry, client in
            registry.setRules { $0.keepsBroken = false }
            registry.inject(.resetEach(1_500_000), on: .upload("PATCH"))
            let steps = try await push(to: registry, client)
            #expect(steps.last == "PUT uploads" && steps.count { $0 == "POST uploads" } <= 4)
            let parts = registry.requests.filter { $0.method == "PATCH" && !$0.isCut }
            let shapes = parts.map { "\($0.headers["connection"] ?? "") \($0.body.count)" }
            #expect(parts.allSatisfy { $0.headers["connection"] == "close" && $0.body.count <= 1_500_000 }, "\(shapes)")
        }
    }

    @Test(
        "an upload gets through whatever happens once or twice on the way",
        arguments: [
            (.status(500), .upload("PATCH")), (.status(500), .upload("PUT")), (.status(503), .upload("POST")),
            (.status(429, retryAfter: "0"), .uploads), (.hangUp, .upload("PATCH")), (.hangUp, .upload("PUT")),
            (.hangUp, .upload("POST")), (.loseAnswer, .upload("PATCH")), (.loseAnswer, .upload("PUT")),
            (.forgetUpload, .upload("PATCH")), (.forgetUpload, .upload("PUT")), (.forgetUpload, .upload("GET")),
            (.silent, .upload("PATCH")), (.silent, .upload("PUT")), (.resetEach(100_000), .upload("PUT")),
            (.status(416), .upload("PATCH")), (.garbage, .upload("GET")),
        ] as [(TestRegistry.Fault, TestRegistry.Place)])
    func survives(fault: TestRegistry.Fault, place: TestRegistry.Place) async throws {
        let idle: Duration = fault == .silent ? .seconds(1) : .seconds(20)
        for bytes in [largeBlob, noise(200_000)] {
            try await withRegistry(quickConfiguration(idle: idle)) { registry, client in
                if place == .upload("GET") { registry.inject(.resetEach(3_000_000), on: .upload("PATCH"), times: 1) }
                registry.inject(fault, on: place, times: 2)
                if fault == .garbage {
                    // What doesn't speak HTTP isn't asked again.
                    await #expect(throws: (any Error).self) {
                        if bytes.count > 4 << 20 {
                            try await push(bytes, to: registry, client)
                        } else {
                            throw Expected()
                        }
                    }
                } else {
                    try await push(bytes, to: registry, client)
                }
            }
        }
    }

    private struct Expected: Error {}

    @Test("errors at random don't keep a blob from arriving", arguments: 1...8 as ClosedRange<UInt64>)
    func random(seed: UInt64) async throws {
        try await withRegistry(seed: seed) { registry, client in
            registry.inject(.sometimes500(oneIn: 3), on: .uploads)
            registry.inject(.resetEach(1_000_000), on: .upload("PATCH"))
            try await push(to: registry, client)
        }
    }

    @Test("a token that expires while a blob is sent is replaced, and what was sent is kept")
    func expired() async throws {
        try await withRegistry { registry, client in
            var authentication = TestRegistry.Authentication()
            authentication.uses = 1
            registry.require(authentication)
            registry.inject(.resetEach(4_000_000), on: .upload("PATCH"), times: 2)
            try await push(to: registry, client)
            // Every request but the first used a token up; what was refused is not part of the upload.
            let taken = registry.requests.filter { $0.method == "PATCH" }
            #expect(taken.contains { $0.headers["content-range"] == "4000000-5999999" })
            #expect(registry.count("/token") >= 3)
        }
    }

    @Test("a refusal before the body was read is understood", arguments: [false, true])
    func earlyRefusal(hasToken: Bool) async throws {
        try await withRegistry { registry, client in
            if hasToken {
                registry.require(TestRegistry.Authentication())
                try await push(noise(10), to: registry, client)
                registry.expireTokens()
                registry.inject(.cutBody(0), on: .upload("PATCH"), times: 1)
                try await push(to: registry, client)
            } else {
                registry.inject(.cutBody(0), on: .upload("PATCH"))
                registry.inject(.status(403), on: .upload("PATCH"))
                let error = await #expect(throws: (any Error).self) { try await push(to: registry, client) }
                guard case .unauthorized(.upload, _, _)? = error as? RegistryError else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test("a registry that wants large parts gets none smaller but the last")
    func leastChunk() async throws {
        try await withRegistry { registry, client in
            registry.setRules { rules in
                rules.leastChunk = 2_000_000
                rules.keepsBroken = false
            }
            registry.inject(.resetEach(700_000), on: .upload("PATCH"), times: 2)
            try await push(to: registry, client)
            let parts = registry.requests.filter { $0.method == "PATCH" && !$0.isCut }.map(\.body.count)
            #expect(parts.dropLast().allSatisfy { $0 >= 2_000_000 } && parts.reduce(0, +) == largeBlob.count)
        }
    }

    @Test("a proxy that takes small bodies only gets small parts")
    func tooLarge() async throws {
        for bytes in [largeBlob, noise(3_000_000)] {
            try await withRegistry { registry, client in
                registry.setRules { $0.largestBody = 1_000_000 }
                try await push(bytes, to: registry, client)
                #expect(registry.requests.filter { $0.method == "PATCH" }.allSatisfy { $0.body.count <= bytes.count })
            }
        }
        try await withRegistry { registry, client in
            registry.setRules { $0.largestBody = 1000 }
            let error = await #expect(throws: RegistryError.self) { try await push(to: registry, client) }
            guard case .status(413, .upload, _, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("what never heals is reported after the tries that the policy allows")
    func hopeless() async throws {
        let faults: [(TestRegistry.Fault, TestRegistry.Place)] = [
            (.status(500), .upload("PATCH")), (.status(429, retryAfter: "3600"), .upload("PATCH")),
            (.hangUp, .upload("PATCH")), (.hangUp, .upload("PUT")), (.forgetUpload, .upload("PATCH")),
            (.resetEach(0), .upload("PATCH")), (.status(416), .upload("PATCH")), (.status(400), .upload("PUT")),
            (.status(404), .upload("PUT")), (.status(403), .upload("POST")),
        ]
        for (fault, place) in faults {
            try await withRegistry { registry, client in
                registry.inject(fault, on: place)
                await #expect(throws: (any Error).self, "\(fault) \(place)") { try await push(to: registry, client) }
                #expect(registry.requests.count < 60, "\(fault) \(place)")
                #expect(registry.blob(Self.digest, repository: "web") == nil)
            }
        }
    }

    @Test("a registry that claims to have more than it was sent, or less and less, is not believed")
    func liar() async throws {
        for range in ["0-99999999", "0-6000000", "0-", "7-9", "x", "0-0"] {
            let server = try LoopbackServer { request in
                switch request.method {
                case "POST", "PATCH":
                    ServerReply(202, headers: [("Location", "/v2/web/blobs/uploads/1"), ("Range", range)])
                case "GET": ServerReply(request.path == "/v2/" ? 200 : 204, headers: [("Range", range)])
                default: ServerReply(400)
                }
            }
            defer { server.stop() }
            try await withTransport { transport in
                let client = RegistrySession(transport: transport)
                await #expect(throws: RegistryError.self, "\(range)") {
                    try await client.pushBlob(
                        Descriptor(mediaType: .ociLayerTar, describing: largeBlob), BytesContent(largeBlob),
                        into: Reference(registry: server.authority, repository: "web"), isNew: true)
                }
                #expect(server.requests.count < 60)
            }
        }
    }

    @Test("an upload without a place to send to is an error", arguments: [nil, "ftp://x/", "http://[", ""])
    func noLocation(location: String?) async throws {
        let server = try LoopbackServer { request in
            request.method == "POST"
                ? ServerReply(202, headers: location.map { [("Location", $0)] } ?? []) : ServerReply()
        }
        defer { server.stop() }
        try await withTransport { transport in
            let blob = Descriptor(mediaType: .ociLayerTar, describing: [1])
            await #expect(throws: RegistryError.uploadLocation(blob.digest, registry: server.authority)) {
                try await RegistrySession(transport: transport).pushBlob(
                    blob, BytesContent([1]), into: Reference(registry: server.authority, repository: "web"), isNew: true
                )
            }
        }
    }

    @Test("a registry that stops reading is given up after the idle time, and asked again")
    func deaf() async throws {
        try await withRegistry(quickConfiguration(idle: .seconds(1))) { registry, client in
            // More than both ends of a connection buffer.
            let bytes = [UInt8](repeating: 7, count: 40 << 20)
            registry.inject(.cutBody(100_000), on: .upload("PATCH"), times: 1)
            registry.inject(.deaf, on: .upload("PATCH"), times: 1)
            let start = ContinuousClock.now
            try await push(bytes, to: registry, client)
            let time = ContinuousClock.now - start
            #expect(time > .milliseconds(900) && time < .seconds(40))
        }
    }

    /// Takes longer for its first bytes than a server may be silent.
    private struct LateContent: UploadContent {
        let size = Int64(5_000_000)
        func read(at offset: Int64, upTo count: Int) async throws -> [UInt8] {
            if offset == 0 { try await Task.sleep(for: .milliseconds(2500)) }
            return [UInt8](repeating: 1, count: count)
        }
    }

    @Test("a content that keeps a connection waiting is no fault of the registry")
    func late() async throws {
        try await withRegistry(quickConfiguration(idle: .seconds(1))) { registry, client in
            let bytes = [UInt8](repeating: 1, count: 5_000_000)
            let result = try await client.pushBlob(
                Descriptor(mediaType: .ociLayerTar, describing: bytes), LateContent(), into: registry.reference("web"),
                isNew: true)
            #expect(result == .uploaded)
            #expect(registry.steps == ["POST uploads", "PATCH uploads", "PUT uploads"])
        }
    }

    @Test("a push that is cancelled ends at once")
    func cancelled() async throws {
        try await withRegistry { registry, client in
            registry.inject(.silent, on: .upload("PATCH"))
            let task = Task { try await push(to: registry, client) }
            while !registry.steps.contains("PATCH uploads") { try await Task.sleep(for: .milliseconds(5)) }
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }
}
