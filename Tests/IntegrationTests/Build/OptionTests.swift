import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("options of a build")
struct OptionTests {
    @Test("--target builds a stage and what it needs, nothing else")
    func target() throws {
        let work = try Workspace()
        try work.file("f", "f")
        let dockerfile =
            "FROM scratch AS one\nCOPY f /one\nFROM scratch AS two\nCOPY missing /two\nFROM one\nCOPY f /three\n"
        try work.image(dockerfile, ["-t", "x", "--target", "one"])
        #expect(try work.files("x").keys.sorted() == ["one"])
        try work.image(dockerfile, ["-t", "y"])
        #expect(try work.files("y").keys.sorted() == ["one", "three"])
        let failed = try work.build(dockerfile, ["--target", "tow"])
        #expect(failed.code == 2)
        #expect(failed.error.contains("did you mean 'two'?"), "\(failed.error)")
    }

    @Test("the Dockerfile comes from --file or standard input, the context from a directory or a tar")
    func inputs() throws {
        let work = try Workspace()
        try work.file("f", "f\n")
        let text = "FROM scratch\nCOPY f /f\n"
        let first = try work.image(text)
        let piped = try work.succeed(["build", "-f", "-", work.context], input: Array(text.utf8))
        #expect(piped.result == first)
        let named = try work.place.file("elsewhere/Some.Dockerfile", text)
        #expect(try work.succeed(["build", "-f", named, work.context]).result == first)
        let tar = try TarFile.bytes([TarFile.file("Dockerfile", text), TarFile.file("f", "f\n")])
        #expect(try work.succeed(["build", "-"], input: tar).result == first)
        try work.place.file("context.tar", tar)
        try Shell.run("gzip -c \(work.place.path)/context.tar > \(work.place.path)/context.tar.gz")
        #expect(try work.succeed(["build", "-"], input: work.place.bytes("context.tar.gz")).result == first)
        let inner = try TarFile.bytes([TarFile.file("sub/Other", text), TarFile.file("f", "f\n")])
        #expect(try work.succeed(["build", "-f", "sub/Other", "-"], input: inner).result == first)
        // Standard input that is no tar is a Dockerfile, as docker takes it.
        let plain = try work.succeed(["build", "-"], input: Array("FROM scratch\nENV A=1\n".utf8))
        #expect(plain.result.hasPrefix("sha256:"))
        let both = try work.run(["build", "-f", "-", "-"], input: tar)
        #expect(both.code != 0)
    }

    @Test("a tar served over HTTP is a context")
    func remoteContext() throws {
        let work = try Workspace()
        let registry = try TestRegistry()
        let tar = try TarFile.bytes([TarFile.file("Dockerfile", "FROM scratch\nCOPY f /f\n"), TarFile.file("f", "f\n")])
        registry.addFile("/context.tar", TestRegistry.File(tar))
        registry.addFile("/Dockerfile", TestRegistry.File(Array("FROM scratch\nENV A=1\n".utf8)))
        try work.succeed(["build", "-t", "x", registry.url + "/context.tar"])
        #expect(try work.files("x")["f"]?.text == "f\n")
        try work.succeed(["build", "-t", "y", registry.url + "/Dockerfile"])
        #expect(try work.inspect("y").config.env.contains("A=1"))
    }

    @Test("the digest goes to standard output and --iidfile, facts to --metadata-file")
    func results() throws {
        let work = try Workspace()
        let files = (work.place.path("iid"), work.place.path("metadata"))
        let outcome = try work.build(
            "FROM scratch\nENV A=1\n", ["-t", "x:1", "-t", "x:2", "--iidfile", files.0, "--metadata-file", files.1])
        #expect(outcome.code == 0)
        #expect(outcome.output == outcome.result + "\n")
        #expect(try work.place.text("iid") == outcome.result)
        let metadata = try work.place.text("metadata")
        #expect(metadata.contains("\"containerimage.digest\" : \"\(outcome.result)\""))
        #expect(metadata.contains("\"image.name\" : \"docker.io/library/x:1,docker.io/library/x:2\""))
        let quiet = try work.succeed(["build", "-q", work.context])
        #expect(quiet.error == "")
        #expect(quiet.output == outcome.result + "\n")
        #expect(try work.inspect("x:2").config.env == work.inspect("x:1").config.env)
    }

    @Test("a named context is a directory or an image, and stands in for a base")
    func buildContexts() throws {
        let work = try Workspace()
        try work.place.file("more/file", "more\n")
        try work.file("own", "own\n")
        try work.image("FROM scratch\nCOPY own /own\nENV BASE=1\n", ["-t", "parent"])
        let dockerfile = "FROM golang:1\nCOPY --from=more file /file\n"
        let arguments = [
            "--build-context", "more=\(work.place.path("more"))", "--build-context", "golang:1=store:parent",
        ]
        try work.image(dockerfile, arguments + ["-t", "x"])
        #expect(try work.files("x").keys.sorted() == ["file", "own"])
        #expect(try work.inspect("x").config.env.contains("BASE=1"))
        let failed = try work.build(dockerfile, ["--build-context", "more=./nowhere"])
        #expect(failed.code == 2)
        #expect(failed.error.contains("nowhere"))
    }

    @Test("settings reach RUN", .enabled(if: Need.root, Need.rootReason))
    func runSettings() throws {
        let work = try Workspace()
        try work.importBase()
        try work.image(
            """
            FROM base
            RUN grep named /etc/hosts > /hosts && df -k /dev/shm | tail -1 | awk '{print $2}' > /shm && ulimit -n > /nofile
            RUN echo "[$http_proxy]" > /proxy
            """,
            [
                "-t", "x", "--add-host", "named:10.1.2.3", "--shm-size", "3m", "--ulimit", "nofile=333:444",
                "--build-arg",
                "http_proxy=http://proxy.invalid:1",
            ])
        let files = try work.files("x")
        #expect(files["hosts"]?.text.split(whereSeparator: \.isWhitespace).map(String.init) == ["10.1.2.3", "named"])
        #expect(files["shm"]?.text == "3072\n")
        #expect(files["nofile"]?.text == "333\n")
        #expect(files["proxy"]?.text == "[http://proxy.invalid:1]\n")
        let image = try work.inspect("x")
        #expect(!image.image.history.contains { $0.createdBy?.contains("proxy.invalid") == true })
        #expect(!image.config.env.contains { $0.contains("proxy") })
    }

    @Test("an image for another platform is built where nothing has to run")
    func foreignPlatform() throws {
        let work = try Workspace()
        let other = Platform.host.architecture == "arm64" ? "linux/amd64" : "linux/arm64"
        try work.image("FROM scratch\nARG TARGETARCH\nENV FOR=$TARGETARCH\n", ["-t", "x", "--platform", other])
        let image = try work.inspect("x")
        #expect("linux/" + image.image.architecture == other)
        #expect(image.config.env.contains("FOR=" + image.image.architecture))
    }

    @Test(
        "what cannot be meant is refused before anything happens",
        arguments: [
            (["--no-such"], 64, "--no-such"), (["--output", "type=ocx,dest=x"], 64, "did you mean 'oci'"),
            (["--build-arg", "=x"], 64, "NAME=VALUE"), (["--platform", "linux/amd64,linux/"], 64, "os/architecture"),
            (["--allow", "everything"], 64, "security.insecure"), (["--secret", "src=x"], 2, "x"),
            (["-t", "UPPER"], 2, "UPPER"), (["--ulimit", "nofile"], 64, "nofile=1024"),
            (["-f", "nowhere"], 2, "nowhere"),
        ])
    func refusals(arguments: [String], code: Int32, text: String) throws {
        let work = try Workspace()
        let outcome = try work.build("FROM scratch\nENV A=1\n", arguments)
        #expect(outcome.code == code, "\(outcome)")
        #expect(outcome.error.contains(text), "\(outcome.error)")
        #expect(outcome.output == "")
    }

    @Test("rawjson is a JSON object a line, and plain names every step")
    func progress() throws {
        let work = try Workspace()
        try work.file("f", "f")
        let dockerfile = "FROM scratch AS one\nCOPY f /f\nFROM scratch\nCOPY --from=one /f /g\n"
        let raw = try work.build(dockerfile, ["--progress", "rawjson"])
        #expect(raw.code == 0)
        let lines = raw.error.split(separator: "\n")
        #expect(!lines.isEmpty)
        #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }, "\(raw.error)")
        let plain = try work.build(dockerfile, ["--progress", "plain"])
        #expect(plain.error.contains("[one 2/2] COPY f /f"))
        #expect(plain.error.contains("CACHED"))
        #expect(try work.build(dockerfile, ["--progress", "quiet"]).error == "")
    }

    @Test("every option has a twin in the environment")
    func environmentTwins() throws {
        let work = try Workspace()
        try work.image(
            "FROM scratch AS one\nENV A=1\nFROM scratch\nENV B=1\n",
            environment: ["SAMPAN_TARGET": "one", "SAMPAN_TAG": "x"])
        #expect(try work.inspect("x").config.env.contains("A=1"))
    }
}
