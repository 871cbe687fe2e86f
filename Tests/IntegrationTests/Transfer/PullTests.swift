import Archive
import Core
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("taking images into the store")
struct PullTests {
    @Test("an image is pulled by its digest, with a tag or without")
    func digest() throws {
        let work = try Workspace("pull")
        let registry = try TestRegistry()
        let layer = try TarFile.bytes([TarFile.file("note", "hello\n")])
        let image = try registry.addImage([layer], repository: "team/web", tag: "1")
        let (name, digest) = ("\(registry.authority)/team/web", image.descriptor.digest.description)
        let options = ["--insecure-registry", registry.authority]
        #expect(try work.succeed(["pull", "\(name)@\(digest)"] + options).result == digest)
        // No name stands for a digest alone; the image is there under the digest.
        #expect(try work.succeed(["images", "-q"]).outputLines == [digest])
        #expect(try work.files(digest)["note"]?.text == "hello\n")
        #expect(try work.succeed(["pull", "\(name):1@\(digest)"] + options).result == digest)
        #expect(try work.succeed(["images", "-q"]).outputLines == ["\(name):1"])
        #expect(try work.succeed(["pull", "\(name)@\(digest)", "-t", "mine:2"] + options).result == digest)
        #expect(try work.succeed(["images", "-q"]).outputLines.sorted() == ["\(name):1", "mine:2"].sorted())
        let other = "sha256:" + String(repeating: "0", count: 64)
        let outcome = try work.run(["pull", "\(name)@\(other)"] + options)
        #expect(outcome.code == 2 && outcome.error.contains("has no image"), "\(outcome)")
    }

    @Test("an archive holds more blobs than files may be open at first")
    func manyBlobs() throws {
        let work = try Workspace("many")
        let registry = try TestRegistry()
        let layers = try (0..<150).map { try TarFile.bytes([TarFile.file("f\($0)", "\($0)\n")]) }
        let image = try registry.addImage(layers, repository: "team/web", tag: "1")
        let options = ["--insecure-registry", registry.authority]
        try work.succeed(["pull", "\(registry.authority)/team/web:1", "-t", "many:1"] + options)
        let path = work.place.path("many.tar")
        try Shell.run(
            "ulimit -Sn 100; SAMPAN_HOME='\(work.home)' '\(Program.find())' save many:1 --format oci -o '\(path)'")
        #expect(try work.succeed(["digest", "oci-archive:" + path]).result == image.descriptor.digest.description)
    }

    @Test("an archive is loaded from a pipe that has a name", arguments: ["docker", "oci"], [1, 2])
    func pipe(format: String, count: Int) throws {
        let work = try Workspace("pipe")
        let names = (1...count).map { "web:\($0)" }
        let digests = try names.enumerated().map { try work.small($1, seed: UInt64($0)) }
        let path = work.place.path("images.tar")
        try work.succeed(["save"] + names + ["--format", format, "-o", path])
        let other = try Workspace("pipe")
        let bytes = Array(try WholeFile.read(path))
        // Standard input by its name is a pipe that gives its bytes once.
        let loaded = try other.succeed(["load", "-i", "/dev/stdin"], input: bytes)
        #expect(loaded.outputLines.sorted() == digests.sorted())
        #expect(try other.succeed(["images", "-q"]).outputLines.sorted() == names)
        let half = try other.run(["load", "-i", "/dev/stdin"], input: Array(bytes[..<(bytes.count / 2)]))
        #expect(half.code == 2 && half.error.contains("'/dev/stdin' is no image archive, or not all"), "\(half)")
    }
}
