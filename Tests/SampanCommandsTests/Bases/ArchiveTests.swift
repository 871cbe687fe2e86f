import ContentStore
import Core
import Debian
import HTTPTransport
import HostOS
import Inventory
import SampanTestSupport
import Synchronization
import Testing

@testable import SampanCommands

/// A mirror, an empty store and a fetcher between them.
final class ArchiveFixture: Sendable {
    let home: TemporaryDirectory
    let mirror: TestMirror
    let store: Store
    let network: NetworkAccess
    let fetcher: StoreArchiveFetcher

    static let now: Int64 = 1_740_830_400
    static let deb = DebFile("hello", version: "2.10-3", members: [.file("usr/bin/hello", "hello")])

    /// - Parameter idle: the longest silence of the mirror; short only where silence is the test.
    init(home: TemporaryDirectory? = nil, mirror: TestMirror? = nil, idle: Duration = .seconds(20)) throws {
        self.home = try home ?? TemporaryDirectory("archive")
        self.mirror = try mirror ?? TestMirror()
        store = try Store.open(StoreLocation(home: self.home.path))
        network = try NetworkAccess(environment: [:]) { configuration in
            configuration.idleTimeout = idle
            configuration.retry.base = .milliseconds(1)
            configuration.retry.attempts = 2
        }
        fetcher = StoreArchiveFetcher(store: store, network: network)
    }

    static func with<Value>(
        idle: Duration = .seconds(20), _ body: nonisolated(nonsending) (ArchiveFixture) async throws -> Value
    ) async throws -> Value {
        let fixture = try ArchiveFixture(idle: idle)
        do {
            let value = try await body(fixture)
            await fixture.end()
            return value
        } catch {
            await fixture.end()
            throw error
        }
    }

    func end() async {
        await network.shutdown()
        mirror.stop()
    }

    /// The three suites that a release has.
    func publish() throws {
        try mirror.publish(.init("bookworm", packages: [.init(Self.deb), .init(DebFile("b", architecture: "all"))]))
        var updates = TestMirror.Suite("bookworm-updates")
        updates.suite = "oldstable-updates"
        try mirror.publish(updates)
        try mirror.publish(
            .init("bookworm-security", packages: [.init(DebFile("hello", version: "2.10-3+deb12u1"))]))
    }

    func sources(_ suites: [String] = ArchiveRequest.suites("bookworm")) throws -> [ArchiveSource] {
        let request = ArchiveRequest(suites: suites, mirror: mirror.url, keyring: .file(mirror.key.keyring))
        return try ArchiveSource.select(request, environment: [:]) { [] }
    }

    func open(_ suites: [String] = ArchiveRequest.suites("bookworm"), now: Int64 = now) async throws -> DebianArchive {
        try await DebianArchive.open(sources(suites), fetcher: fetcher, now: now)
    }

    func indexes(_ suites: [String] = ["bookworm"], architecture: String = "amd64") async throws -> [PackageIndex] {
        try await open(suites).indexes(architecture: architecture)
    }

    /// Requests whose path has a text in it.
    func count(_ text: String) -> Int { mirror.server.count(text) }
}

@Suite("Debian archives")
struct ArchiveTests {
    @Test("the indexes of all suites are fetched, verified and read")
    func load() async throws {
        try await ArchiveFixture.with { fixture in
            try fixture.publish()
            let archive = try await fixture.open()
            #expect(archive.releases.map(\.codename) == ["bookworm", "bookworm-updates", "bookworm-security"])
            let indexes = try await archive.indexes(architecture: "amd64")
            #expect(indexes.map(\.suite) == ["bookworm", "bookworm-updates", "bookworm-security"])
            #expect(indexes.map(\.count) == [2, 0, 1])
            let package = try #require(try indexes[2].packages(named: "hello").first)
            #expect(package.version.text == "2.10-3+deb12u1")
            let urls = archive.urls(of: package.path, suite: "bookworm-security")
            #expect(urls == [fixture.mirror.url + "-security/" + package.path])
            let file = try await fixture.fetcher.fetch(urls, digest: package.sha256, size: package.size) { _ in }
            #expect(try file.info().size == package.size)
            // Both the small form and the name that stays right are asked for first.
            #expect(fixture.count("by-hash/SHA256") == 2)
            #expect(fixture.count(".xz") == 0)
            let arm = try await archive.indexes(architecture: "arm64")
            #expect(arm.map(\.count) == [1, 0, 0])
        }
    }

    @Test("what is known is not fetched again")
    func warm() async throws {
        try await ArchiveFixture.with { fixture in
            try fixture.publish()
            _ = try await fixture.open().indexes(architecture: "amd64")
            fixture.mirror.server.clearRequests()
            _ = try await fixture.open().indexes(architecture: "amd64")
            #expect(fixture.mirror.server.requests.count == 3)
            #expect(fixture.count("InRelease") == 3)
        }
    }

    @Test(
        "indexes are had without by-hash, and in whichever form the archive keeps", arguments: ["", ".gz", ".xz"],
        [false, true])
    func forms(suffix: String, hasByHash: Bool) async throws {
        try await ArchiveFixture.with { fixture in
            var suite = TestMirror.Suite("bookworm", packages: [try .init(ArchiveFixture.deb)])
            suite.kept = [suffix]
            suite.hasByHash = hasByHash
            try fixture.mirror.publish(suite)
            #expect(try await fixture.indexes().map(\.count) == [1])
        }
    }

    @Test("an alias is allowed when the suite says so")
    func alias() async throws {
        try await ArchiveFixture.with { fixture in
            var suite = TestMirror.Suite("bookworm", packages: [try .init(ArchiveFixture.deb)])
            suite.suite = "stable"
            suite.aliases = ["stable", "testing"]
            try fixture.mirror.publish(suite)
            #expect(try await fixture.indexes(["stable"]).map(\.suite) == ["stable"])
            await #expect(
                throws: DebianArchiveError.wrongSuite(asked: "testing", suite: "stable", codename: "bookworm")
            ) { try await fixture.indexes(["testing"]) }
        }
    }

    @Test("backports are taken by hand only")
    func priority() async throws {
        try await ArchiveFixture.with { fixture in
            var suite = TestMirror.Suite("bookworm-backports", packages: [try .init(ArchiveFixture.deb)])
            suite.fields = ["NotAutomatic: yes", "ButAutomaticUpgrades: yes"]
            try fixture.mirror.publish(suite)
            #expect(try await fixture.indexes(["bookworm-backports"]).map(\.priority) == [.manual])
        }
    }

    @Test("several components are read")
    func components() async throws {
        try await ArchiveFixture.with { fixture in
            var suite = TestMirror.Suite("bookworm-security", packages: [try .init(ArchiveFixture.deb)])
            suite.packages["contrib"] = [try .init(DebFile("extra"))]
            try fixture.mirror.publish(suite)
            let request = ArchiveRequest(
                suites: ["bookworm-security"], components: ["main", "contrib"], mirror: fixture.mirror.url,
                keyring: .file(fixture.mirror.key.keyring))
            let sources = try ArchiveSource.select(request, environment: [:]) { [] }
            let archive = try await DebianArchive.open(sources, fetcher: fixture.fetcher, now: ArchiveFixture.now)
            let indexes = try await archive.indexes(architecture: "amd64")
            #expect(try indexes.map { try $0.packages(named: "extra").count } == [0, 1])
        }
    }

    // MARK: - Refused

    @Test("a suite that the mirror does not have is said, with its address")
    func noSuite() async throws {
        try await ArchiveFixture.with { fixture in
            let url = fixture.mirror.url + "/dists/bookwrm/InRelease"
            await #expect(throws: DebianArchiveError.noSuite("bookwrm", url: url)) {
                try await fixture.open(["bookwrm"])
            }
        }
    }

    @Test("bad signatures are refused, and nothing of them is kept", arguments: ["unsigned", "other", "tampered"])
    func signatures(kind: String) async throws {
        try await ArchiveFixture.with { fixture in
            let other = try TestKey("Other")
            var suite = TestMirror.Suite("bookworm", packages: [try .init(ArchiveFixture.deb)])
            suite.signing = kind == "unsigned" ? .unsigned : kind == "other" ? .key(other) : .tampered
            try fixture.mirror.publish(suite)
            let name = fixture.mirror.url + "/dists/bookworm/InRelease"
            let key = String(fixture.mirror.key.fingerprint.suffix(16))
            let expected: DebianArchiveError =
                kind == "unsigned"
                ? .unsigned(name)
                : kind == "other"
                    ? .unknownSigner(name, keys: [other.fingerprint]) : .badSignature(name, key: key)
            await #expect(throws: expected) { try await fixture.open(["bookworm"]) }
            #expect(try fixture.store.blobs().isEmpty)
            // Once the mirror is right again, it is used.
            suite.signing = .both(other)
            try fixture.mirror.publish(suite)
            #expect(try await fixture.indexes().map(\.count) == [1])
        }
    }

    @Test("only the signed text counts")
    func surrounded() async throws {
        try await ArchiveFixture.with { fixture in
            var suite = TestMirror.Suite("bookworm", packages: [try .init(ArchiveFixture.deb)])
            suite.signing = .surrounded("Suite: evil\nCodename: evil\n")
            try fixture.mirror.publish(suite)
            #expect(try await fixture.open(["bookworm"]).releases.map(\.codename) == ["bookworm"])
        }
    }

    @Test("an expired release is refused, a snapshot of its time is not")
    func expired() async throws {
        try await ArchiveFixture.with { fixture in
            var suite = TestMirror.Suite("bookworm")
            suite.validUntil = "Sat, 08 Mar 2025 12:00:00 UTC"
            try fixture.mirror.publish(suite)
            _ = try await fixture.open(["bookworm"])
            let later = ArchiveFixture.now + 8 * 86400
            await #expect(throws: DebianArchiveError.expired("bookworm", validUntil: 1_741_435_200)) {
                try await fixture.open(["bookworm"], now: later)
            }
            var sources = try fixture.sources(["bookworm"])
            sources[0].time = ArchiveFixture.now
            _ = try await DebianArchive.open(sources, fetcher: fixture.fetcher, now: later)
        }
    }

    @Test("an architecture or component that a suite lacks is refused")
    func lacking() async throws {
        try await ArchiveFixture.with { fixture in
            try fixture.publish()
            await #expect(
                throws: DebianArchiveError.noArchitecture("riscv64", suite: "bookworm", known: ["amd64", "arm64"])
            ) { try await fixture.indexes(architecture: "riscv64") }
            var sources = try fixture.sources(["bookworm-security"])
            sources[0].components = ["universe"]
            let archive = try await DebianArchive.open(sources, fetcher: fixture.fetcher, now: ArchiveFixture.now)
            await #expect(
                throws: DebianArchiveError.noComponent("universe", suite: "bookworm-security", known: ["main"])
            ) { try await archive.indexes(architecture: "amd64") }
        }
    }

    @Test("an index that is not the one that was signed is refused in each of its forms")
    func wrongIndex() async throws {
        try await ArchiveFixture.with { fixture in
            var suite = TestMirror.Suite("bookworm", packages: [try .init(ArchiveFixture.deb)])
            suite.rewriteIndex = { _, bytes in bytes.map { $0 == UInt8(ascii: "2") ? UInt8(ascii: "3") : $0 } }
            try fixture.mirror.publish(suite)
            await #expect(throws: ArchiveFileError.self) { try await fixture.indexes() }
            #expect(try fixture.store.blobs().isEmpty)
        }
    }

    @Test("a packed index that unpacks to something else than was signed is refused")
    func wrongPlain() async throws {
        try await ArchiveFixture.with { fixture in
            var suite = TestMirror.Suite("bookworm", packages: [try .init(ArchiveFixture.deb)])
            // The release is signed as it is, but says another digest and size of the plain form.
            suite.rewrite = { release in
                release.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
                    guard line.hasSuffix("/Packages") else { return String(line) }
                    let words = line.split(separator: " ")
                    return " \(String(repeating: "0", count: 64)) \(words[1]) \(words[2])"
                }.joined(separator: "\n")
            }
            try fixture.mirror.publish(suite)
            await #expect {
                try await fixture.indexes()
            } throws: { error in
                if case .digestMismatch = error as? ContentStoreError { true } else { false }
            }
        }
    }

    @Test("an index that unpacks to more than was signed is refused before it fills the disk")
    func bomb() async throws {
        try await ArchiveFixture.with { fixture in
            var suite = TestMirror.Suite("bookworm", packages: [try .init(ArchiveFixture.deb)])
            suite.rewrite = { release in
                release.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
                    guard line.hasSuffix("/Packages") else { return String(line) }
                    let words = line.split(separator: " ")
                    return " \(words[0]) 3 \(words[2])"
                }.joined(separator: "\n")
            }
            try fixture.mirror.publish(suite)
            await #expect(throws: (any Error).self) { try await fixture.indexes() }
            #expect(try fixture.store.blobs().allSatisfy { $0.size != 3 })
        }
    }
}
