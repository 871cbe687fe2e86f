import Binaries
import Core
import ImageAnalysis
import Layers
import OCI
import Policy
import Testing

struct RuleTests {
    @Test("size: the budget is of what travels, and points at the largest layer")
    func size() async throws {
        var image = TestImage()
        image.layer("RUN make", .file("big", bytes: [1]))
        image.sizes = [0: 1_000_000, 1: 5_000_000]
        let results = try await image.judge("policy:\n  size:\n    max: 5MB\n    max-layer: 4MB\n").results
        #expect(
            results.map(\.message) == [
                "6.00 MB to pull, 1.00 MB over the limit of 5.00 MB",
                "layer 2 (RUN make, 5.00 MB) is over the limit of 4.00 MB",
            ])
        #expect(results.map(\.place?.firstLine) == [3, 3])
        #expect(results.map(\.policyPlace?.firstLine) == [3, 4])
    }

    @Test(
        "growth is measured against what was before",
        arguments: [
            (100, "5%", true), (105, "5%", true), (106, "5%", false), (110, "10", true), (111, "10", false),
            (50, "0%", true),
        ])
    func growth(size: Int, limit: String, holds: Bool) async throws {
        var image = TestImage()
        image.sizes[0] = size
        image.context.reference = ImageFigures(name: "the baseline", size: 100, unpacked: nil, layers: 1)
        #expect(try await image.findings("policy:\n  size:\n    max-growth: \(limit)\n").isEmpty == holds)
    }

    @Test("growth without anything to compare with does not hold")
    func noReference() async throws {
        #expect(try await TestImage().judge("policy:\n  size:\n    max-growth: 5%\n").failures == 1)
    }

    @Test(
        "user: root in all its spellings, and names",
        arguments: [
            (nil, "no user is set, so the image runs as root"), ("", "no user is set, so the image runs as root"),
            ("0", "the user '0' is root"), ("root", "the user 'root' is root"), ("0:1000", "the user '0:1000' is root"),
            ("00", "the user '00' is root"), ("toor", "the user 'toor' is root"),
            ("app", "the user 'app' is a name, not a number"), ("1000", nil), ("65532:65532", nil),
        ] as [(String?, String?)])
    func user(user: String?, message: String?) async throws {
        var image = TestImage()
        image.config.user = user
        let passwd = "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:\napp:x:1000:1000::/:\n"
        image.add(.file("etc/passwd", bytes: Array(passwd.utf8)), captured: passwd)
        #expect(try await image.findings("policy:\n  user: true\n") == [message].compactMap { $0 })
    }

    @Test("setuid and world-writable files are told with their instruction, except those allowed")
    func modes() async throws {
        var image = TestImage()
        image.layer(
            "RUN chmod", .directory("tmp", mode: 0o1777), .directory("data", mode: 0o777),
            .file("bin/su", bytes: [1], mode: 0o4755),
            .file("bin/wall", bytes: [1], mode: 0o2755), .file("open", bytes: [1], mode: 0o666),
            .symlink("l", to: "open"))
        let results = try await image.judge("policy:\n  setuid:\n    allow: [/bin/wall]\n  world-writable: true\n")
            .results
        #expect(
            results.map(\.message) == [
                "/bin/su is setuid", "everybody may write /data", "everybody may write /open",
            ])
        #expect(results.allSatisfy { $0.place?.firstLine == 3 && $0.place?.file == "Dockerfile" })
    }

    @Test("secrets: of every layer, hidden ones too, and of the configuration")
    func secrets() async throws {
        var image = TestImage()
        let secret = SecretFinding(rule: "private-key", title: "a private key", line: 1)
        image.add(.file("key.pem", bytes: [1]), secrets: [secret])
        image.add(.file("kept.pem", bytes: [1]), secrets: [secret])
        image.layer("RUN rm key.pem", .whiteout("key.pem"))
        image.config.env = ["PATH=/bin", "DB_PASSWORD=hunter2x"]
        #expect(
            try await image.findings("policy:\n  secrets: true\n") == [
                "a private key in /kept.pem:1",
                "a private key in /key.pem:1, which a later layer hides and does not remove",
                "a password or token in the environment in the variable DB_PASSWORD",
            ])
        let allowed = try await image.findings("policy:\n  secrets:\n    allow: ['*.pem']\n")
        #expect(allowed.count == 1)
    }

    @Test("shells, package managers and build tools are known by their names")
    func programs() async throws {
        var image = TestImage()
        image.layer(
            "FROM", .file("bin/sh", bytes: [1], mode: 0o755), .symlink("usr/bin/awk", to: "gawk"),
            .file("usr/bin/apt-get", bytes: [1], mode: 0o755), .file("usr/bin/python3.11", bytes: [1], mode: 0o755),
            .file("usr/local/bin/pip3.11", bytes: [1], mode: 0o755),
            .file("usr/bin/x86_64-linux-gnu-gcc-12", bytes: [1], mode: 0o755),
            .file("usr/local/go/bin/go", bytes: [1], mode: 0o755), .file("usr/share/doc/sh", bytes: [1], mode: 0o755),
            .file("etc/bash", bytes: [1], mode: 0o755), .file("sbin/make", bytes: [1], mode: 0o644))
        #expect(try await image.findings("policy:\n  shells: true\n") == ["/bin/sh is a shell"])
        #expect(
            try await image.findings("policy:\n  package-managers: true\n") == [
                "/usr/bin/apt-get is a package manager", "/usr/local/bin/pip3.11 is a package manager",
            ])
        #expect(
            try await image.findings("policy:\n  toolchains: true\n") == [
                "/usr/bin/x86_64-linux-gnu-gcc-12 is a build tool", "/usr/local/go/bin/go is a build tool",
            ])
    }

    @Test(
        "linkage: the hint goes by what is missing first",
        arguments: [
            (.user("app"), "write the number in USER, which needs no entry in /etc/passwd"),
            (.notExecutable("app"), "copy it with COPY --chmod=755"),
            (.shell("/bin/sh"), "write ENTRYPOINT or CMD as a list, which needs no shell"),
            (.library("libx.so.1", neededBy: "app"), "see sampan inspect: it says on which bases it would"),
        ] as [(ProgramVerdict.Missing, String)])
    func linkageHints(missing: ProgramVerdict.Missing, hint: String) async throws {
        var image = TestImage()
        image.programs = [ProgramVerdict(path: "app", isEntrypoint: true, start: .fails([missing]))]
        #expect(try await image.judge("policy:\n  linkage: true\n").results.first?.hint == hint)
    }

    @Test("linkage: what is missing is said, of the entrypoint or of all")
    func linkage() async throws {
        var image = TestImage()
        image.programs = [
            ProgramVerdict(
                path: "app", isEntrypoint: true, start: .resolves(libraries: ["lib/libc.so.6"]),
                gaps: [.init(need: .certificates, missing: "/etc/ssl/certs/ca-certificates.crt")]),
            ProgramVerdict(
                path: "bin/b", isEntrypoint: false, start: .fails([.library("libx.so.1", neededBy: "bin/b")])),
        ]
        #expect(try await image.findings("policy:\n  linkage: true\n").isEmpty)
        #expect(
            try await image.findings("policy:\n  linkage:\n    require: static\n") == ["/app is linked to 1 libraries"])
        #expect(
            try await image.findings("policy:\n  linkage:\n    programs: all\n    runtime: true\n") == [
                "/app will miss /etc/ssl/certs/ca-certificates.crt",
                "/bin/b does not start: libx.so.1 is missing, which /bin/b needs",
            ])
        image.programs = []
        #expect(try await image.judge("policy:\n  linkage: true\n").failures == 1)
    }

    @Test("ports, health check, labels and platforms are those of the configuration")
    func config() async throws {
        var image = TestImage()
        image.config.exposedPorts = ["80/tcp", "8080/tcp", "9005/udp"]
        #expect(try await image.findings("policy:\n  ports: true\n") == ["port 80/tcp is below 1024"])
        #expect(
            try await image.findings("policy:\n  ports:\n    allowed: [80, 9000-9010/udp]\n") == [
                "port 8080/tcp is not among those allowed"
            ])
        #expect(try await image.findings("policy:\n  healthcheck: true\n") == ["there is no health check"])
        image.config.healthcheck = .init(test: ["CMD", "/app"])
        #expect(
            try await image.findings("policy:\n  healthcheck:\n    expect: absent\n") == ["there is a health check"])
        image.config.labels = ["a": "https://git.example.org/x", "internal.x": "1"]
        let labels =
            "policy:\n  labels:\n    required: [a, b]\n    forbidden: [internal.*]\n    values: {a: 'https://other.*'}\n"
        #expect(try await image.findings(labels).count == 3)
        #expect(
            try await image.findings("policy:\n  platforms:\n    required: [linux/amd64, linux/arm64]\n") == [
                "there is no image for linux/arm64"
            ])
    }

    @Test("files that must be there, and files that must not, each directory told once")
    func files() async throws {
        var image = TestImage()
        image.layer(
            "COPY . /src", .file("src/.git/config", bytes: [1]), .file("src/.git/HEAD", bytes: [1]),
            .file("src/a/b.pyc", bytes: [1]),
            .file("src/Dockerfile", bytes: [1]))
        #expect(
            try await image.findings(
                "policy:\n  files:\n    required: [/app, /etc/ssl/**]\n    forbidden: [.git, '*.pyc']\n") == [
                    "/etc/ssl/** is missing", "/src/.git must not be there (.git)",
                    "/src/a/b.pyc must not be there (*.pyc)",
                ])
        image.context.hasIgnoreFile = false
        #expect(
            try await image.findings("policy:\n  context: true\n") == [
                "the build context has no .dockerignore", "/src/.git came along from the build context",
                "/src/Dockerfile came along from the build context",
            ])
    }

    @Test("context: what a later layer gave another owner is blamed on the COPY that brought it")
    func contextOfCopies() async throws {
        var image = TestImage()
        image.layer("COPY . /src", .file("src/.git/HEAD", bytes: [1]), .file("src/.env", bytes: [1]))
        image.layer(
            "RUN chown -R 5 /src", .directory("src/.git", mode: 0o755, uid: 5),
            .file("src/.git/HEAD", bytes: [1], uid: 5), .file("src/.env", bytes: [1], uid: 5))
        image.waste.items = ["src/.git/HEAD", "src/.env"].map {
            .init(kind: .metadataCopy, path: $0, bytes: 1, layer: 1, replacedBy: 2)
        }
        let results = try await image.judge("policy:\n  context: {ignore-file: false}\n").results
        #expect(results.map(\.place?.firstLine) == [3, 3])
        let files = try await image.judge("policy:\n  files: {forbidden: [.git, .env]}\n").results
        #expect(files.map(\.place?.firstLine) == [3, 3])
    }

    @Test(
        "base: patterns hold for every way to write a name",
        arguments: [
            ("debian:12", "debian", true), ("debian:12-slim", "docker.io/library/debian:12*", true),
            ("debian:11", "debian:12*", false),
            ("gcr.io/distroless/static@sha256:" + String(repeating: "a", count: 64), "gcr.io/distroless/**", true),
            ("scratch", "debian", true), ("base:static", "base:*", true),
            ("evil.example.org/debian:12", "debian*", false),
        ])
    func base(name: String, pattern: String, holds: Bool) async throws {
        var image = TestImage()
        image.context.bases = [.init(name: name)]
        #expect(try await image.findings("policy:\n  base:\n    allowed: ['\(pattern)']\n").isEmpty == holds)
    }

    @Test("base: unpinned, unknown, old and dead ones are told")
    func baseState() async throws {
        var image = TestImage()
        #expect(try await image.judge("policy:\n  base:\n    digest: true\n").failures == 1)
        image.context.bases = [.init(name: "debian:10"), .init(name: "golang:1", isFinal: false)]
        #expect(
            try await image.findings("policy:\n  base:\n    digest: true\n") == [
                "debian:10 is not pinned to a digest", "golang:1 is not pinned to a digest",
            ])
        image.baseLayers = 1
        image.layer("COPY", .file("x", bytes: [1]))
        image.created[0] = "2030-01-01T00:00:00Z"
        #expect(
            try await image.findings("policy:\n  base:\n    max-age: 90d\n") == [
                "the base is of 2030-01-01, 165 days old; 90 are allowed"
            ])
        #expect(try await image.findings("policy:\n  base:\n    max-age: 1y\n").isEmpty)
        image.created[0] = "1970-01-01T00:00:00Z"
        #expect(try await image.judge("policy:\n  base:\n    max-age: 1y\n").failures == 1)
        image.add(.file("etc/os-release", bytes: [1]), captured: "ID=debian\nVERSION_ID=\"10\"\n")
        #expect(
            try await image.findings("policy:\n  base:\n    supported: true\n") == [
                "debian 10 has had no security fixes since 2024-06-30"
            ])
    }

    @Test("waste is judged in bytes, as a share and as dive does")
    func waste() async throws {
        var image = TestImage()
        image.add(.file("cache", bytes: Array(repeating: 1, count: 97)))
        image.waste = Waste(
            items: [.init(kind: .packageCache, path: "cache", bytes: 40, layer: 0)], diveEfficiency: 0.8,
            diveWastedBytes: 40)
        #expect(
            try await image.findings("policy:\n  waste:\n    max: 39\n    max-share: 39.9%\n    min-efficiency: 90%\n")
                .count == 3)
        #expect(
            try await image.findings("policy:\n  waste:\n    max: 40\n    max-share: 40%\n    min-efficiency: 80%\n")
                .isEmpty)
    }

    @Test("reproducible: rebuilt and compared, and broken where nothing can be built")
    func reproducible() async throws {
        var image = TestImage()
        let policy = "policy:\n  reproducible: true\n"
        #expect(try await image.judge(policy).failures == 1)
        image.context.rebuild = { _ in .same }
        #expect(try await image.judge(policy).isPassed)
        image.context.rebuild = { _ in .different("layer 2") }
        #expect(try await image.findings(policy) == ["building once more gives another image: layer 2"])
    }

    @Test("rules bear an image of nothing")
    func empty() async throws {
        var image = TestImage()
        image.layers = []
        image.programs = []
        let all = PolicyRules.names.map { "  \($0): {mode: warn}\n" }.joined()
        #expect(try await image.judge("policy:\n" + all).isPassed)
    }
}
