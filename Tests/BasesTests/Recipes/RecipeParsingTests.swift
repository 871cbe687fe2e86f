import Bases
import Core
import Debian
import HostOS
import SampanTestSupport
import Testing

@Suite("Bases: reading recipes")
struct RecipeParsingTests {
    private func load(_ text: String, _ prepare: (TemporaryDirectory) throws -> Void = { _ in }) throws -> RecipeChain {
        let directory = try TemporaryDirectory("recipe")
        try prepare(directory)
        return try RecipeChain.load(try directory.file("mine.yaml", text))
    }

    @Test("every key is read")
    func everything() throws {
        let hex = String(repeating: "ab", count: 32)
        let directory = try TemporaryDirectory("recipe")
        try directory.file("keys.gpg", "k")
        try directory.file("sub/ca.pem", "c")
        try directory.file("motd", "hello")
        try directory.file("go.tar.gz", "g")
        let path = try directory.file(
            "mine.yaml",
            """
            # My base.
            #   With a second line.
            extends: static
            suite: trixie
            suites: [trixie-backports]
            components: [main, non-free-firmware]
            mirror: http://localhost/debian/
            keyring: keys.gpg
            snapshot: 20250520T000000Z
            snapshot-mirror: https://localhost/archive
            architectures: [arm64]
            packages: [libc6, "golang-go/trixie-backports", "tzdata=2025b-0+deb12u2"]
            without: [awk]
            recommends: true
            slices: [info, {zoneinfo: [Antarctica]}, {paths: ["/usr/share/foo/**"]}]
            accounts:
              groups: [{name: app, gid: 100, members: [app]}]
              users: [{name: app, uid: 100, gid: 101, home: /srv, shell: /bin/sh, comment: The app}, {name: b, uid: 7}]
            certificates: [sub/ca.pem]
            directories: [{path: /srv}, {path: /srv/data/, mode: 2750, owner: "100:101"}]
            files: [{path: /etc/a, content: "x\\n", mode: "0600"}, {path: /etc/motd, from: ./motd, owner: "1:2"}]
            moves: [{from: /bin/a, to: /b}]
            symlinks: [{path: /x, to: ../y}, {directory: /bb, to: busybox, names: [ls, "["]}]
            archives:
              - {file: go.tar.gz, sha256: \(hex), to: /usr/local, strip: 1, architecture: arm64}
              - {url: "https://localhost/x.tar", sha256: \(hex), to: /}
            environment: {PATH: "/srv/bin:${PATH}", EMPTY: ""}
            user: app
            workdir: /srv
            entrypoint: [/srv/app]
            command: [serve, "8080"]
            labels: {org.example: yes}
            configure: false
            essential: true
            """)
        let chain = try RecipeChain.load(path)
        let level = try #require(chain.levels.last)
        #expect(chain.name == "mine" && chain.levels.count == 2)
        #expect(level.summary == "My base.\nWith a second line.")
        #expect(level.origin == .file(directory: directory.path, name: "mine.yaml"))
        #expect(chain.suite == "trixie")
        #expect(chain.repository.suites == ["trixie-backports"])
        #expect(chain.repository.components == ["main", "non-free-firmware"])
        #expect(chain.repository.mirror == "http://localhost/debian")
        #expect(chain.repository.snapshot == "20250520T000000Z")
        #expect(chain.repository.snapshotMirror == "https://localhost/archive")
        #expect(chain.repository.keyring?.path == "keys.gpg")
        #expect(chain.architectures == ["arm64"])
        #expect(
            level.packages == [
                PackageRequest(name: "libc6"), PackageRequest(name: "golang-go", suite: "trixie-backports"),
                PackageRequest(name: "tzdata", version: "2025b-0+deb12u2"),
            ])
        #expect(level.packages[1].span.map { $0.file.position(at: $0.range.start).line } == 12)
        #expect(level.recommends && level.essential && !level.configure)
        #expect(Array(level.slices.suffix(2)) == [.zoneinfo(["Antarctica"]), .paths(["/usr/share/foo/**"])])
        #expect(level.groups == [Recipe.Group(name: "app", gid: 100, members: ["app"])])
        #expect(
            level.users.map { "\($0.name) \($0.uid) \($0.gid) \($0.home) \($0.shell) \($0.comment)" } == [
                "app 100 101 /srv /bin/sh The app", "b 7 7 /nonexistent /sbin/nologin b",
            ])
        #expect(try level.certificates.map { try WholeFile.read($0.open(), limit: 10) } == [Array("c".utf8)])
        #expect(
            level.directories == [
                Recipe.Directory(path: "srv", mode: 0o755, owner: .init()),
                Recipe.Directory(path: "srv/data", mode: 0o2750, owner: .init(uid: 100, gid: 101)),
            ])
        #expect(level.files.map(\.mode) == [0o600, 0o644])
        #expect(level.files[0].content == .text("x\n"))
        #expect(level.files[1].content == .local(.init(path: "motd", directory: directory.path)))
        #expect(level.moves == [Recipe.Move(from: "bin/a", to: "b")])
        #expect(level.symlinks.map { "\($0.path) \($0.target)" } == ["x ../y", "bb/ls busybox", "bb/[ busybox"])
        #expect(level.archives.map(\.strip) == [1, 0])
        #expect(level.archives.map(\.architecture) == ["arm64", nil])
        #expect(level.archives[1].source == .url("https://localhost/x.tar"))
        #expect(level.archives[1].destination.isRoot)
        let variables = chain.image.environment.map { "\($0.name)=\($0.value)" }
        #expect(variables[0] == "PATH=/srv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        #expect(variables[2] == "EMPTY=")
        #expect(chain.image.user == "app" && chain.image.workdir == "/srv")
        #expect(chain.image.entrypoint == ["/srv/app"] && chain.image.command == ["serve", "8080"])
        #expect(chain.image.labels == ["org.example": "yes"])
    }

    @Test(
        "a mistake is reported where it stands",
        arguments: [
            ("pakages: [a]", "3:1 yaml.unknown-key did you mean 'packages'?"),
            ("packages: libc6", "3:11 yaml.type"),
            ("packages: [libc6, Libc]", "3:19 recipe.package"), ("packages: [\"a b\"]", "3:12 recipe.package"),
            ("packages: [libc6=]", "3:12 recipe.package"), ("packages: [libc6/../x]", "3:12 recipe.package"),
            ("packages: [libc6, libc6]", "3:19 recipe.duplicate"),
            ("suites: [\"b w\"]", "3:10 recipe.suite"), ("components: [\"\"]", "3:14 recipe.component"),
            ("mirror: ftp://host/debian", "3:9 recipe.url"), ("mirror: http://u:secret@host/", "3:9 recipe.url"),
            ("snapshot: 2025-05-20", "3:11 recipe.snapshot"),
            ("architectures: [amd46]", "3:17 recipe.architecture did you mean 'amd64'?"),
            ("slices: [dosc]", "3:10 recipe.slice did you mean 'docs'?"),
            ("slices: [{zoneinf: [a]}]", "3:11 yaml.unknown-key did you mean 'zoneinfo'?"),
            ("slices: [{zoneinfo: [a], paths: [/b]}]", "3:10 recipe.slice"),
            ("slices: [{paths: [usr/share]}]", "3:19 recipe.pattern"),
            ("slices: [{zoneinfo: [../x]}]", "3:22 recipe.zone"),
            ("accounts: {users: [{name: x}]}", "3:20 yaml.missing-key"),
            ("accounts: {users: [{name: \"x:y\", uid: 1}]}", "3:27 recipe.account-name"),
            ("accounts: {users: [{name: x, uid: 4294967295}]}", "3:35 yaml.integer"),
            ("accounts: {users: [{name: x, uid: 1, comment: \"a:b\"}]}", "3:47 recipe.account-field"),
            ("accounts: {user: []}", "3:12 yaml.unknown-key did you mean 'users'?"),
            ("accounts: {groups: [{name: a, gid: 1}, {name: a, gid: 2}]}", "3:40 recipe.duplicate"),
            ("directories: [{path: tmp}]", "3:22 recipe.path"),
            ("directories: [{path: /a/../b}]", "3:22 recipe.path"), ("directories: [{path: /}]", "3:22 recipe.path"),
            ("directories: [{path: /a, mode: \"0888\"}]", "3:32 recipe.mode"),
            ("directories: [{path: /a, mode: \"77777\"}]", "3:32 recipe.mode"),
            ("directories: [{path: /a, owner: root}]", "3:33 recipe.owner"),
            ("directories: [{path: /a, owner: \"1:\"}]", "3:33 recipe.owner"),
            ("directories: [{path: /a}, {path: /a/}]", "3:27 recipe.duplicate"),
            ("symlinks: [{directory: /a, to: b, names: [c, c]}]", "3:46 recipe.duplicate"),
            ("files: [{path: /a}]", "3:9 recipe.choice"),
            ("files: [{path: /a, content: a, from: b}]", "3:38 recipe.file"),
            ("files: [{path: /a, from: ../secret}]", "3:26 recipe.outside"),
            ("files: [{path: /a, from: /etc/passwd}]", "3:26 recipe.outside"),
            ("files: [{path: /a, from: missing}]", "3:26 recipe.file"),
            ("files: [{path: /a, from: .}]", "3:26 recipe.file"),
            ("certificates: [missing.pem]", "3:16 recipe.file"),
            ("keyring: nowhere/keys.gpg", "3:10 recipe.file"),
            ("moves: [{from: /a}]", "3:9 yaml.missing-key"),
            ("symlinks: [{to: a}]", "3:12 recipe.choice"),
            ("symlinks: [{directory: /a, to: b}]", "3:12 yaml.missing-key"),
            ("symlinks: [{directory: /a, to: b, names: [a/b]}]", "3:43 recipe.name"),
            ("symlinks: [{path: /a, to: b, names: [c]}]", "3:30 yaml.unknown-key"),
            ("archives: [{url: \"http://h/a\", to: /a}]", "3:12 yaml.missing-key"),
            ("archives: [{url: \"http://h/a\", to: /a, sha256: abc}]", "3:48 recipe.digest"),
            ("environment: {1A: b}", "3:15 recipe.variable"), ("environment: {A: \"${B}\"}", "3:15 recipe.variable"),
            ("environment: [A=b]", "3:14 yaml.type"), ("user: \"a:b:c\"", "3:7 recipe.user"),
            ("user: \"\"", "3:7 recipe.user"), ("workdir: srv", "3:10 recipe.path"),
            ("configure: 1", "3:12 yaml.boolean"), ("labels: {a: [b]}", "3:13 yaml.type"),
            ("configure: true\nextends: static", "3:1 recipe.configure"),
            ("extends: statc", "3:10 recipe.unknown did you mean 'static'?"),
            ("extends: other.yaml", "3:10 recipe.missing"), ("extends: ../other.yaml", "3:10 recipe.outside"),
            ("extends: no/other.yaml", "3:10 recipe.missing"),
            ("extends: mine.yaml", "3:10 recipe.cycle"),
        ])
    func mistakes(text: String, expected: String) {
        let error = #expect(throws: (any Error).self) { _ = try load("# A base.\nsuite: bookworm\n" + text + "\n") }
        guard let error else { return }
        let diagnostics = (error as? DiagnosticList)?.diagnostics ?? [Diagnostic(explaining: error)]
        let found = diagnostics.map { diagnostic in
            let place = diagnostic.span.map { $0.file.position(at: $0.range.start) }
            let hint = diagnostic.hint.map { " " + $0 } ?? ""
            return "\(place?.line ?? 0):\(place?.column ?? 0) \(diagnostic.code)\(hint)"
        }
        #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
    }

    @Test("all mistakes of a recipe are reported at once")
    func all() {
        let list = #expect(throws: DiagnosticList.self) {
            _ = try load("suite: bookworm\npakages: []\nuser: ':'\nslices: [doc]\nfiles: [{path: a, mode: 9}]\n")
        }
        #expect(
            list?.diagnostics.map(\.code) == [
                "yaml.unknown-key", "recipe.user", "recipe.slice", "recipe.choice", "recipe.path", "recipe.mode",
            ])
    }

    @Test("the password in an address is shown nowhere")
    func password() throws {
        let list = #expect(throws: DiagnosticList.self) {
            _ = try load("suite: bookworm\nmirror: http://me:secret@host/debian\n")
        }
        let text = try DiagnosticRenderer().render(#require(list?.diagnostics.first))
        #expect(
            text.contains("2 | mirror: http://*********@host/debian\n  |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"),
            "\(text)")
        #expect(!text.contains("secret"))
    }

    @Test("a chain without a suite is refused")
    func noSuite() {
        let list = #expect(throws: DiagnosticList.self) { _ = try load("packages: [libc6]\n") }
        #expect(list?.diagnostics.map(\.code) == ["recipe.no-suite"])
    }

    @Test("damaged recipes give a base or an error, never a trap", arguments: ["static", "python", "golang"])
    func damaged(name: String) throws {
        let directory = try TemporaryDirectory("recipe")
        let text = try RecipeChain.source(of: name).bytes
        let splices = [
            "[", "]", "{", "}", ": ", "- ", "\n", "\"", "~", "4294967295", "-1", "*", "/..", "${", "é", "\t",
        ]
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                if Bool.random(using: &generator) {
                    bytes.replaceSubrange(
                        place..<place + 1, with: splices[Int.random(in: splices.indices, using: &generator)].utf8)
                } else {
                    bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &generator)))
                }
            }
            let path = try directory.file("damaged.yaml", bytes)
            do { _ = try RecipeChain.load(path) } catch is DiagnosticList {} catch is RecipeError {}
        }
    }
}
