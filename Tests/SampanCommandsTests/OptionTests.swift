import BuildGraph
import Core
import Testing

@testable import SampanCommands

@Suite("options of the command line")
struct OptionTests {
    @Test(
        "outputs",
        arguments: [
            ("type=oci,dest=out", .oci, "out"), ("type=oci,dest=o.tar,tar=true", .ociArchive, "o.tar"),
            ("out", .local, "out"),
            ("-", .tar, "-"), ("type=docker,dest=\"a,b.tar\"", .docker, "a,b.tar"), ("type=image", .image, ""),
        ] as [(String, OutputSpec.Kind, String)])
    func outputs(text: String, kind: OutputSpec.Kind, destination: String) throws {
        let output = try OutputSpec(parsing: text)
        #expect(output.kind == kind)
        #expect(output.destination == destination)
    }

    @Test(
        "outputs that cannot be",
        arguments: [
            ("type=ocy,dest=x", "did you mean 'oci'?"), ("type=oci", "add dest=PATH"),
            ("type=local,dest=-", "use type=oci-archive or type=tar"),
            ("type=oci,dst=x", "did you mean 'dest'?"),
            ("type=oci,dest=x,compression=lz4", "gzip, zstd and uncompressed are supported"),
        ])
    func badOutputs(text: String, hint: String) {
        let error = #expect(throws: Diagnostic.self) { try OutputSpec(parsing: text) }
        #expect(error?.hint == hint)
        #expect(error?.exitCode == 64)
    }

    @Test("pairs take a missing value from the environment, or leave the name out")
    func pairs() throws {
        #expect(
            try BuildOptions.pairs("build-arg", ["A=1=2", "B", "C"], environment: ["B": "x"]) == ["A": "1=2", "B": "x"])
        #expect(throws: Diagnostic.self) { try BuildOptions.pairs("label", ["A"]) }
        #expect(throws: Diagnostic.self) { try BuildOptions.pairs("label", ["=x"]) }
    }

    @Test(
        "sizes",
        arguments: [("64m", 64 << 20), ("1g", 1 << 30), ("10GB", 10 << 30), ("512", 512), ("1.5k", 1536)]
            as [(String, Int64)])
    func sizes(text: String, bytes: Int64) throws {
        #expect(try BuildOptions.size("shm-size", text) == bytes)
    }

    @Test("sizes that are none", arguments: ["", "m", "1x", "-1", "99999999t"])
    func badSizes(text: String) {
        #expect(throws: Diagnostic.self) { try BuildOptions.size("shm-size", text) }
    }

    @Test("limits and hosts")
    func limitsAndHosts() throws {
        #expect(
            try BuildOptions.ulimits(["nofile=1:2", "core=0"]).map { "\($0.name) \($0.soft) \($0.hard)" } == [
                "nofile 1 2", "core 0 0",
            ])
        for bad in ["nofile", "nofile=2:1", "files=1", "nofile=a"] {
            #expect(throws: Diagnostic.self) { try BuildOptions.ulimits([bad]) }
        }
        #expect(try BuildOptions.hosts(["a:1.2.3.4", "b=[::1]"]).map(\.address) == ["1.2.3.4", "::1"])
        for bad in ["a", ":1.2.3.4", "a:b"] { #expect(throws: Diagnostic.self) { try BuildOptions.hosts([bad]) } }
    }

    @Test("secrets come from files and the environment, and never show themselves")
    func secrets() throws {
        let secrets = try BuildOptions.secrets(["id=a,env=TOKEN", "id=TOKEN"], environment: ["TOKEN": "s3cret"])
        #expect(secrets.mapValues { $0.bytes } == ["a": Array("s3cret".utf8), "TOKEN": Array("s3cret".utf8)])
        #expect("\(secrets)".contains("s3cret") == false)
        #expect(throws: Diagnostic.self) { try BuildOptions.secrets(["id=a,env=NONE"], environment: [:]) }
        #expect(throws: Diagnostic.self) { try BuildOptions.secrets(["id=a,src=/nonexistent"], environment: [:]) }
    }

    @Test(
        "image names",
        arguments: [
            (
                "docker://alpine",
                .registry(Reference(registry: "docker.io", repository: "library/alpine", tag: "latest"))
            ),
            ("store:web:1", .store("web:1")), ("oci:/a/b:v1", .oci(path: "/a/b", name: "v1")),
            ("oci:dir", .oci(path: "dir", name: nil)),
            ("docker-archive:x.tar", .dockerArchive(path: "x.tar", name: nil)),
            ("localhost:5000/x", .plain(Reference(registry: "localhost:5000", repository: "x", tag: "latest"))),
        ] as [(String, ImageName)])
    func imageNames(text: String, name: ImageName) throws {
        #expect(try ImageName(parsing: text) == name)
    }

    @Test("an unknown transport is refused")
    func unknownTransport() {
        let error = #expect(throws: Diagnostic.self) { try ImageName(parsing: "dockr://x") }
        #expect(error?.hint == "did you mean 'docker://'?")
    }

    @Test(
        "git URLs",
        arguments: [
            ("https://host/r.git#v1:sub", "https://host/r.git", "v1", "sub"),
            ("git@host:r.git", "git@host:r.git", nil, nil),
            ("git://host/r#:sub", "git://host/r", nil, "sub"),
        ] as [(String, String, String?, String?)])
    func gitSources(text: String, remote: String, reference: String?, directory: String?) {
        let source = GitSource(parsing: text)
        #expect(source?.remote == remote)
        #expect(source?.reference == reference)
        #expect(source?.directory == directory)
    }

    @Test("what is no git URL", arguments: ["https://host/file.tar.gz", "dir", "./a@b:c", "a/b@c:d", "http://host/x"])
    func noGitSources(text: String) {
        #expect(GitSource(parsing: text) == nil)
    }

    @Test("options have twins in the environment")
    func twins() {
        #expect(EnvironmentTwins.variable(for: "no-cache-filter") == "SAMPAN_NO_CACHE_FILTER")
    }

    @Test("numbers for people")
    func human() {
        #expect(
            [0, 999, 1000, 5_290_000, 999_500_000, 123_456_789_012].map { Human.bytes($0) } == [
                "0 B", "999 B", "1.00 kB", "5.29 MB", "1.00 GB", "123 GB",
            ])
        #expect(Human.seconds(.milliseconds(1240)) == "1.2s")
        #expect(Human.seconds(.seconds(125)) == "2m05s")
        #expect(Human.ago(seconds: 7200) == "2 hours ago")
    }

    @Test("tables line up and have no trailing blanks")
    func table() {
        var table = Table(["NAME", "SIZE"], alignments: [.left, .right])
        table.add(["a", "12"])
        table.add(["long name", "3"])
        #expect(table.text == "NAME       SIZE\na            12\nlong name     3")
    }
}
