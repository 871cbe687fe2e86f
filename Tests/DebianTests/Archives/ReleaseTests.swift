import Core
import Testing

@testable import Debian

@Suite("releases of suites")
struct ReleaseTests {
    private static let digest = String(repeating: "ab", count: 32)
    private static let now: Int64 = 1_783_764_997

    private func text(_ changes: [String: String?] = [:]) -> [UInt8] {
        var fields = [
            ("Suite", "oldstable"), ("Codename", "bookworm"), ("Date", "Sat, 11 Jul 2026 10:16:37 UTC"),
            ("Acquire-By-Hash", "yes"), ("No-Support-for-Architecture-all", "Packages"),
            ("Architectures", "all amd64 arm64"), ("Components", "main contrib"),
            ("SHA256", "\n \(Self.digest) 10 main/binary-amd64/Packages\n \(Self.digest)  7 main/binary-all/Packages"),
        ]
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            fields.removeAll { $0.0 == name }
            if let value { fields.append((name, value)) }
        }
        return Array(fields.map { "\($0): \($1)\n" }.joined().utf8)
    }

    private func release(_ changes: [String: String?] = [:], suite: String = "bookworm", time: Int64? = nil) throws
        -> Release
    {
        try Release(
            parsing: text(changes),
            source: ArchiveSource(uri: "http://a", suite: suite, components: ["main"], time: time))
    }

    @Test("a release is read")
    func parse() throws {
        let release = try release([
            "Valid-Until": "Sun, 12 Jul 2026 10:16:37 UTC", "NotAutomatic": "yes", "Version": "12",
        ])
        #expect(release.suite == "oldstable")
        #expect(release.codename == "bookworm")
        #expect(release.version == "12")
        #expect(release.date == Self.now)
        #expect(release.validUntil == Self.now + 86400)
        #expect(release.components == ["main", "contrib"])
        #expect(release.architectures == ["all", "amd64", "arm64"])
        #expect(release.hasByHash && release.isNotAutomatic && release.mergesArchitectureAll)
        #expect(release.files.mapValues(\.size) == ["main/binary-amd64/Packages": 10, "main/binary-all/Packages": 7])
    }

    @Test("a suite goes by its name and its codename", arguments: ["bookworm", "oldstable"])
    func names(suite: String) throws { try release(suite: suite).check(now: Self.now) }

    @Test("another suite than the one asked for is refused", arguments: ["trixie", "stable", "bookworm-updates"])
    func wrongSuite(suite: String) throws {
        #expect(throws: DebianArchiveError.wrongSuite(asked: suite, suite: "oldstable", codename: "bookworm")) {
            try release(suite: suite).check(now: Self.now)
        }
    }

    @Test("security suites of old may be called NAME/updates")
    func oldSecurity() throws {
        try release(["Codename": "buster"], suite: "buster/updates").check(now: Self.now)
    }

    @Test("a release of the future is refused, one that is some hours ahead is not")
    func future() throws {
        try release().check(now: Self.now - 86400)
        #expect(throws: DebianArchiveError.fromTheFuture("bookworm", date: Self.now)) {
            try release().check(now: Self.now - 86401)
        }
    }

    @Test("an expired release is refused; without a date it holds for ever")
    func expired() throws {
        let valid = ["Valid-Until": "Sun, 12 Jul 2026 10:16:37 UTC"]
        try release(valid).check(now: Self.now + 86400)
        #expect(throws: DebianArchiveError.expired("bookworm", validUntil: Self.now + 86400)) {
            try release(valid).check(now: Self.now + 86401)
        }
        try release().check(now: Self.now + 10_000_000_000)
    }

    @Test("a snapshot is judged by its own time")
    func snapshot() throws {
        let valid = ["Valid-Until": "Sun, 12 Jul 2026 10:16:37 UTC"]
        try release(valid, time: Self.now + 100).check(now: Self.now + 10_000_000)
        #expect(throws: DebianArchiveError.expired("bookworm", validUntil: Self.now + 86400)) {
            try release(valid, time: Self.now + 100_000).check(now: Self.now)
        }
        #expect(throws: DebianArchiveError.fromTheFuture("bookworm", date: Self.now)) {
            try release(time: Self.now - 100_000).check(now: Self.now)
        }
    }

    @Test("indexes are found; those for all architectures are read too where they are kept apart")
    func indexes() throws {
        #expect(
            try release().indexes(component: "main", architecture: "amd64") == ["main/binary-amd64/Packages"])
        #expect(
            try release(["No-Support-for-Architecture-all": nil]).indexes(component: "main", architecture: "amd64")
                == ["main/binary-amd64/Packages", "main/binary-all/Packages"])
        #expect(
            try release(["Components": "updates/main updates/contrib"]).indexes(
                component: "main", architecture: "amd64")
                == ["main/binary-amd64/Packages"])
        let apart = "\n \(Self.digest) 1 updates/main/binary-amd64/Packages"
        #expect(
            try release(["Components": "updates/main", "SHA256": apart]).indexes(
                component: "main", architecture: "amd64")
                == ["updates/main/binary-amd64/Packages"])
    }

    @Test("what a suite does not have is said")
    func missing() throws {
        let known = ["main", "contrib"]
        #expect(throws: DebianArchiveError.noComponent("universe", suite: "bookworm", known: known)) {
            try release().indexes(component: "universe", architecture: "amd64")
        }
        #expect(throws: DebianArchiveError.noArchitecture("amd65", suite: "bookworm", known: ["amd64", "arm64"])) {
            try release().indexes(component: "main", architecture: "amd65")
        }
        #expect(throws: DebianArchiveError.noIndex("contrib/binary-amd64/Packages", suite: "bookworm")) {
            try release().indexes(component: "contrib", architecture: "amd64")
        }
        #expect(
            DebianArchiveError.noComponent("mian", suite: "bookworm", known: known).diagnostic.hint
                == "did you mean 'main'?")
    }

    @Test("a release without SHA-256 digests is refused")
    func noDigests() {
        #expect(throws: DebianArchiveError.noDigests("bookworm")) { try release(["SHA256": nil]) }
    }

    @Test(
        "a release that can't be read is refused",
        arguments: [
            ["Date": nil], ["Date": "yesterday"], ["Valid-Until": "never"], ["SHA256": "\n abc 1 a"],
            ["SHA256": "\n \(digest) -1 a"], ["SHA256": "\n \(digest) 99999999999999999999 a"],
            ["SHA256": "\n \(digest) 1"],
            ["SHA256": "\n \(digest) 1 a b"], ["SHA256": "\n \(digest) 1 a\n \(digest) 2 a"],
        ] as [[String: String?]])
    func malformed(changes: [String: String?]) {
        do throws(DebianArchiveError) {
            _ = try Release(
                parsing: text(changes), source: ArchiveSource(uri: "http://a", suite: "x", components: ["main"]))
            Issue.record("it was taken")
        } catch {
            guard case .malformedRelease("x", _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("bytes that are no release are refused", arguments: ["", "\n", "hello", ": x", "a: b\n\nc: d"])
    func noRelease(text: String) {
        #expect(throws: DebianArchiveError.self) {
            try Release(
                parsing: Array(text.utf8), source: ArchiveSource(uri: "http://a", suite: "x", components: ["main"]))
        }
    }

    @Test("control characters of a server's texts don't reach the terminal")
    func shown() {
        let error = DebianArchiveError.wrongSuite(asked: "a", suite: "b\u{1b}[31m\n", codename: nil)
        #expect(!error.diagnostic.message.unicodeScalars.contains { $0.value < 0x20 })
    }
}
