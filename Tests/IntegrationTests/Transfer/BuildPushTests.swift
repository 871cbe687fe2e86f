import Core
import FoundationEssentials
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("a build that is pushed")
struct BuildPushTests {
    private let work: Workspace
    private let registry: TestRegistry

    init() throws {
        work = try Workspace()
        registry = try TestRegistry()
        try work.file("hello", "hello\n")
    }

    private func name(_ repository: String, _ tag: String = "1") -> String {
        "\(registry.authority)/\(repository):\(tag)"
    }

    /// An image of one layer, which no other repository has.
    private func addBase() throws {
        let layer = try TarFile.bytes([TarFile.file("base", "the base\n")])
        registry.addBlob(layer, repository: "library/base")
        try registry.addImage([layer], repository: "library/base", tag: "1")
    }

    private var blobFetches: Int {
        registry.requests.count { $0.method == "GET" && $0.path.contains("/blobs/sha256:") }
    }

    @Test("puts image and provenance there, and again takes six requests at most and sends no blob")
    func push() throws {
        let dockerfile = "FROM scratch\nCOPY hello /\n"
        let digest = try work.image(dockerfile, ["-t", name("team/web"), "--push"])
        let manifest = try #require(registry.manifest("1", repository: "team/web"))
        #expect("sha256:" + SHA256.digest(of: manifest.bytes).hex == digest)
        let image = try JSONDecoder().decode(ImageManifest.self, from: Data(manifest.bytes))
        for blob in [image.config] + image.layers {
            #expect(registry.blob(blob.digest, repository: "team/web")?.count == blob.size)
        }
        let listed = try Shell.run("curl -s \(registry.url)/v2/team/web/referrers/\(digest)")
        #expect(listed.contains("application/vnd.in-toto+json"), "\(listed)")

        registry.clearRequests()
        #expect(try work.image(dockerfile, ["-t", name("team/web"), "--push"]) == digest)
        #expect(registry.requests.filter { $0.method != "HEAD" && $0.method != "GET" }.map(\.path).count <= 1)
        #expect(registry.requests.count <= 6, "\(registry.steps)")
    }

    @Test("without provenance attaches nothing")
    func plain() throws {
        let digest = try work.image(
            "FROM scratch\nCOPY hello /\n", ["-t", name("team/web"), "--push", "--provenance=false"])
        #expect(registry.count("referrers") == 0)
        #expect(!(try Shell.run("curl -s \(registry.url)/v2/team/web/referrers/\(digest)")).contains("in-toto"))
    }

    @Test("on a base of the same registry brings no blob of the base down, and mounts it")
    func base() throws {
        try addBase()
        let options = ["-t", name("team/web"), "--push", "--provenance=false"]
        try work.image("FROM \(name("library/base"))\nCOPY --link hello /\n", options)
        #expect(blobFetches == 1, "the configuration alone: \(registry.steps)")
        #expect(registry.requests.count { $0.method == "POST" && $0.target.contains("mount=sha256") } == 1)
        let manifest = try #require(registry.manifest("1", repository: "team/web"))
        let image = try JSONDecoder().decode(ImageManifest.self, from: Data(manifest.bytes))
        #expect(image.layers.count == 2)
        #expect(registry.blob(image.layers[0].digest, repository: "team/web") != nil)

        // One changed top layer.
        try work.file("hello", "changed\n")
        registry.clearRequests()
        try work.image("FROM \(name("library/base"))\nCOPY --link hello /\n", options)
        #expect(blobFetches == 0, "\(registry.steps)")
    }

    @Test("a plain COPY reads the base once; a changed layer on it needs none of it again")
    func plainCopy() throws {
        try addBase()
        let dockerfile = "FROM \(name("library/base"))\nCOPY hello /\n"
        try work.image(dockerfile, ["-t", name("team/web"), "--push"])
        try work.file("hello", "changed\n")
        registry.clearRequests()
        try work.image(dockerfile, ["-t", name("team/web"), "--push"])
        #expect(blobFetches == 0, "\(registry.steps)")
    }

    @Test("of an image that was stored without its base's bytes, what is wanted comes from the registry")
    func incomplete() throws {
        try addBase()
        try work.image("FROM \(name("library/base"))\nCOPY --link hello /\n", ["-t", "web"])
        #expect(blobFetches == 1)
        #expect(try work.files("web")["base"]?.text == "the base\n")
        try work.image("FROM \(name("library/base"))\nCOPY --link hello /other\n", ["-t", "again"])
        registry.stop()
        #expect(try work.files("again")["other"]?.text == "hello\n")
    }

    @Test("goes to every name, zstd where that was asked for, with one digest everywhere")
    func outputs() throws {
        let layout = work.place.path("out")
        let digest = try work.image(
            "FROM scratch\nCOPY hello /\n",
            [
                "-o", "type=registry,\"name=\(name("a")),\(name("b", "2"))\",compression=zstd", "-o",
                "type=oci,dest=\(layout)", "--provenance=false",
            ])
        for (repository, tag) in [("a", "1"), ("b", "2")] {
            let manifest = try #require(registry.manifest(tag, repository: repository))
            #expect("sha256:" + SHA256.digest(of: manifest.bytes).hex == digest)
            #expect(String(decoding: manifest.bytes, as: UTF8.self).contains("tar+zstd"))
        }
        #expect(try work.place.text("out/index.json").contains(digest))
    }

    @Test("of several platforms pushes the index, with a statement for each image and for the index")
    func index() throws {
        let digest = try work.image(
            "FROM scratch\nCOPY hello /\n",
            ["--platform", "linux/amd64,linux/arm64", "-t", name("team/web"), "--push", "--sbom=true"])
        let manifest = try #require(registry.manifest("1", repository: "team/web"))
        let index = try JSONDecoder().decode(ImageIndex.self, from: Data(manifest.bytes))
        #expect(index.manifests.count == 2, "no statement is an entry of the index")
        for subject in [digest] + index.manifests.map(\.digest.description) {
            let listed = try Shell.run("curl -s \(registry.url)/v2/team/web/referrers/\(subject)")
            let referrers = try JSONDecoder().decode(ImageIndex.self, from: Data(listed.utf8))
            #expect(referrers.manifests.count == 2, "\(listed)")
        }
    }

    @Test("a registry that takes no attachments gets the image; a warning says what it lacks")
    func unattached() throws {
        let digest = try work.image("FROM scratch\nCOPY hello /\n")
        registry.setRules { $0.referrers = false }
        registry.inject(.status(403), on: .manifest(digest.split(separator: ":").joined(separator: "-")))
        let outcome = try work.build("FROM scratch\nCOPY hello /\n", ["-t", name("team/web"), "--push"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(registry.manifest("1", repository: "team/web") != nil)
        #expect(outcome.error.contains("warning: "), "\(outcome.error)")
        #expect(outcome.error.contains("--provenance=false"), "\(outcome.error)")
        let asked = try work.build(
            "FROM scratch\nCOPY hello /\n", ["-t", name("team/web"), "--push", "--provenance=true"])
        #expect(asked.code == 2)
    }

    @Test("attestations that were asked for go into OCI layouts too; without a place for them they are refused")
    func layout() throws {
        let layout = work.place.path("out")
        let digest = try work.image(
            "FROM scratch\nCOPY hello /\n",
            ["-t", "web:1", "--provenance=true", "--sbom=true", "-o", "type=oci,dest=\(layout)"])
        let index = try JSONDecoder().decode(ImageIndex.self, from: Data(try WholeFile.read(layout + "/index.json")))
        #expect(index.manifests.count == 3)
        #expect(index.manifests.count { $0.artifactType == "application/vnd.in-toto+json" } == 2)
        #expect(try work.succeed(["digest", "oci:\(layout):1"]).result == digest)
        let plain = try work.build("FROM scratch\nCOPY hello /\n", ["--sbom=true"])
        #expect(plain.code == 64)
        #expect(plain.error.contains("there is none among the outputs"), "\(plain.error)")
    }

    @Test("a push that fails says why, and leaves nothing that looks like the image")
    func failure() throws {
        registry.inject(.status(403), on: .blobs)
        let outcome = try work.build("FROM scratch\nCOPY hello /\n", ["-t", name("team/web"), "--push"])
        #expect(outcome.code == 2)
        #expect(outcome.error.contains(registry.authority), "\(outcome.error)")
        #expect(registry.manifest("1", repository: "team/web") == nil)
        registry.heal()
        #expect(try work.build("FROM scratch\nCOPY hello /\n", ["-t", name("team/web"), "--push"]).code == 0)
    }

    @Test("--load without a daemon says what to start")
    func load() throws {
        let outcome = try work.run(
            ["build", "-t", "web", "--load", "-f", "-", work.context],
            environment: ["DOCKER_HOST": "unix://\(work.place.path("none.sock"))"],
            input: Array("FROM scratch\nCOPY hello /\n".utf8))
        #expect(outcome.code == 2)
        #expect(outcome.error.contains("none.sock"), "\(outcome.error)")
        #expect(outcome.error.contains("hint: "), "\(outcome.error)")
    }
}
