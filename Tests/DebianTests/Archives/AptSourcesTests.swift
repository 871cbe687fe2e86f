import SampanTestSupport
import Testing

@testable import Debian

@Suite("apt sources of the host")
struct AptSourcesTests {
    @Test("one-line sources are read with their options; source packages, comments and discs are left out")
    func lines() throws {
        let text = """
            # a comment
            deb http://one/debian bookworm main contrib # and more
            deb-src http://one/debian bookworm main
            deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/a.gpg] http://two/x stable main
            deb [ signed-by=/k/a.gpg,/k/b.gpg arch=amd64 ] http://three/ ./
            deb cdrom:[Debian 12 _Bookworm_]/ bookworm main
            \tdeb\thttps://four/debian\tsid\tmain\r
            """
        #expect(
            try AptSources.parse(lines: Array(text.utf8), "list") == [
                AptSource(uris: ["http://one/debian"], suites: ["bookworm"], components: ["main", "contrib"]),
                AptSource(
                    uris: ["http://two/x"], suites: ["stable"], components: ["main"],
                    signedBy: .file("/usr/share/keyrings/a.gpg")),
                AptSource(
                    uris: ["http://three/"], suites: ["./"], components: [],
                    signedBy: Keyring([.file("/k/a.gpg"), .file("/k/b.gpg")])),
                AptSource(uris: ["https://four/debian"], suites: ["sid"], components: ["main"]),
            ])
    }

    @Test("stanzas are read; those switched off and those of source packages are left out")
    func stanzas() throws {
        let text = """
            # of the installer
            Types: deb deb-src
            # a comment inside
            URIs: http://one/debian http://two/debian
            Suites: bookworm bookworm-updates
            Components: main
             contrib
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

            Types: deb
            URIs: http://three
            Suites: sid
            Components: main
            Enabled: no


            Types: deb-src
            URIs: http://four
            Suites: sid
            Components: main
            """
        #expect(
            try AptSources.parse(stanzas: Array(text.utf8), "sources") == [
                AptSource(
                    uris: ["http://one/debian", "http://two/debian"], suites: ["bookworm", "bookworm-updates"],
                    components: ["main", "contrib"],
                    signedBy: .file("/usr/share/keyrings/debian-archive-keyring.gpg"))
            ])
    }

    @Test("Signed-By may hold a whole key or fingerprints")
    func signedBy() throws {
        let text = """
            Types: deb
            URIs: http://one
            Suites: sid
            Components: main
            Signed-By:
             -----BEGIN PGP PUBLIC KEY BLOCK-----
             .
             mQEN
             -----END PGP PUBLIC KEY BLOCK-----
            """
        let source = try #require(try AptSources.parse(stanzas: Array(text.utf8), "sources").first)
        let keyring = try #require(source.signedBy)
        #expect(try keyring.load() == [[0x99, 0x01, 0x0d]])
        let key = String(repeating: "aB", count: 20)
        #expect(
            AptSource.keyring("\(key)! /k.gpg", name: "n")
                == Keyring([.file("/k.gpg")], fingerprints: [key.uppercased() + "!"]))
        #expect(AptSource.keyring(key, name: "n")?.parts == Keyring.debian.parts)
        #expect(AptSource.keyring(" ", name: "n") == nil)
    }

    @Test(
        "what is wrong is named with file and line",
        arguments: [
            ("deb", 1, .noAddress), ("\n\ndeb http://a", 3, .noSuite), ("deb http://a b", 1, .noComponents),
            ("# x\ndeb [arch=amd64 http://a b c", 2, .openBracket),
        ] as [(String, Int, AptProblem)])
    func wrongLines(text: String, line: Int, problem: AptProblem) {
        #expect(throws: DebianArchiveError.malformedSource(problem, path: "list", line: line)) {
            try AptSources.parse(lines: Array(text.utf8), "list")
        }
    }

    @Test(
        "a stanza that lacks a field is named by its line",
        arguments: [
            ("Types: deb\nSuites: a\nComponents: b", .noAddress), ("Types: deb\nURIs: a\nComponents: b", .noSuite),
            ("Types: deb\nURIs: a\nSuites: b", .noComponents),
        ] as [(String, AptProblem)])
    func wrongStanzas(text: String, problem: AptProblem) {
        let first = "Types: deb\nURIs: a\nSuites: b\nComponents: c\n\n"
        #expect(throws: DebianArchiveError.malformedSource(problem, path: "s", line: 6)) {
            try AptSources.parse(stanzas: Array((first + text).utf8), "s")
        }
    }

    @Test("files are read in apt's order; names that apt passes over are passed over")
    func files() throws {
        let directory = try TemporaryDirectory("apt")
        func line(_ name: String) -> String { "deb http://\(name)/debian \(name) main\n" }
        try directory.file("sources.list", line("first"))
        try directory.file("sources.list.d/b.list", line("third"))
        try directory.file(
            "sources.list.d/a.sources", "Types: deb\nURIs: http://second\nSuites: second\nComponents: main\n")
        for name in ["c.list.save", "d e.list", ".hidden.list", "plain"] {
            try directory.file("sources.list.d/" + name, line("no"))
        }
        #expect(try AptSources.read(directory: directory.path).flatMap(\.suites) == ["first", "second", "third"])
        #expect(try AptSources.read(directory: directory.path("nothing")).isEmpty)
    }
}

@Suite("settings of the host's apt")
struct AptConfigurationTests {
    private func read(_ text: String) -> AptConfiguration {
        var configuration = AptConfiguration()
        configuration.merge(Array(text.utf8))
        return configuration
    }

    @Test(
        "the proxy is found however it is written",
        arguments: [
            #"Acquire::http::Proxy "http://p:3128";"#, #"Acquire { http { Proxy "http://p:3128"; }; };"#,
            #"acquire::HTTP { Proxy "http://p:3128" ; Timeout "3"; }"#,
            """
            // Acquire::http::Proxy "http://no";
            /* Acquire::http::Proxy "http://no2"; */ # Acquire::http::Proxy "http://no3";
            Acquire::http::Proxy "http://p:3128"; // "x";
            """,
            #"Acquire::http::Proxy http://p:3128;"#, #"List { "a"; "b"; }; Acquire::http::Proxy "http://p:3128";"#,
            #"Acquire::http::Proxy "http://old"; Acquire::http::Proxy "http://p:3128";"#,
        ])
    func proxy(text: String) {
        #expect(read(text).proxies("http").all == "http://p:3128")
        #expect(read(text).proxies("https").all == "http://p:3128")
    }

    @Test("hosts may have their own proxies, https its own")
    func hosts() {
        let found = read(
            """
            Acquire::http::Proxy { "x"; };
            Acquire::http::Proxy::a.example "DIRECT";
            Acquire::https { Proxy "http://q"; Proxy { b.example "http://r"; } };
            """)
        #expect(found.proxies("http") == (nil, ["a.example": "DIRECT"]))
        #expect(found.proxies("https") == ("http://q", ["a.example": "DIRECT", "b.example": "http://r"]))
    }

    @Test("settings can be cleared again")
    func clear() {
        #expect(read(#"Acquire::http::Proxy "http://p"; #clear Acquire::http; x "y";"#).proxies("http").all == nil)
    }

    @Test("broken files don't harm", arguments: ["{{{{", "}}}}", "\"", "a \"b", "/* x", "a {", "::;", "#clear"])
    func broken(text: String) { #expect(read(text).proxies("http").all == nil) }

    @Test("later files win, and APT_CONFIG is the first")
    func order() throws {
        let directory = try TemporaryDirectory("apt")
        func set(_ name: String) -> String { "Acquire::http::Proxy \"http://\(name)\";" }
        try directory.file("first", set("first"))
        try directory.file("apt.conf.d/10a", set("a"))
        try directory.file("apt.conf.d/20b.conf", set("b"))
        try directory.file("apt.conf.d/30c.bak", set("c"))
        func all(_ environment: [String: String] = [:]) throws -> String? {
            try AptConfiguration.read(directory: directory.path, environment: environment).proxies("http").all
        }
        #expect(try all(["APT_CONFIG": directory.path("first")]) == "http://b")
        try directory.file("apt.conf", set("main"))
        #expect(try all() == "http://main")
        #expect(try AptConfiguration.read(directory: directory.path("none")).proxies("http").all == nil)
    }
}
