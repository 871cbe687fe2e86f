import Binaries
import ContentStore
import Core
import DockerfileSyntax
import OCI
import Testing

@testable import ImageAnalysis

@Suite("advice is a Dockerfile as it is printed")
struct AdviceDockerfileTests {
    // MARK: Images

    private static let fatDockerfile = """
        # syntax=docker/dockerfile:1
        FROM golang:1.22
        LABEL team="a \\"b\\""
        ENV PORT=8080 GREETING="costs $5"
        COPY . /app
        # built with all there is
        RUN --mount=type=cache,target=/root/.cache \\
            apt-get update && \\
            # it's for the tests
            apt-get install -y gcc && \\
            go build -o /app/server .
        RUN chown -R 1000 /app
        EXPOSE 8080
        HEALTHCHECK --interval=30s CMD ["/app/server", "-check"]
        WORKDIR /app/data dir
        ENTRYPOINT ["/app/server"]
        CMD ["-v"]
        """

    /// A Go SDK with a program in it, and whatever else can be wrong with an image.
    private static var fat: ImageStack {
        var stack = ImageStack()
        stack.config = ContainerConfig(
            exposedPorts: ["8080/tcp"],
            env: [
                "PATH=/usr/local/go/bin:/usr/bin", "GOLANG_VERSION=1.22", "PORT=8080", "GREETING=costs $5", "OF_BASE=1",
            ],
            entrypoint: ["/app/server"], cmd: ["-v"], volumes: ["/var/lib/a b"], workingDir: "/app/data dir",
            labels: ["team": "a \"b\"", "of.base": "x"], stopSignal: "SIGINT",
            healthcheck: .init(test: ["CMD", "/app/server", "-check"], interval: 30_000_000_000, retries: 4))
        stack.instructions = ["FROM": 2, "ENTRYPOINT": 16]
        stack.layer("ADD rootfs.tar /")
        stack.large("usr/local/go/bin/go", size: 30_000_000)
        stack.layer("COPY . /app # buildkit", line: 5)
        stack.file("app/.git/a b", "g", size: 50_000)
        stack.file("app/my key,1.pem", "k", size: 50) {
            $0.secrets = [SecretFinding(rule: "private-key", title: "a private key", line: 1)]
        }
        stack.file("app/testdata/x", "t", size: 50_000)
        stack.layer(
            "RUN /bin/sh -c apt-get update && apt-get install -y gcc && go build -o /app/server . # buildkit",
            line: 7, to: 11)
        stack.file("app/server", "s", size: 60_000, mode: 0o755) {
            $0.binary = ImageStack.binary(symbols: 20_000)
            $0.binary?.go = GoBuild(version: "go1.22")
        }
        stack.file("var/lib/apt/lists/x", "l", size: 50_000)
        stack.file("tmp/it's", "d", size: 70_000)
        stack.layer("RUN /bin/sh -c chown -R 1000 /app && rm \"/tmp/it's\" # buildkit", line: 12)
        stack.file("app/.git/a b", "g", size: 50_000, uid: 1000)
        stack.file("app/my key,1.pem", "k", size: 50, uid: 1000) {
            $0.secrets = [SecretFinding(rule: "private-key", title: "a private key", line: 1)]
        }
        stack.file("app/testdata/x", "t", size: 50_000, uid: 1000)
        stack.file("app/server", "s", size: 60_000, mode: 0o755, uid: 1000) {
            $0.binary = ImageStack.binary(symbols: 20_000)
            $0.binary?.go = GoBuild(version: "go1.22")
        }
        stack.whiteout("tmp/it's")
        return stack
    }

    // MARK: Reading

    private static func parse(_ text: String) -> ParseResult {
        Dockerfile.parse(SourceFile(name: "Dockerfile", bytes: Array(text.utf8)))
    }

    /// A piece with what has to stand before it.
    private static func whole(_ after: String) -> String {
        let first = after.split(separator: "\n").first { !$0.hasPrefix("#") } ?? ""
        return first.hasPrefix("FROM") && !after.hasPrefix("# Behind") ? after : "FROM scratch AS build\n" + after
    }

    @Test("every piece is read without an error", arguments: [fatDockerfile, nil])
    func pieces(_ dockerfile: String?) throws {
        let advice = try Self.fat.advice(dockerfile: dockerfile)
        let rules = Set(advice.map(\.rule))
        for rule in [
            "multi-stage", "secret", "dockerignore", "test-data", "package-lists", "no-install-recommends", "non-root",
            "strip-symbols", "set-owner-while-copying", "set-owner-in-same-layer", "delete-in-same-layer",
        ] {
            #expect(rules.contains(rule), "\(rule)")
        }
        #expect(!rules.contains("smaller-base"))
        for piece in advice {
            let after = try #require(piece.after, "\(piece.rule)")
            if after.hasPrefix("# .dockerignore") { continue }
            #expect(Self.parse(Self.whole(after)).errors.map(\.diagnostic.message) == [], "\(after)")
        }
    }

    @Test("edits keep what is written: flags, comments, continued lines")
    func written() throws {
        let advice = try Self.fat.advice(dockerfile: Self.fatDockerfile)
        let lines = Self.fatDockerfile.split(separator: "\n", omittingEmptySubsequences: false)
        let run = lines[6...10].joined(separator: "\n")
        let lists = try #require(advice.first { $0.rule == "package-lists" })
        #expect(lists.before == run)
        #expect(lists.after == run + " && \\\n    rm -rf /var/lib/apt/lists/*")
        let recommends = try #require(advice.first { $0.rule == "no-install-recommends" })
        #expect(recommends.after == run.replacing("install -y", with: "install --no-install-recommends -y"))
        let symbols = try #require(advice.first { $0.rule == "strip-symbols" })
        #expect(symbols.after == run.replacing("go build", with: #"go build -trimpath -ldflags="-s -w""#))
        let deleted = try #require(advice.first { $0.rule == "delete-in-same-layer" })
        #expect(deleted.after == run + #" && \"# + "\n    rm -rf '/tmp/it'\\''s'")
        let secret = try #require(advice.first { $0.rule == "secret" })
        #expect(
            secret.after
                == "# .dockerignore\n**/my key,1.pem\n# and where a RUN needs it: --mount=type=secret,id=my-key-1.pem")
    }

    @Test("the whole edit for another stage: a name for the first, and a last one with all settings")
    func stages() throws {
        let piece = try #require(try Self.fat.advice(dockerfile: Self.fatDockerfile).first { $0.rule == "multi-stage" })
        #expect(piece.place?.firstLine == 2)
        #expect(piece.before == "FROM golang:1.22")
        #expect(
            piece.title
                == "30.0 MB of compilers, headers and sources are in the final stage: build in a stage of its own, "
                + "and end on base:static, which saves up to 27.2 MB")
        #expect(piece.bytes == 30_000_000)
        let after = try #require(piece.after)
        #expect(
            after == #"""
                FROM golang:1.22 AS build
                # What follows it stays; behind that comes
                FROM base:static
                LABEL team="a \"b\""
                ENV PORT="8080"
                ENV GREETING="costs \$5"
                WORKDIR /app/data dir
                COPY --from=build /app/server /app/server
                # and in the same way what else it reads while it runs
                EXPOSE 8080/tcp
                VOLUME ["/var/lib/a b"]
                STOPSIGNAL SIGINT
                HEALTHCHECK --interval=30s --retries=4 CMD ["/app/server", "-check"]
                USER 65532:65532
                ENTRYPOINT ["/app/server"]
                CMD ["-v"]
                """#)
        // Put into the Dockerfile, it is one that has both stages.
        let parts = after.split(separator: "\n", maxSplits: 1).map(String.init)
        let edited = Self.fatDockerfile.replacing("FROM golang:1.22", with: parts[0]) + "\n" + parts[1]
        let result = Self.parse(edited)
        #expect(result.errors.map(\.diagnostic.message) == [])
        #expect(result.dockerfile.stages.map(\.name) == ["build", nil])
        #expect(result.dockerfile.stages.last?.statements.count == 12)
    }

    @Test("without the Dockerfile all settings are taken over but those of toolchains")
    func unknown() throws {
        let piece = try #require(try Self.fat.advice().first { $0.rule == "multi-stage" })
        #expect(piece.before == nil)
        let after = try #require(piece.after)
        #expect(after.contains("\nENV OF_BASE=\"1\"\n"))
        #expect(after.contains("\nLABEL of.base=\"x\"\n"))
        #expect(!after.contains("GOLANG_VERSION"))
        #expect(Self.parse(Self.whole(after)).dockerfile.stages.count == 2)
    }

    @Test("a health check that wants a shell is not put on a base that has none")
    func shellCheck() throws {
        var stack = Self.fat
        stack.config.healthcheck = .init(test: ["CMD-SHELL", "curl -f localhost || exit 1"])
        stack.config.user = "1000:7"
        let after = try stack.advice(dockerfile: Self.fatDockerfile).first { $0.rule == "multi-stage" }?.after
        #expect(
            after?.contains("\n# base:static has no shell for\n# HEALTHCHECK CMD curl -f localhost || exit 1\n") == true
        )
        #expect(after?.contains("\nUSER 1000:7\n") == true)
    }

    @Test("a shell that only hands a command on is left out; one that does more is needed")
    func shellForm() throws {
        var stack = Self.fat
        stack.file("bin/sh", "sh", size: 9, mode: 0o755) { $0.binary = ImageStack.binary(symbols: 0) }
        stack.config.workingDir = "/app"
        stack.config.entrypoint = []
        stack.config.cmd = ["/bin/sh", "-c", "exec ./server -v 'a b'"]
        let piece = try #require(try stack.advice(dockerfile: Self.fatDockerfile).first { $0.rule == "multi-stage" })
        #expect(piece.after?.hasSuffix("\nUSER 65532:65532\nCMD [\"/app/server\", \"-v\", \"a b\"]") == true)

        stack.config.cmd = ["/bin/sh", "-c", "./server -v $VERBOSE"]
        let other = try #require(try stack.advice(dockerfile: Self.fatDockerfile).first { $0.rule == "multi-stage" })
        #expect(other.after?.contains("\nFROM alpine\n") == true)
    }

    @Test("a stage that has a name keeps it, and one that only copies gets another base")
    func names() throws {
        let named = Self.fatDockerfile.replacing("FROM golang:1.22", with: "FROM golang:1.22 AS sdk")
        let after = try Self.fat.advice(dockerfile: named).first { $0.rule == "multi-stage" }?.after
        #expect(after?.hasPrefix("FROM golang:1.22 AS sdk\n# What") == true)
        #expect(after?.contains("COPY --from=sdk /app/server /app/server") == true)

        var stack = ImageStack()
        stack.config = ContainerConfig(user: "1", entrypoint: ["/server"])
        stack.instructions = ["FROM": 3]
        stack.layer("ADD rootfs.tar /")
        stack.large("usr/share/x", size: 30_000_000)
        stack.layer("COPY /server /server # buildkit", line: 4)
        stack.file("server", "s", size: 10_000, mode: 0o755) { $0.binary = ImageStack.binary() }
        let dockerfile = "FROM golang AS build\nRUN go build\nFROM debian AS last\nCOPY --from=build /server /server\n"
        let piece = try stack.advice(dockerfile: dockerfile).first { $0.rule == "smaller-base" }
        #expect(piece?.before == "FROM debian AS last")
        #expect(piece?.after == "FROM base:static AS last")
    }

    @Test("COPY written as JSON means the paths themselves")
    func copies() throws {
        for path in ["a b", "a$b", "a[1]*?", "ü", "a\"b"] {
            let text = try #require(DockerfileWords.copy("--from=build", [BytePath(cleaning: path)], to: "/" + path))
            let result = Self.parse("FROM scratch AS build\nFROM scratch\n" + text)
            #expect(result.errors.isEmpty)
            guard case .copy(let copy)? = result.dockerfile.stages.last?.statements.first?.command,
                case .path(let source)? = copy.transfer.sources.first
            else {
                Issue.record("no COPY: \(text)")
                continue
            }
            #expect(copy.transfer.destination.text.replacing("\\$", with: "$") == "/" + path)
            let plain = source.text.replacing("\\$", with: "$")
            #expect(["*", "?", "["].reduce(plain) { $0.replacing("[\($1)]", with: $1) } == "/" + path)
        }
    }
}
