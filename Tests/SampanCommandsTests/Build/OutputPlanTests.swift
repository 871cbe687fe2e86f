import Core
import Layers
import Testing

@testable import SampanCommands

@Suite("What becomes of a build's result")
struct OutputPlanTests {
    private let tags: [Reference]

    init() throws { tags = [try Reference(parsing: "registry.test/team/web:1")] }

    private func plan(
        _ outputs: [String], push: Bool = false, load: Bool = false, named: Bool = true, platforms: Int = 1
    ) throws -> OutputPlan {
        try OutputPlan(outputs, push: push, load: load, tags: named ? tags : [], platforms: platforms)
    }

    @Test("--push and --load are outputs, and none twice")
    func shorthands() throws {
        #expect(try plan([], push: true, load: true).outputs.map(\.kind) == [.registry, .docker])
        #expect(try plan(["type=registry", "type=docker"], push: true, load: true).outputs.count == 2)
        #expect(try plan(["type=docker,dest=a.tar"], load: true).outputs.map(\.isDaemon) == [false, true])
        #expect(try plan(["type=image,push=true"]).outputs.map(\.kind) == [.registry])
        #expect(try plan(["type=image,push=false"]).outputs.map(\.kind) == [.image])
        #expect(try plan(["type=registry,push=false"]).outputs.map(\.kind) == [.image])
    }

    @Test("names of an output may be several")
    func names() throws {
        let output = try OutputSpec(parsing: #"type=registry,"name=registry.test/a:1,registry.test/b:2""#)
        #expect(output.names.map(\.description) == ["registry.test/a:1", "registry.test/b:2"])
    }

    @Test("one build has one compression")
    func compression() throws {
        #expect(try plan([]).compression == .gzip)
        #expect(try plan(["type=registry,compression=zstd", "type=oci,dest=o"]).compression == .zstd)
        #expect(try plan(["type=oci,dest=o,compression=uncompressed"]).compression == .none)
        let error = #expect(throws: Diagnostic.self) {
            try plan(["type=registry,compression=zstd", "type=oci,dest=o,compression=gzip"])
        }
        #expect(error?.message == "outputs cannot be compressed differently, as their digests would differ")
    }

    @Test("layer bytes are wanted here for files and daemons alone")
    func bytes() throws {
        #expect(try !plan(["type=image"], push: true).needsBytes)
        #expect(try plan([], load: true).needsBytes)
        #expect(try plan(["out"]).needsBytes)
    }

    @Test(
        "outputs that cannot be are refused before anything is built",
        arguments: [
            (["-", "type=docker,dest=-"], 1, "only one output can go to standard output"),
            (
                ["type=docker"], 2,
                "a docker archive or daemon holds an image for one platform, and this build makes 2"
            ),
            (["-"], 2, "a tar of files is of one platform, and this build makes 2"),
            (["type=registry,dest=x"], 1, "--output type=registry has no dest="),
            (["type=oci,dest=x,oci-mediatypes=false"], 1, "--output cannot have oci-mediatypes=false"),
            (["type=oci,dest=x,rewrite-timestamp=false"], 1, "--output cannot have rewrite-timestamp=false"),
            (["type=oci,dest=x,push=true"], 1, "--output type=oci has no push="),
            (["type=docker,dest=x,tar=true"], 1, "--output type=docker has no tar="),
            (["type=image,push=maybe"], 1, "--output 'push=maybe' is not understood"),
        ] as [([String], Int, String)])
    func refused(outputs: [String], platforms: Int, message: String) {
        let error = #expect(throws: Diagnostic.self) { try plan(outputs, platforms: platforms) }
        #expect(error?.message == message)
        #expect(error?.exitCode == 64)
    }

    @Test("a name of one word is not pushed to Docker Hub by accident")
    func short() throws {
        let error = #expect(throws: Diagnostic.self) {
            try OutputPlan([], push: true, load: false, tags: [Reference(parsing: "web:1")], platforms: 1)
        }
        #expect(error?.message == "'web:1' does not say where to push to")
        #expect(try plan(["type=registry,name=docker.io/me/web:1"], named: false).outputs.count == 1)
    }

    @Test("an OCI output whose name ends with .tar is a file, as buildx writes it")
    func tar() throws {
        #expect(try OutputSpec(parsing: "type=oci,dest=out.tar").kind == .ociArchive)
        #expect(try OutputSpec(parsing: "type=oci,dest=out.tar,tar=false").kind == .oci)
        #expect(try OutputSpec(parsing: "type=oci,dest=-").kind == .ociArchive)
        #expect(try OutputSpec(parsing: "type=oci,dest=out").kind == .oci)
    }

    @Test("what is pushed needs a name, its own or a tag")
    func unnamed() throws {
        let error = #expect(throws: Diagnostic.self) { try plan([], push: true, named: false) }
        #expect(error?.message == "an image that is pushed needs a name")
        #expect(try plan(["type=registry,name=registry.test/a"], named: false).outputs.count == 1)
    }

    @Test("attestations that were asked for need an output with a place for them")
    func attestations() throws {
        func check(_ outputs: [String], _ provenance: String?) throws {
            try plan(outputs).check(AttestationOptions(provenance: provenance, sbom: nil, attest: []))
        }
        try check([], nil)
        try check([], "false")
        try check(["type=oci,dest=x"], "true")
        try check(["out", "type=registry"], "mode=max")
        for outputs in [[], ["type=docker,dest=x"], ["out"]] {
            let error = #expect(throws: Diagnostic.self) { try check(outputs, "true") }
            #expect(error?.exitCode == 64)
        }
    }

    @Test("what BuildKit's users write for reproducible images is what happens anyway")
    func always() throws {
        let output = try OutputSpec(parsing: "type=oci,dest=x,oci-mediatypes=true,rewrite-timestamp=true")
        #expect(output == OutputSpec(.oci, destination: "x"))
    }
}

@Suite("Platforms of a build")
struct PlatformListTests {
    @Test("platforms come in the order given, each once, in normal form")
    func list() throws {
        #expect(try PlatformList.parse([]) == [.host])
        #expect(
            try PlatformList.parse(["linux/arm64/v8,linux/x86_64", "linux/aarch64", "linux/arm", "linux/amd64/v2"])
                .map(\.description) == ["linux/arm64", "linux/amd64", "linux/arm/v7", "linux/amd64/v2"])
        #expect(try PlatformList.parse(["local"]) == [.host])
    }

    @Test(
        "what is no platform is refused",
        arguments: ["", "linux/", "linux/amd64,", "windoze", "a/b/c/d", "arm64/v9", "linux/foo", "amd64,bogus/x"])
    func refused(text: String) {
        #expect(throws: Diagnostic.self) { try PlatformList.parse([text]) }
    }
}

@Suite("Annotations of a build")
struct AnnotationListTests {
    private let amd64 = Platform(os: "linux", architecture: "amd64")
    private let arm64 = Platform(os: "linux", architecture: "arm64")

    @Test("an annotation goes where its prefix says, to the manifest without one")
    func places() throws {
        let list = try AnnotationList([
            "a=1", "index:b=2", "manifest,index:c=3", "manifest[linux/arm64]:d=4", "manifest-descriptor:e=5",
            "org.example:f=x=y",
        ])
        #expect(list.values(.manifest, amd64) == ["a": "1", "c": "3", "org.example:f": "x=y"])
        #expect(list.values(.manifest, arm64) == ["a": "1", "c": "3", "d": "4", "org.example:f": "x=y"])
        #expect(list.values(.index) == ["b": "2", "c": "3"])
        #expect(list.values(.manifestDescriptor, amd64) == ["e": "5"])
    }

    @Test(
        "annotations that are none are refused",
        arguments: ["a", "=1", "indx:a=1", "manifest[x:a=1", "index[linux/amd64]:a=1", "index-descriptor:a=1"])
    func refused(text: String) {
        let error = #expect(throws: Diagnostic.self) { try AnnotationList([text]) }
        #expect(error?.exitCode == 64)
    }

    @Test("an index that is not made cannot be annotated")
    func single() throws {
        let list = try AnnotationList(["index:a=1"])
        #expect(throws: Diagnostic.self) { try list.check(platforms: 1) }
        try list.check(platforms: 2)
        try AnnotationList(["a=1"]).check(platforms: 1)
    }
}
