import Core
import SampanTestSupport
import Testing

private let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

@Suite("Image references")
struct ReferenceTests {
    @Test(
        "names are completed as docker completes them",
        arguments: [
            ("alpine", "docker.io/library/alpine:latest", "alpine:latest"),
            ("alpine:3.20", "docker.io/library/alpine:3.20", "alpine:3.20"),
            ("alpine@\(digest)", "docker.io/library/alpine@\(digest)", "alpine@\(digest)"),
            ("alpine:3@\(digest)", "docker.io/library/alpine:3@\(digest)", "alpine:3@\(digest)"),
            ("user/app", "docker.io/user/app:latest", "user/app:latest"),
            ("docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest"),
            ("index.docker.io/library/alpine", "docker.io/library/alpine:latest", "alpine:latest"),
            ("localhost/app", "localhost/app:latest", "localhost/app:latest"),
            ("localhost:5000/app:v1", "localhost:5000/app:v1", "localhost:5000/app:v1"),
            ("example.test/a/b/c:t", "example.test/a/b/c:t", "example.test/a/b/c:t"),
            ("Host/app", "Host/app:latest", "Host/app:latest"),
            ("10.0.0.1:80/app", "10.0.0.1:80/app:latest", "10.0.0.1:80/app:latest"),
            ("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest"),
            ("[fe80::1]/app", "[fe80::1]/app:latest", "[fe80::1]/app:latest"),
            ("a__b/c---d/e.f_g", "docker.io/a__b/c---d/e.f_g:latest", "a__b/c---d/e.f_g:latest"),
            ("app:_1.A-b", "docker.io/library/app:_1.A-b", "app:_1.A-b"),
            ("0/0", "docker.io/0/0:latest", "0/0:latest"),
        ])
    func parses(text: String, full: String, familiar: String) throws {
        let reference = try Reference(parsing: text)
        #expect(reference.description == full)
        #expect(reference.familiar == familiar)
        #expect(try Reference(parsing: full) == reference)
        #expect(try Reference(parsing: familiar) == reference)
    }

    @Test(
        "what is no name is refused, and why is told",
        arguments: [
            ("", .empty),
            (String(repeating: "a", count: 1025), .tooLong),
            (String(repeating: "a", count: 248), .tooLong),
            ("Alpine", .uppercase("Alpine")),
            ("user/App", .uppercase("user/App")),
            ("alpine:", .malformedTag("")),
            ("alpine:-x", .malformedTag("-x")),
            ("alpine:.x", .malformedTag(".x")),
            ("alpine:a b", .malformedTag("a b")),
            ("alpine:" + String(repeating: "t", count: 129), .malformedTag(String(repeating: "t", count: 129))),
            ("alpine@md5:0", .digest(.unsupportedAlgorithm("md5"))),
            ("alpine@sha256:0", .digest(.malformed("sha256:0"))),
            ("alpine@", .digest(.malformed(""))),
            ("@\(digest)", .malformedRepository("")),
            (":tag", .malformedRepository("")),
            ("/alpine", .malformedRepository("/alpine")),
            ("alpine/", .malformedRepository("alpine/")),
            ("a//b", .malformedRepository("a//b")),
            ("a..b", .malformedRepository("a..b")),
            ("a___b", .malformedRepository("a___b")),
            ("a_.b", .malformedRepository("a_.b")),
            ("-a", .malformedRepository("-a")),
            ("a-", .malformedRepository("a-")),
            ("../a", .malformedRegistry("..")),
            ("a b", .malformedRepository("a b")),
            ("héllo", .malformedRepository("héllo")),
            ("a\u{0}b", .malformedRepository("a\u{0}b")),
            ("-host.test/a", .malformedRegistry("-host.test")),
            ("host.test:99999/a", .malformedRegistry("host.test:99999")),
            ("host.test:/a", .malformedRegistry("host.test:")),
            ("host_.test/a", .malformedRegistry("host_.test")),
            ("[::1/a", .malformedRegistry("[::1")),
            ("[]:1/a", .malformedRegistry("[]:1")),
            ("[:x:]/a", .malformedRegistry("[:x:]")),
            ("host.test/", .malformedRepository("")),
        ] as [(String, ReferenceError)])
    func refuses(text: String, error: ReferenceError) {
        #expect(throws: error) { try Reference(parsing: text) }
    }

    @Test("a refused name is explained")
    func explained() {
        #expect(
            ReferenceError.uppercase("user/App").diagnostic.description == """
                error: image name 'user/App' has upper-case letters
                hint: repository names are lower case: 'user/app'

                """)
        #expect(
            ReferenceError.malformedTag("-x").diagnostic.description == """
                error: '-x' is not a tag
                hint: a tag is up to 128 letters, digits, _ . and -, and does not start with . or -

                """)
    }

    @Test("whatever is accepted reads back as itself, and nothing makes the reader fall over")
    func fuzz() {
        var generator = SeededGenerator(seed: 42)
        let pieces = [
            "a", "b", "Z", "0", "9", "-", "--", ".", "..", "_", "__", "/", "//", ":", "@", "[", "]", "::1", "localhost",
            "docker.io",
            "index.docker.io", "library/", ":5000", ":99999", digest, "sha256:", "\u{0}", "é", "🛶", "\u{301}", " ", "%",
            "latest",
        ]
        let end = ContinuousClock.now + .seconds(2)
        var accepted = 0
        var tried = 0
        while ContinuousClock.now < end, tried < 400_000 {
            tried += 1
            let text = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }.joined()
            guard let reference = try? Reference(parsing: text) else { continue }
            accepted += 1
            guard let again = try? Reference(parsing: reference.description), again == reference,
                let familiar = try? Reference(parsing: reference.familiar), familiar == reference
            else {
                Issue.record("'\(text)' is read as '\(reference)', which is not read back")
                return
            }
            guard reference.description.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                !reference.repository.contains("..")
            else {
                Issue.record("'\(text)' gives the unsafe name '\(reference)'")
                return
            }
        }
        #expect(accepted > 100)
    }

    @Test("random bytes never make the reader fall over")
    func fuzzBytes() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? Reference(parsing: String(decoding: bytes, as: UTF8.self))
            _ = try? Digest(parsing: String(decoding: bytes, as: UTF8.self))
            _ = Platform(parsing: String(decoding: bytes, as: UTF8.self))
        }
    }
}
