import Binaries
import Core
import Layers
import OCI
import Testing

@testable import ImageAnalysis

@Suite("what a program will want while it runs")
struct LinkageNeedTests {
    private func gaps(
        _ needs: Set<BinaryFacts.Need>, _ edit: (inout ImageDraft) -> Void = { _ in },
        program: (inout BinaryFacts) -> Void = { _ in }
    ) -> [String]? {
        var draft = ImageDraft()
        var facts = ImageDraft.facts(.executable)
        facts.needs = needs
        program(&facts)
        draft.binary("app", facts)
        edit(&draft)
        return draft.verdict("app")?.gaps.map { "\($0.need): \($0.missing)" }
    }

    @Test("an image of nothing but a program lacks all of it")
    func nothing() {
        #expect(
            gaps(Set(BinaryFacts.Need.allCases)) == [
                "certificates: /etc/ssl/certs/ca-certificates.crt", "names: /etc/nsswitch.conf", "shell: /bin/sh",
                "temporaryFiles: /tmp", "timeZones: /usr/share/zoneinfo", "users: /etc/passwd",
            ])
        #expect(gaps([]) == [])
    }

    @Test("an image that has it all lacks nothing")
    func everything() {
        let found = gaps(Set(BinaryFacts.Need.allCases)) { draft in
            for path in [
                "etc/ssl/certs/ca-certificates.crt", "usr/share/zoneinfo/UTC", "etc/nsswitch.conf", "etc/passwd",
                "bin/sh",
            ] {
                draft.text(path, "")
            }
            draft.directory("tmp", mode: 0o1777)
        }
        #expect(found == [])
    }

    @Test(
        "certificates of other distributions count, and a directory of them",
        arguments: [
            "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/cert.pem", "etc/ssl/certs/0a775a30.0", "usr/lib/ssl/cert.pem",
        ])
    func certificates(_ path: String) { #expect(gaps([.certificates]) { $0.text(path, "") } == []) }

    @Test("a directory without certificates and links to nowhere don't count")
    func noCertificates() {
        #expect(gaps([.certificates]) { $0.directory("etc/ssl/certs") }?.count == 1)
        #expect(gaps([.certificates]) { $0.link("etc/ssl/cert.pem", "certs/gone.crt") }?.count == 1)
    }

    @Test("SSL_CERT_FILE and SSL_CERT_DIR say where certificates are")
    func certificateVariables() {
        func with(_ env: [String], _ path: String) -> [String]? {
            gaps([.certificates]) {
                $0.config.env = env
                $0.text(path, "")
            }
        }
        #expect(with(["SSL_CERT_FILE=/ca.pem"], "ca.pem") == [])
        #expect(with(["SSL_CERT_FILE=/other.pem"], "ca.pem") == ["certificates: /other.pem"])
        #expect(with(["SSL_CERT_DIR=/certs:/ca"], "ca/one.pem") == [])
        #expect(with(["SSL_CERT_DIR=/certs"], "etc/ssl/certs/one.pem")?.count == 1)
    }

    @Test("certificates and time zones inside of the program are there")
    func builtIn() {
        var build = GoBuild(version: "go1.22")
        build.dependencies = [.init(.init(path: "golang.org/x/crypto/x509roots/fallback", version: "v0.0.0"))]
        build.settings = [.init(key: "-tags", value: "netgo,timetzdata")]
        #expect(gaps([.certificates, .timeZones], program: { $0.go = build }) == [])
        let rust = RustBuild(crates: [
            .init(name: "webpki-roots", version: "1.0", source: "crates.io", isBuildOnly: false, isRoot: false)
        ])
        #expect(gaps([.certificates], program: { $0.rust = rust }) == [])
    }

    @Test("Go looks for time zones where ZONEINFO says, others where TZDIR says")
    func zones() {
        func edit(_ draft: inout ImageDraft) {
            draft.config.env = ["ZONEINFO=/zones.zip", "TZDIR=/zones"]
            draft.text("zones.zip", "")
        }
        #expect(gaps([.timeZones], edit, program: { $0.go = GoBuild(version: "go1.22") }) == [])
        #expect(gaps([.timeZones], edit) == ["timeZones: /zones"])
    }

    @Test("a user without account is told of, root is not")
    func users() {
        func with(_ user: String) -> [String]? {
            gaps([.users]) {
                $0.config.user = user
                $0.text("etc/passwd", "app:x:1000:1000::/:/bin/sh\n")
            }
        }
        #expect(with("65532") == ["users: an entry for 65532 in /etc/passwd"])
        #expect(with("1000") == [])
        #expect(with("app") == [])
        #expect(with("") == [])
    }

    @Test("a directory for temporary files must be one that the user can write to")
    func temporaryFiles() {
        func with(_ mode: UInt32, _ env: [String] = []) -> [String]? {
            gaps([.temporaryFiles]) {
                $0.config.user = "1000"
                $0.config.env = env
                $0.directory("tmp", mode: mode)
            }
        }
        #expect(with(0o1777) == [])
        #expect(with(0o755) == ["temporaryFiles: /tmp, writable for 1000"])
        #expect(with(0o1777, ["TMPDIR=/scratch"]) == ["temporaryFiles: /scratch"])
    }

    @Test("a program whose C library is musl has no use for a name service switch")
    func musl() {
        #expect(gaps([.names], program: { $0.interpreter = "/lib/ld-musl-x86_64.so.1" }) == [])
    }

    @Test("a script wants what its interpreter wants")
    func script() {
        var draft = ImageDraft()
        var facts = ImageDraft.facts(.executable)
        facts.needs = [.timeZones]
        draft.binary("usr/bin/python3", facts)
        draft.script("app.py", "/usr/bin/python3")
        draft.config.entrypoint = ["/app.py"]
        #expect(draft.verdict()?.gaps == [.init(need: .timeZones, missing: "/usr/share/zoneinfo")])
    }
}
