import Core
import HTTPTransport
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite("Fetching blobs")
struct BlobTests {
    private static let content = noise(1_000_000)

    @Test(
        "a blob arrives whole whatever happens on the way",
        arguments: [
            [], [.resetEach(150_000)], [.shortBody(300_000)], [.resetEach(200_000), .rangeIgnored],
            [.sometimes500(oneIn: 3), .resetEach(100_000)], [.rangeClipped(120_000), .resetEach(400_000)],
            [.slow(bytes: 100_000, milliseconds: 1)], [.status(429, retryAfter: "0")], [.hangUp], [.silent],
        ] as [[TestRegistry.Fault]])
    func arrives(faults: [TestRegistry.Fault]) async throws {
        let idle: Duration = faults.contains(.silent) ? .milliseconds(300) : .seconds(20)
        try await withRegistry(quickConfiguration(idle: idle)) { registry, client in
            let blob = registry.addBlob(Self.content)
            for fault in faults {
                let strikesOnce =
                    switch fault {
                    case .status, .hangUp, .silent, .shortBody: true
                    // Without ranges the whole comes again each time, so the connection must hold once.
                    case .resetEach: faults.contains(.rangeIgnored)
                    default: false
                    }
                registry.inject(fault, on: .blobs, times: strikesOnce ? 2 : nil)
            }
            var sink = MemorySink()
            var positions: [Int] = []
            try await client.fetchBlob(blob, of: registry.reference("web"), into: &sink) { positions.append($0) }
            #expect(sink.bytes == Self.content)
            #expect(positions.last == blob.size && positions == positions.sorted())
        }
    }

    /// Checks that requests go on where the last one stopped, or before it by what was still in the client's buffers.
    private func expectResumed(_ requests: [ServerRequest], each length: Int) {
        var position = 0
        var last = -1
        for request in requests {
            let start = request.headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) } ?? 0
            #expect(start <= position && start > last)
            (position, last) = (start + length, start)
        }
        #expect(requests.count >= Self.content.count / length && position >= Self.content.count)
    }

    @Test("what has arrived is not fetched again")
    func ranges() async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(Self.content)
            registry.inject(.shortBody(300_000), on: .blobs)
            _ = try await client.readBlob(blob, of: registry.reference("web"))
            expectResumed(registry.requests.filter { $0.path.contains("/blobs/") }, each: 300_000)
        }
    }

    @Test("connections that bring little are resumed as long as they bring anything")
    func smallPieces() async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(noise(40_000))
            registry.inject(.resetEach(1000), on: .blobs)
            let bytes = try await client.readBlob(blob, of: registry.reference("web"))
            #expect(bytes == noise(40_000))
            #expect(registry.count("/blobs/") >= 40)
        }
    }

    @Test("a file that is doled out for ever is given up")
    func doled() async throws {
        var configuration = quickConfiguration()
        configuration.slowest = TransportConfiguration.Pace(bytes: 100_000, window: .milliseconds(100))
        try await withRegistry(configuration) { registry, client in
            let blob = registry.addBlob(Self.content)
            registry.inject(.resetEach(10), on: .blobs)
            await #expect(throws: HTTPTransportError.self) {
                try await client.readBlob(blob, of: registry.reference("web"))
            }
            #expect(registry.count("/blobs/") < 1000)
        }
    }

    @Test(
        "wrong bytes are refused and nothing of them is kept",
        arguments: [TestRegistry.Fault.wrongBytes, .truncatedContent(1), .longContent(1), .endless])
    func refused(fault: TestRegistry.Fault) async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(Self.content)
            registry.inject(fault, on: .blobs)
            var sink = MemorySink()
            let error = await #expect(throws: RegistryError.self) {
                try await client.fetchBlob(blob, of: registry.reference("web"), into: &sink)
            }
            var changed = Self.content
            changed[0] ^= 1
            let host = registry.authority
            let size = blob.size
            switch fault {
            case .wrongBytes:
                let actual = SHA256.digest(of: changed)
                #expect(error == .blobDigest(blob.digest, actual: actual, registry: host))
                #expect(sink.position == 0)
            case .truncatedContent:
                #expect(error == .blobSize(blob.digest, expected: size, actual: size - 1, registry: host))
            case .longContent:
                #expect(error == .blobSize(blob.digest, expected: size, actual: size + 1, registry: host))
            default:
                guard case .blobSize(blob.digest, size, let actual, host)? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(actual > size && sink.position <= size)
            }
        }
    }

    @Test("a server that never gets anywhere is given up")
    func givenUp() async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(Self.content)
            registry.inject(.shortBody(0), on: .blobs)
            await #expect(throws: HTTPTransportError.self) {
                try await client.readBlob(blob, of: registry.reference("web"))
            }
            #expect(registry.count("/blobs/") == 6)
        }
    }

    @Test("a part that wasn't asked for is refused")
    func wrongRange() async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(Self.content)
            registry.inject(.resetEach(300_000), on: .blobs, times: 1)
            registry.inject(.rangeShifted(5), on: .blobs)
            await #expect(throws: RegistryError.wrongRange(blob.digest, registry: registry.authority)) {
                try await client.readBlob(blob, of: registry.reference("web"))
            }
        }
    }

    /// A sink that holds the first bytes of a blob already.
    private func partial(_ bytes: [UInt8]) -> MemorySink {
        var sink = MemorySink()
        bytes.withUnsafeBytes { sink.write($0) }
        return sink
    }

    @Test("a partial file is continued, one that is wrong is fetched anew, a whole one needs no request")
    func continuing() async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(Self.content)
            let reference = registry.reference("web")
            var wrong = Array(Self.content[..<400_000])
            wrong[5] ^= 1
            let cases: [([UInt8], [String?])] = [
                (Array(Self.content[..<400_000]), ["bytes=400000-"]), (wrong, ["bytes=400000-", nil]),
                (Self.content, []), (Self.content + [0], [nil]), (wrong + noise(600_000), [nil]),
            ]
            for (start, ranges) in cases {
                registry.clearRequests()
                var sink = partial(start)
                try await client.fetchBlob(blob, of: reference, into: &sink)
                #expect(sink.bytes == Self.content)
                let asked = registry.requests.filter { $0.path.contains("/blobs/") }
                #expect(asked.map { $0.headers["range"] } == ranges)
            }
        }
    }

    @Test("a blob on another server is followed there without the token, again after each break")
    func redirected() async throws {
        let storage = try TestRegistry()
        defer { storage.stop() }
        storage.addFile("/signed/blob", .init(Self.content))
        storage.inject(.shortBody(400_000), on: .files)
        try await withRegistry { registry, client in
            registry.require(TestRegistry.Authentication())
            let blob = registry.addBlob(Self.content)
            registry.inject(.redirect(storage.url + "/signed/blob"), on: .blobs)
            let bytes = try await client.readBlob(blob, of: registry.reference("web"))
            #expect(bytes == Self.content)
            expectResumed(storage.requests, each: 400_000)
            #expect(storage.requests.allSatisfy { $0.headers["authorization"] == nil })
        }
    }

    private func expect(_ client: RegistrySession, _ blob: Descriptor, _ registry: TestRegistry, _ expected: [UInt8])
        async throws
    {
        let bytes = try await client.readBlob(blob, of: registry.reference("web"))
        #expect(bytes == expected)
    }

    @Test("embedded data is used when it is right, and passed over when it isn't")
    func embedded() async throws {
        try await withRegistry { registry, client in
            var blob = registry.addBlob(Array("hello".utf8))
            blob.data = Array("hello".utf8)
            try await expect(client, blob, registry, Array("hello".utf8))
            #expect(registry.count("/blobs/") == 0)
            blob.data = Array("hollo".utf8)
            try await expect(client, blob, registry, Array("hello".utf8))
            #expect(registry.count("/blobs/") == 1)
        }
    }

    @Test("an empty blob and one of a single byte arrive")
    func tiny() async throws {
        try await withRegistry { registry, client in
            for bytes in [[], [7]] as [[UInt8]] {
                let blob = registry.addBlob(bytes)
                try await expect(client, blob, registry, bytes)
            }
        }
    }

    @Test("a blob too large for memory is refused before it is asked for")
    func limit() async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(Self.content)
            await #expect(throws: OCIError.tooLarge(.config, limit: 10)) {
                try await client.readBlob(blob, of: registry.reference("web"), limit: 10)
            }
            #expect(registry.requests.isEmpty)
        }
    }

    @Test("a foreign layer is fetched from its URL")
    func foreign() async throws {
        try await withRegistry { registry, client in
            registry.addFile("/layers/x", .init(Self.content))
            var blob = Descriptor(mediaType: .dockerForeignLayerGzip, describing: Self.content)
            blob.urls = ["nonsense", registry.url + "/layers/none", registry.url + "/layers/x"]
            try await expect(client, blob, registry, Self.content)
        }
    }

    @Test("many blobs come a few at a time, equal ones once")
    func many() async throws {
        try await withRegistry { registry, client in
            var blobs = (0..<12).map { registry.addBlob(noise(20_000 + $0, seed: UInt64($0))) }
            registry.inject(.slow(bytes: 5000, milliseconds: 2), on: .blobs)
            blobs += blobs[..<3]
            let finished = Recorder<(Digest, [UInt8])>()
            let level = Level()
            try await client.fetchBlobs(
                blobs, of: registry.reference("web"),
                open: { _ in
                    level.enter()
                    return MemorySink()
                },
                finish: { blob, sink in
                    level.leave()
                    finished.add((blob.digest, sink.bytes))
                })
            #expect(finished.values.count == 12 && registry.count("/blobs/") == 12)
            #expect(finished.values.allSatisfy { SHA256.digest(of: $0.1) == $0.0 })
            #expect(Set(finished.values.map(\.0)) == Set(blobs.map(\.digest)))
            #expect(level.highest <= 4 && level.highest > 1)
        }
    }

    @Test("the first error ends the others")
    func manyFail() async throws {
        try await withRegistry { registry, client in
            var blobs = (0..<6).map { registry.addBlob(noise(20_000 + $0, seed: UInt64($0))) }
            registry.inject(.wrongBytes, on: .blob(blobs[2].digest))
            blobs.swapAt(0, 2)
            await #expect(throws: RegistryError.self) {
                try await client.fetchBlobs(
                    blobs, of: registry.reference("web"), open: { _ in MemorySink() }, finish: { _, _ in })
            }
        }
    }

    @Test("an error of the sink ends the transfer and is passed on")
    func sinkFails() async throws {
        try await withRegistry { registry, client in
            let blob = registry.addBlob(Self.content)
            var sink = FullSink()
            await #expect(throws: FullSink.Full()) {
                try await client.fetchBlob(blob, of: registry.reference("web"), into: &sink)
            }
            #expect(registry.count("/blobs/") == 1)
        }
    }
}

/// Takes 100,000 bytes and no more.
private struct FullSink: BlobSink {
    struct Full: Error, Equatable {}
    var hash = SHA256()
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard position + bytes.count <= 100_000 else { throw Full() }
        hash.update(bytes)
    }
    mutating func reset() { hash = SHA256() }
}
