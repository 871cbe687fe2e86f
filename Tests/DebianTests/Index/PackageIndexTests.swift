import Core
import Debian
import HostOS
import Inventory
import SampanTestSupport
import Testing

@Suite struct PackageIndexTests {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    @Test("a stanza gives a package")
    func package() throws {
        let index = try TestIndex.raw(
            """
            Package: libssl3
            Source: openssl (3.0.15-1)
            Version: 3.0.15-1~deb12u1
            Installed-Size: 6044
            Architecture: amd64
            Multi-Arch: same
            Provides: libssl (= 3), crypto,
             tls:any
            Depends: libc6 (>= 2.34), a | b
            Pre-Depends: dpkg
            Recommends: ca-certificates
            Conflicts: old-ssl
            Breaks: openssh (<< 1)
            Replaces: openssh (<< 1)
            Essential: no
            Priority: important
            Description: text
             Package: not-one
            Filename: ./pool/main/o/openssl/libssl3_3.0.15-1~deb12u1_amd64.deb
            Size: 2033156
            SHA256: \(Self.digest)

            """)
        #expect(index.count == 1)
        let package = try #require(try index.packages(named: "libssl3").first)
        #expect(package.name == "libssl3" && package.version.text == "3.0.15-1~deb12u1")
        #expect(package.source == "openssl" && package.sourceVersion.text == "3.0.15-1")
        #expect(package.architecture == "amd64" && package.multiArch == "same" && package.suite == "bookworm")
        #expect(package.path == "pool/main/o/openssl/libssl3_3.0.15-1~deb12u1_amd64.deb")
        #expect(package.size == 2_033_156 && package.sha256.hex == Self.digest)
        #expect(!package.isEssential && package.priority == "important")
        #expect(package.depends.map(\.description) == ["libc6 (>= 2.34)", "a | b"])
        #expect(package.preDepends.map(\.description) == ["dpkg"])
        #expect(package.recommends.map(\.description) == ["ca-certificates"])
        #expect(package.provides.map(\.description) == ["libssl (= 3)", "crypto", "tls:any"])
        #expect(package.conflicts.map(\.description) == ["old-ssl"])
        #expect(package.breaks == package.replaces)
        #expect(try index.packages(named: "not-one").isEmpty)
        for name in ["libssl", "crypto", "tls"] { #expect(try index.providers(of: name) == [package]) }
        #expect(try index.providers(of: "libssl3").isEmpty)
        #expect(try index.packages(named: "libssl3") == [package])
    }

    @Test("names are found in files of any shape")
    func shapes() throws {
        for text in ["", "\n", "\n\n\n"] {
            let index = try TestIndex.raw(text)
            #expect(index.count == 0)
            #expect(try index.packages(named: "a").isEmpty)
        }
        let fields = "Version: 1\nArchitecture: all\nFilename: a.deb\nSize: 1\nSHA256: \(Self.digest)"
        // Lines that end with CR LF, fields before the name, no line end at the end, no space after the colon.
        let text =
            "\n\(fields)\nPACKAGE:a\r\n \r\n\r\n\nPackage: b\n\(fields)\nProvides:x,y (= 2) ,\n z\nEssential: yes"
        let index = try TestIndex.raw(text)
        #expect(index.count == 2)
        #expect(try index.packages(named: "a").map(\.architecture) == ["all"])
        #expect(try index.packages(named: "b").map(\.isEssential) == [true])
        #expect(try ["x", "y", "z"].allSatisfy { try index.providers(of: $0).map(\.name) == ["b"] })
        #expect(try index.essentialPackages().map(\.name) == ["b"])
        #expect(index.names().sorted() == ["a", "b", "x", "y", "z"])
    }

    @Test("versions of a name come in the file's order; essential and required ones are known")
    func several() throws {
        let index = try TestIndex.make(
            "a 2\nb 1; Priority: required\na 1\nc 1; Essential: yes; Priority: required\nd 1; Provides: v, v (= 2)")
        #expect(try index.packages(named: "a").map(\.version.text) == ["2", "1"])
        #expect(try index.essentialPackages().map(\.name) == ["b", "c"])
        #expect(try index.providers(of: "v").map(\.name) == ["d"])
    }

    @Test("ten thousand names are all found")
    func many() throws {
        let index = try TestIndex.make(
            (0..<10_000).map { "p\($0) \($0); Provides: v\($0 % 10)" }.joined(separator: "\n"))
        #expect(index.count == 10_000)
        for number in stride(from: 0, to: 10_000, by: 37) {
            #expect(try index.packages(named: "p\(number)").map(\.version.text) == ["\(number)"])
        }
        #expect(try index.providers(of: "v3").count == 1000)
        #expect(try index.packages(named: "p10000").isEmpty)
    }

    @Test("a stanza without a name is refused with its line")
    func nameless() throws {
        let text = "Package: a\nVersion: 1\n\nVersion: 2\n\nPackage: b\n"
        #expect(throws: PackageIndexError.namelessStanza(suite: "bookworm", line: 4)) { try TestIndex.raw(text) }
        #expect(throws: PackageIndexError.namelessStanza(suite: "bookworm", line: 1)) { try TestIndex.raw("junk") }
    }

    @Test(
        "a broken field is an error when its package is asked for, not before",
        arguments: [
            ("Version", nil, .missing("Version")), ("Version", "", .missing("Version")),
            ("Version", "1_", .badVersion("Version", .badCharacter("1_", UInt8(ascii: "_")))),
            ("Architecture", nil, .missing("Architecture")), ("Architecture", "a/b", .badValue("Architecture", "a/b")),
            ("Filename", nil, .missing("Filename")), ("Filename", "/etc/passwd", .badValue("Filename", "/etc/passwd")),
            ("Filename", "pool/../../x.deb", .badValue("Filename", "pool/../../x.deb")),
            ("Filename", "..", .badValue("Filename", "..")), ("Filename", "a//b", .badValue("Filename", "a//b")),
            ("Filename", "a/./b", .badValue("Filename", "a/./b")), ("Filename", "a b", .badValue("Filename", "a b")),
            ("Filename", "a\\b", .badValue("Filename", "a\\b")), ("Filename", "a/", .badValue("Filename", "a/")),
            ("Size", nil, .missing("Size")), ("Size", "-1", .badValue("Size", "-1")),
            ("Size", "+1", .badValue("Size", "+1")),
            ("Size", "9223372036854775808", .badValue("Size", "9223372036854775808")),
            ("Size", "1e3", .badValue("Size", "1e3")),
            ("SHA256", nil, .missing("SHA256")), ("SHA256", "abc", .badValue("SHA256", "abc")),
            ("SHA256", String(repeating: "0", count: 65), .badValue("SHA256", String(repeating: "0", count: 65))),
            ("SHA256", String(repeating: "g", count: 64), .badValue("SHA256", String(repeating: "g", count: 64))),
            ("Essential", "maybe", .badValue("Essential", "maybe")),
            ("Source", "a (1", .badValue("Source", "a (1")), ("Source", "a b", .badValue("Source", "a b")),
            ("Depends", "a (", .badRelation("Depends", RelationError(problem: .badComparison(""), offset: 3))),
            (
                "Provides", "a | b",
                .badRelation("Provides", RelationError(problem: .unexpected(UInt8(ascii: "|")), offset: 2))
            ),
            ("Size: 1\nSize", "1", .duplicateField("Size", at: "Size: 1\nSize")),
        ] as [(String, String?, ExpectedProblem)])
    func broken(_ field: String, _ value: String?, _ expected: ExpectedProblem) throws {
        var fields = [
            ("Package", "bad"), ("Version", "1"), ("Architecture", "amd64"), ("Filename", "pool/bad.deb"),
            ("Size", "1"),
            ("SHA256", Self.digest),
        ]
        fields.removeAll { $0.0 == field || field.hasPrefix($0.0 + ":") }
        if let value { fields.append((field, value)) }
        let good = "Package: good\nVersion: 1\nArchitecture: all\nFilename: g.deb\nSize: 1\nSHA256: \(Self.digest)\n\n"
        let text = good + fields.map { "\($0): \($1)\n" }.joined() + "\n" + good
        let index = try TestIndex.raw(text)
        #expect(try index.packages(named: "good").count == 2)
        let problem = expected.problem(in: text)
        let error = PackageIndexError.brokenStanza(suite: "bookworm", package: "bad", line: 8, problem)
        #expect(throws: error) { try index.packages(named: "bad") }
        #expect(error.diagnostic.causes.count == 1)
    }

    @Test("names that are none are refused or never found")
    func badNames() throws {
        let long = String(repeating: "n", count: 100_000)
        let index = try TestIndex.make("\(long) 1\n-dash 1\n../up 1\nok 1; Provides: \(long), (, ,,:any")
        #expect(try index.packages(named: long).isEmpty)
        #expect(throws: PackageIndexError.self) { try index.packages(named: "-dash") }
        #expect(throws: PackageIndexError.self) { try index.packages(named: "../up") }
        #expect(throws: PackageIndexError.self) { try index.packages(named: "ok") }
    }

    @Test("lines of megabytes and bytes that are no text do no harm")
    func hugeLines() throws {
        let text = "Package: a\nVersion: 1\nArchitecture: all\nFilename: a.deb\nSize: 1\nSHA256: \(Self.digest)\n"
        let index = try TestIndex.raw(
            text + "X-Huge: " + String(repeating: "y", count: 4 << 20) + "\n" + "\nPackage: b")
        #expect(try index.packages(named: "a").count == 1)
        #expect(index.count == 2)
    }

    @Test("random damage never does more than throw")
    func noise() throws {
        var generator = SeededGenerator(seed: 21)
        let text = Array(
            """
            Package: a
            Version: 1:2-3
            Architecture: all
            Depends: b (>= 1) | c:any, d
            Provides: x (= 1),
             y
            Filename: a/b.deb
            Size: 12
            SHA256: \(Self.digest)

            Package: b
            Version: 1

            """.utf8)
        for _ in 0..<400 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(Array("\n :,(|".utf8).randomElement(using: &generator) ?? 10, at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + 20))
                }
            }
            guard let index = try? TestIndex.raw(String(decoding: bytes, as: UTF8.self)) else { continue }
            for name in index.names() {
                _ = try? index.packages(named: name)
                _ = try? index.providers(of: name)
            }
            _ = try? index.essentialPackages()
        }
    }

    /// A problem that may need the place of a text in the file.
    enum ExpectedProblem: Sendable {
        case missing(String)
        case badValue(String, String)
        case badVersion(String, DebianVersionError)
        case badRelation(String, RelationError)
        case duplicateField(String, at: String)

        func problem(in text: String) -> StanzaProblem {
            switch self {
            case .missing(let field): return .missing(field)
            case .badValue(let field, let value): return .badValue(field, value)
            case .badVersion(let field, let error): return .badVersion(field, error)
            case .badRelation(let field, let error): return .badRelation(field, error)
            case .duplicateField(let field, let place):
                let (text, place) = (Array(text.utf8), Array(place.utf8))
                let start = text.indices.first { text[$0...].starts(with: place) } ?? 0
                return .control(.duplicateField(field, offset: start + place.count - field.utf8.count))
            }
        }
    }
}
