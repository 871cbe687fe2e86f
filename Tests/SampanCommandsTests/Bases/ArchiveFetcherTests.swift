import Archive
import ContentStore
import Core
import Debian
import HTTPTransport
import HostOS
import SampanTestSupport
import Synchronization
import Testing

@testable import SampanCommands

@Suite("files of archives on their way into the store")
struct ArchiveFetcherTests {
    private static let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 131 ^ $0 >> 7) }
    private static let digest = SHA256.digest(of: bytes)

    private func fetch(
        _ fixture: ArchiveFixture, _ paths: String..., progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> [UInt8] {
        let urls = paths.map { fixture.mirror.server.url + $0 }
        let file = try await fixture.fetcher.fetch(
            urls, digest: Self.digest, size: Int64(Self.bytes.count), progress: progress)
        return try WholeFile.read(file, limit: 1 << 20)
    }

    private func serve(_ fixture: ArchiveFixture, _ path: String = "/file", _ bytes: [UInt8] = bytes) {
        fixture.mirror.server.addFile(path, .init(bytes))
    }

    /// From where on parts were asked for.
    private func positions(_ mirror: TestMirror) -> [Int] {
        mirror.server.requests.compactMap { request in
            request.headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
        }
    }

    @Test("a file is fetched once, then it is in the store")
    func once() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            serve(fixture)
            let last = Mutex(Int64(0))
            #expect(try await fetch(fixture, "/file") { count in last.withLock { $0 = count } } == Self.bytes)
            #expect(last.withLock { $0 } == 300_000)
            #expect(try await fetch(fixture, "/file") == Self.bytes)
            #expect(fixture.count("/file") == 1)
            #expect(try fixture.store.usage().items.first { $0.kind == .cacheBlob }?.description == "download file")
        }
    }

    @Test("many who want the same file wait for one transfer")
    func singleFlight() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            serve(fixture)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 { group.addTask { try await fetch(fixture, "/file") == Self.bytes } }
                for try await right in group { #expect(right) }
            }
            #expect(fixture.count("/file") == 1)
        }
    }

    @Test("the first address that works is taken")
    func addresses() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            serve(fixture, "/short", Array(Self.bytes.dropLast(10)))
            serve(fixture, "/wrong", Array(Self.bytes.dropLast()) + [Self.bytes[0] ^ 0xff])
            serve(fixture)
            #expect(try await fetch(fixture, "/missing", "/short", "/wrong", "/file") == Self.bytes)
        }
    }

    @Test(
        "a mirror's fault is said, and the store stays as it was",
        arguments: [
            (.wrongBytes, "archive.digest"), (.truncatedContent(7), "archive.size"), (.longContent(7), "archive.size"),
            (.status(503), "http.status"), (.silent, "http.read-timeout"),
            (.hangUp, "http.closed"), (.garbage, "http.not-http"),
        ] as [(TestRegistry.Fault, String)])
    func faults(fault: TestRegistry.Fault, code: String) async throws {
        try await ArchiveFixture.with(idle: fault == .silent ? .milliseconds(200) : .seconds(20)) {
            (fixture) async throws in
            serve(fixture)
            fixture.mirror.server.inject(fault, on: .file("/file"))
            do {
                _ = try await fetch(fixture, "/file")
                Issue.record("it was taken")
            } catch let error as ArchiveFileError {
                guard case .failed(let failures) = error else { throw error }
                #expect(failures.count == 1)
                let diagnostic = error.diagnostic
                #expect(diagnostic.code == "archive.download")
                #expect(diagnostic.causes.count == 1)
                #expect(diagnostic.hint != nil)
                if let failure = failures.first?.error as? HTTPTransportError {
                    #expect(failure.diagnostic.code == code)
                } else {
                    #expect(failures.first?.error is TransferError && code.hasPrefix("archive."))
                }
            }
            #expect(try fixture.store.blobs().isEmpty)
            guard fault != .silent else { return }
            fixture.mirror.server.heal()
            #expect(try await fetch(fixture, "/file") == Self.bytes)
        }
    }

    @Test("a file that no server has any more is told apart from other faults")
    func gone() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            let url = fixture.mirror.server.url + "/b"
            await #expect(throws: DebianArchiveError.noFile(url)) { try await fetch(fixture, "/a", "/b") }
            serve(fixture, "/a", [1])
            await #expect(throws: ArchiveFileError.self) { try await fetch(fixture, "/a", "/b") }
        }
    }

    @Test("a server that does not answer is not asked for the same file by another name")
    func unreachable() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            fixture.mirror.server.inject(.hangUp, on: .files)
            await #expect(throws: ArchiveFileError.self) { try await fetch(fixture, "/a", "/b") }
            #expect(fixture.count("/a") == 2 && fixture.count("/b") == 0)
        }
    }

    @Test("a connection that breaks is resumed where it stopped")
    func resume() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            serve(fixture)
            fixture.mirror.server.inject(.shortBody(100_000), on: .file("/file"), times: 2)
            #expect(try await fetch(fixture, "/file") == Self.bytes)
            // How much of what was sent before the end had come is up to the network.
            let starts = positions(fixture.mirror)
            #expect(starts.count == 2)
            #expect(starts == starts.sorted() && starts.allSatisfy { (1...200_000).contains($0) })
        }
    }

    @Test("another run goes on where an interrupted one stopped, at another address as well")
    func resumeLater() async throws {
        let home = try TemporaryDirectory("archive")
        let mirror = try TestMirror()
        let first = try ArchiveFixture(home: home, mirror: mirror)
        serve(first)
        mirror.server.inject(.shortBody(5000), on: .file("/file"), times: 1)
        mirror.server.inject(.rangeShifted(7), on: .file("/file"))
        await #expect(throws: ArchiveFileError.self) { try await fetch(first, "/file") }
        await first.network.shutdown()
        mirror.server.heal()
        mirror.server.clearRequests()
        let second = try ArchiveFixture(home: home, mirror: mirror)
        serve(second, "/other")
        #expect(try await fetch(second, "/other") == Self.bytes)
        let starts = positions(mirror)
        #expect(starts.count == 1 && starts.allSatisfy { (1...10_000).contains($0) })
        await second.end()
    }

    @Test("a transfer that is cancelled ends at once and keeps what came")
    func cancel() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            serve(fixture)
            fixture.mirror.server.inject(.slow(bytes: 10_000, milliseconds: 100), on: .file("/file"))
            let started = Mutex(false)
            let task = Task {
                try await fetch(fixture, "/file") { _ in started.withLock { $0 = true } }
            }
            while !started.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
            let before = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - before < .seconds(30), "the whole takes longer")
            #expect(try fixture.store.usage().items.contains { $0.kind == .partial })
        }
    }

    @Test("small files are fetched whole, and a missing one is none")
    func small() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            serve(fixture)
            let url = fixture.mirror.server.url
            #expect(try await fixture.fetcher.fetch(url + "/file", limit: 300_000) == Self.bytes)
            #expect(try await fixture.fetcher.fetch(url + "/none", limit: 300_000) == nil)
            await #expect(throws: HTTPTransportError.self) {
                try await fixture.fetcher.fetch(url + "/file", limit: 299_999)
            }
            #expect(fixture.mirror.server.requests.first?.headers["cache-control"] == "max-age=0")
        }
    }

    @Test("a small file that was cut off is fetched again; a mirror that keeps doing it is said")
    func smallFaults() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            serve(fixture)
            let url = fixture.mirror.server.url + "/file"
            fixture.mirror.server.inject(.shortBody(1000), on: .file("/file"), times: 1)
            #expect(try await fixture.fetcher.fetch(url, limit: 1 << 20) == Self.bytes)
        }
        for fault in [TestRegistry.Fault.shortBody(1000), .silent, .hangUp, .endless] {
            try await ArchiveFixture.with(idle: fault == .silent ? .milliseconds(200) : .seconds(20)) {
                (fixture) async throws in
                serve(fixture)
                fixture.mirror.server.inject(fault, on: .file("/file"))
                await #expect(throws: HTTPTransportError.self) {
                    try await fixture.fetcher.fetch(fixture.mirror.server.url + "/file", limit: 1 << 20)
                }
            }
        }
    }

    @Test("derived files are made once and checked")
    func derived() async throws {
        try await ArchiveFixture.with { (fixture) async throws in
            let made = Mutex(0)
            let make = { @Sendable (sink: any ByteSink) throws in
                made.withLock { $0 += 1 }
                try Self.bytes.withUnsafeBytes { try sink.write($0) }
            }
            for _ in 0..<2 {
                let file = try await fixture.fetcher.derived("x", digest: Self.digest, size: 300_000, make: make)
                #expect(try WholeFile.read(file, limit: 1 << 20) == Self.bytes)
            }
            #expect(made.withLock { $0 } == 1)
            await #expect(throws: ContentStoreError.self) {
                try await fixture.fetcher.derived("y", digest: SHA256.digest(of: "y"), size: 300_000, make: make)
            }
            #expect(try fixture.store.blobs().count == 1)
        }
    }

    @Test("the host's proxies for archives go before the environment's")
    func proxies() throws {
        let directory = try TemporaryDirectory("apt")
        try directory.file(
            "apt.conf",
            #"Acquire::http::Proxy "http://apt:1"; Acquire::http::Proxy::direct.example "DIRECT"; Acquire::https::Proxy "DIRECT";"#
        )
        let configuration = try TransportConfiguration(
            environment: ["http_proxy": "http://env:2", "https_proxy": "http://env:2"], version: "0")
        let changed = try configuration.forArchives(apt: AptConfiguration.read(directory: directory.path))
        func host(_ url: String) throws -> String? { changed.proxies.proxy(for: try HTTPURL(parsing: url))?.host }
        #expect(try host("http://a.example/") == "apt")
        #expect(try host("http://direct.example/") == nil)
        #expect(try host("https://a.example/") == nil)
        let plain = try configuration.forArchives(apt: AptConfiguration())
        #expect(plain.proxies.proxy(for: try HTTPURL(parsing: "http://a.example/"))?.host == "env")
        try directory.file("apt.conf", #"Acquire::http::Proxy "socks5h://p";"#)
        #expect(throws: HTTPTransportError.invalidProxy(variable: "Acquire::http::Proxy")) {
            try configuration.forArchives(apt: AptConfiguration.read(directory: directory.path))
        }
    }
}
