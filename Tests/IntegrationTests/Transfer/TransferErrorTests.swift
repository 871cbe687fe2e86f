import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("moving images that can't be moved")
struct TransferErrorTests {
    /// Arguments, the exit code, and what the error must contain. P is the test's directory, R a registry's address.
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var code: Int32
        var texts: [String]

        init(_ arguments: String, _ code: Int32, _ texts: String...) {
            self.arguments = arguments.split(separator: " ").map(String.init)
            self.code = code
            self.texts = texts
        }

        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(
        "each is refused with what is wrong and what to do",
        arguments: [
            Case("copy ocii:P/x dir:P/y", 64, "'ocii' is not a transport", "did you mean 'oci:'?"),
            Case("copy docker-deamon:x:1 dir:P/y", 64, "'docker-deamon' is not", "did you mean 'docker-daemon:'?"),
            Case("copy containers-storage:x dir:P/y", 64, "'containers-storage' is not", "podman save"),
            Case("copy web:1 sftp://host/x", 64, "'sftp' is not a transport", "docker://, store:, oci:"),
            Case("copy web:1 P/y", 64, "is a path", "hint: write oci:P/y, dir:P/y"),
            Case("copy web:1 dir:", 64, "names no file"),
            Case("copy web:1 docker-daemon:", 64, "names no image"),
            Case("copy base:static dir:P/y", 64, "has to be assembled first", "sampan base build static"),
            Case("copy web:1 base:static", 64, "nothing can be written to it"),
            Case("copy web:1 dir:P/y --all --platform linux/amd64", 64, "exclude each other"),
            Case("copy web:1 dir:P/y --platform x", 64, "--platform 'x'"),
            Case("copy web:1 dir:P/y --format v1", 64, "'v1'"),
            Case("copy web:1 dir:P/y --compression xz", 64, "'xz'"),
            Case(
                "copy web:1 docker://R/x@sha256:0000000000000000000000000000000000000000000000000000000000000000", 64,
                "without a digest"),
            Case("push web:1", 64, "does not say where to push to", "sampan push web:1 REGISTRY/NAME:TAG"),
            Case("push wbe:1 R/x:1", 2, "the store has no image 'wbe:1'", "did you mean 'web:1'?"),
            Case("push web:1 127.0.0.1:1/x:1", 2, "127.0.0.1:1 refused the connection"),
            Case("pull R/none/none:1", 2, "has no image R/none/none:1", "hint: check the name and the tag"),
            Case("pull R/team/web:none", 2, "has no image R/team/web:none"),
            Case("pull nowhere.invalid/x:1", 2, "nowhere.invalid"),
            Case("pull oci:P/empty", 2, "holds no image"),
            Case("copy oci:P/layout:nope dir:P/y", 2, "no image named 'nope'", "it has one, two"),
            Case("copy oci:P/layout dir:P/y", 2, "several images", "one, two"),
            Case("copy oci:P/none:1 dir:P/y", 2, "P/none"),
            Case("copy dir:P/empty dir:P/y", 2, "P/empty", "holds no image"),
            Case("copy web:1 oci:P/file:1", 2, "P/file"),
            Case("copy web:1 oci-archive:P/none/x.tar", 2, "cannot write 'P/none/x.tar': No such file"),
            Case("copy web:1 dir:/proc/x", 2, "/proc/x"),
            Case("save web:1 -o P/none/x.tar", 2, "cannot write 'P/none/x.tar': No such file"),
            Case("save web:1 -o P/empty", 2, "P/empty"),
            Case("save nope:1 -o P/x.tar", 2, "the store has no image 'nope:1'"),
            Case("save web:1", 64, "--output"),
            Case("load -i P/file", 2, "'P/file' is no image archive"),
            Case("load -i P/half.tar", 2, "hint: "),
            Case("load -i P/half.tar.gz", 2, "'P/half.tar.gz' is no image archive, or not all of one"),
            Case("load -i P/root.tar", 2, "'P/root.tar' holds no image", "sampan import"),
            Case("load -i P/none.tar", 2, "cannot open 'P/none.tar'"),
            Case("load -i P/empty", 2, "'P/empty' holds no image"),
            Case("load", 2, "'standard input'"),
            Case("ls R/team/web:1", 64, "lists the tags of a repository", "leave out the tag"),
            Case("ls R/none", 2, "has no tags of none"),
            Case("ls store:wbe", 2, "no repository 'wbe'", "did you mean 'web'?"),
            Case("ls dir:P/empty", 64, "one image without names"),
            Case("ls oci:P/layout:one", 64, "names one image"),
            Case("manifest R/team/web:none", 2, "has no image"),
            Case("digest oci:P/none", 2, "P/none"),
        ])
    func refused(_ test: Case) throws {
        let fixture = try Self.fixture.get()
        let work = fixture.work
        func expand(_ text: String) -> String {
            text.replacing("P/", with: work.place.path + "/").replacing("R/", with: fixture.registry.authority + "/")
        }
        let outcome = try work.run(
            test.arguments.map(expand), environment: ["SAMPAN_INSECURE_REGISTRY": fixture.registry.authority])
        #expect(outcome.code == test.code, "\(outcome)")
        for text in test.texts {
            #expect(outcome.error.contains(expand(text)), "\(text): \(outcome.error)")
        }
        #expect(outcome.output.isEmpty)
        #expect(try FileInfo.of(work.place.path("y/manifest.json")) == nil)
        #expect(try FileInfo.of(work.place.path("x.tar")) == nil)
        #expect(try work.succeed(["images", "-q"]).outputLines == ["web:1"])
    }

    /// What the cases work on; nothing that they do changes it.
    private struct Fixture {
        var work: Workspace
        var registry: TestRegistry
    }

    private static let fixture: Result<Fixture, any Error> = Result {
        let work = try Workspace("refused")
        try work.small("web:1")
        let registry = try TestRegistry()
        try registry.addImage([[1, 2, 3]], repository: "team/web", tag: "1")
        let place = work.place.path
        try work.place.directory("empty")
        try work.place.file("file", "no archive\n")
        for name in ["one", "two"] { try work.succeed(["copy", "web:1", "oci:\(place)/layout:\(name)"]) }
        try work.succeed(["save", "web:1", "-o", place + "/whole.tar"])
        let bytes = Array(try WholeFile.read(place + "/whole.tar"))
        try work.place.file("half.tar", Array(bytes[..<(bytes.count / 2)]))
        try Shell.run("gzip -c '\(place)/whole.tar' | head -c 100000 > '\(place)/half.tar.gz'")
        try work.place.file("root.tar", try TarFile.bytes([TarFile.file("etc/passwd", "root\n")]))
        return Fixture(work: work, registry: registry)
    }

    @Test("a registry that dies in the middle of a pull leaves no image, and what came is kept")
    func brokenPull() throws {
        let work = try Workspace("broken")
        let registry = try TestRegistry()
        var random = SeededGenerator(seed: 3)
        let content = random.bytes(3_000_000)
        let layer = try TarFile.bytes([(TarHeaderFor.file("f", content.count), content)])
        let image = try registry.addImage([layer], repository: "team/web", tag: "1")
        let blob = image.manifest.layers[0].digest
        registry.inject(.shortBody(1_000_000), on: .blob(blob))
        let arguments = ["pull", "\(registry.authority)/team/web:1", "--insecure-registry", registry.authority]
        // Each attempt brings a piece; the whole comes about although no connection lasts.
        #expect(try work.succeed(arguments).result == image.descriptor.digest.description)
        let other = try Workspace("broken")
        registry.heal()
        registry.inject(.wrongBytes, on: .blob(blob))
        let wrong = try other.run(arguments)
        #expect(wrong.code == 2 && wrong.output.isEmpty, "\(wrong)")
        #expect(try other.succeed(["images", "-q"]).output.isEmpty)
        registry.heal()
        #expect(try other.succeed(arguments).result == image.descriptor.digest.description)
    }

    @Test("a full disk of the destination is named, and no half file stays", .enabled(if: Need.root, Need.rootReason))
    func fullDisk() throws {
        let work = try Workspace("full")
        try work.small("web:1", size: 3_000_000)
        let full = work.place.path("out")
        try work.place.directory("out")
        try Shell.run("mount -t tmpfs -o size=1m tmpfs '\(full)'")
        defer { _ = try? Shell.run("umount -l '\(full)'") }
        for arguments in [
            ["save", "web:1", "-o", full + "/x.tar"], ["copy", "web:1", "oci-archive:\(full)/y.tar"],
            ["copy", "web:1", "dir:\(full)/dir"], ["copy", "web:1", "oci:\(full)/layout:1"],
        ] {
            let outcome = try work.run(arguments)
            #expect(outcome.code == 2 && outcome.output.isEmpty)
            #expect(outcome.error.contains("No space left") && outcome.error.contains(full), "\(outcome.error)")
        }
        #expect(try FileInfo.of(full + "/x.tar") == nil && FileInfo.of(full + "/y.tar") == nil)
        #expect(try FileInfo.of(full + "/dir/manifest.json") == nil && FileInfo.of(full + "/layout/index.json") == nil)
        #expect(try Tree.files(full).allSatisfy { !AtomicFile.isTemporary($0) })
    }
}
