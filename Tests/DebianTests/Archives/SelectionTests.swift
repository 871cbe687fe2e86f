import Testing

@testable import Debian

@Suite("where suites come from")
struct SelectionTests {
    private static let debian = Keyring.file("/usr/share/keyrings/debian-archive-keyring.gpg")
    private static let host = [
        AptSource(
            uris: ["https://packages/apt"], suites: ["bookworm"], components: ["main"], signedBy: .file("/k/other.gpg")),
        AptSource(uris: ["https://unsigned/apt"], suites: ["sdk-bookworm"], components: ["main"]),
        AptSource(
            uris: ["http://host/debian/"], suites: ["bookworm", "bookworm-updates"], components: ["main"],
            signedBy: debian),
        AptSource(
            uris: ["http://host/debian-security"], suites: ["bookworm-security"], components: ["main"],
            signedBy: debian),
    ]

    private func select(
        _ request: ArchiveRequest, _ environment: [String: String] = [:], _ host: [AptSource] = []
    ) throws -> [ArchiveSource] {
        try ArchiveSource.select(request, environment: environment) { host }
    }

    private func uris(_ sources: [ArchiveSource]) -> [String] { sources.flatMap(\.uris) }

    @Test("a suite brings its updates and security fixes, the rolling ones have neither")
    func suites() {
        #expect(
            ArchiveRequest.suites("bookworm", further: ["bookworm-backports", "bookworm"])
                == ["bookworm", "bookworm-updates", "bookworm-security", "bookworm-backports"])
        #expect(ArchiveRequest.suites("sid") == ["sid"])
        #expect(ArchiveRequest.suites("bookworm-backports") == ["bookworm-backports"])
    }

    @Test("the recipe's mirror goes before the environment's, and that before the host's")
    func order() throws {
        var request = ArchiveRequest(suites: ArchiveRequest.suites("bookworm"))
        let environment = [ArchiveSource.mirrorVariable: "http://environment/debian/"]
        #expect(
            uris(try select(request, [:], Self.host))
                == ["http://host/debian", "http://host/debian", "http://host/debian-security"])
        #expect(
            uris(try select(request, environment, Self.host))
                == ["http://environment/debian", "http://environment/debian", "http://environment/debian-security"])
        request.mirror = "http://recipe/x/debian"
        let sources = try select(request, environment, Self.host)
        #expect(
            uris(sources) == ["http://recipe/x/debian", "http://recipe/x/debian", "http://recipe/x/debian-security"])
        #expect(sources.allSatisfy { $0.keyring == .debian && $0.components == ["main"] })
    }

    @Test(
        "suites that the host does not list come from where its others do",
        arguments: [
            ("bookworm-backports", "http://host/debian"), ("trixie", "http://host/debian"),
            ("trixie-security", "http://host/debian-security"), ("sid", "http://host/debian"),
        ])
    func others(suite: String, uri: String) throws {
        let sources = try select(ArchiveRequest(suites: [suite], components: ["main", "contrib"]), [:], Self.host)
        #expect(
            sources == [
                ArchiveSource(uri: uri, suite: suite, components: ["main", "contrib"], keyring: Self.debian)
            ])
    }

    @Test("without a security source of the host, it is beside the main archive")
    func security() throws {
        let sources = try select(ArchiveRequest(suites: ["bookworm-security"]), [:], [Self.host[2]])
        #expect(uris(sources) == ["http://host/debian-security"])
    }

    @Test("several addresses of one source are tried in order; those that can't be reached by http are not")
    func several() throws {
        let source = AptSource(
            uris: ["file:///a/debian", "http://a/debian", "https://b/debian", "cdrom:x"], suites: ["bookworm"],
            components: ["main"], signedBy: Self.debian)
        let more = AptSource(
            uris: ["http://c/debian"], suites: ["bookworm"], components: ["main"], signedBy: Self.debian)
        #expect(
            uris(try select(ArchiveRequest(suites: ["bookworm"]), [:], [source, more]))
                == ["http://a/debian", "https://b/debian", "http://c/debian"])
    }

    @Test("archives of others that use Debian's names are not taken for Debian's")
    func strangers() {
        for host in [[], [Self.host[0]], [Self.host[1]], Array(Self.host[0...1])] {
            #expect(throws: DebianArchiveError.noSource(suite: "bookworm")) {
                try select(ArchiveRequest(suites: ["bookworm"]), [:], host)
            }
        }
    }

    @Test("a recipe's keyring goes before the host's")
    func keyring() throws {
        let request = ArchiveRequest(suites: ["bookworm"], keyring: .file("/mine.gpg"))
        #expect(try select(request, [:], Self.host).first?.keyring == .file("/mine.gpg"))
    }

    @Test("snapshots come from the snapshot mirror and are judged by their own time")
    func snapshot() throws {
        var request = ArchiveRequest(suites: ["bookworm", "bookworm-security"], snapshot: "20250520T000000Z")
        #expect(throws: DebianArchiveError.noSnapshotMirror("20250520T000000Z")) { try select(request, [:], Self.host) }
        request.snapshotMirror = "http://snapshot/"
        let sources = try select(request)
        #expect(
            uris(sources) == [
                "http://snapshot/archive/debian/20250520T000000Z",
                "http://snapshot/archive/debian-security/20250520T000000Z",
            ])
        #expect(sources.map(\.time) == [1_747_699_200, 1_747_699_200])
        request.snapshotMirror = nil
        #expect(
            uris(try select(request, [ArchiveSource.snapshotVariable: "http://other"]))[0].hasPrefix("http://other/"))
    }

    @Test(
        "a snapshot's time must be one",
        arguments: ["", "20250520", "20251320T000000Z", "20250520T000000", "2025O520T000000Z"])
    func badSnapshot(text: String) {
        #expect(throws: DebianArchiveError.badSnapshot(text)) {
            try select(ArchiveRequest(suites: ["sid"], snapshot: text, snapshotMirror: "http://s"))
        }
    }

    @Test(
        "an address must be one", arguments: ["debian", "ftp://a/debian", "http://", "http:///debian", "http://a b/"])
    func badMirror(text: String) {
        #expect(throws: DebianArchiveError.self) { try select(ArchiveRequest(suites: ["sid"], mirror: text)) }
    }

    @Test(
        "names that are no names are refused",
        arguments: ["", "../etc", "a/../b", "a b", "/a", "a/", "a//b", "-x", ".x", "a?b"])
    func badName(text: String) {
        #expect(throws: DebianArchiveError.badName(text)) {
            try select(ArchiveRequest(suites: [text], mirror: "http://a"))
        }
        #expect(throws: DebianArchiveError.badName(text)) {
            try select(ArchiveRequest(suites: ["sid"], components: [text], mirror: "http://a"))
        }
    }

    @Test(
        "times are read and written",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 UTC"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 UTC"),
            (951_868_799, "Tue, 29 Feb 2000 23:59:59 UTC"), (1_783_764_997, "Sat, 11 Jul 2026 10:16:37 UTC"),
            (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 UTC"),
        ])
    func times(seconds: Int64, text: String) {
        #expect(ArchiveDate.release(text) == seconds)
        #expect(ArchiveDate.text(seconds) == text)
    }

    @Test(
        "other forms of times are refused",
        arguments: ["", "11 Jul 2026 10:16:37 UTC", "Sat, 11 Jul 2026 10:16:37 CET", "Sat, 32 Jul 2026 10:16:37 UTC"])
    func badTimes(text: String) { #expect(ArchiveDate.release(text) == nil) }
}
