import Core
import FoundationEssentials
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("bases for several platforms")
struct BasePlatformTests {
    private static func index(_ directory: String) throws -> ImageIndex {
        try JSONDecoder().decode(ImageIndex.self, from: Data(WholeFile.read(directory)))
    }

    @Test("one recipe gives an index of an image for each platform, each of its own packages")
    func index() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("architectures: [amd64, arm64]", "packages: [app]")
        let layout = bench.work.place.path("layout")
        let outcome = try bench.succeed(
            "build", recipe, "--platform", "linux/amd64,linux/arm64", "-t", "team/app:1", "-o",
            "type=oci,dest=\(layout)")
        #expect(outcome.error.contains("built team/app:1 for amd64: 3 packages, 1 layer, "), "\(outcome.error)")
        #expect(outcome.error.contains("built team/app:1 for arm64: 3 packages, 1 layer, "), "\(outcome.error)")
        let top = try #require(try Self.index(layout + "/index.json").manifests.first)
        #expect(top.digest.description == outcome.result)
        #expect(top.mediaType == .ociIndex)
        let images = try Self.index(layout + "/blobs/sha256/" + top.digest.hex).manifests
        #expect(images.map { $0.platform?.architecture } == ["amd64", "arm64"])
        #expect(images.map { $0.platform?.os } == ["linux", "linux"])
        #expect(Set(images.map(\.digest)).count == 2)
        // Those of each platform alone are the same images.
        for (platform, image) in zip(["linux/amd64", "linux/arm64"], images) {
            #expect(try bench.succeed("build", recipe, "--platform", platform).result == image.digest.description)
        }
        // Of an index, files and configurations are those of this machine's platform.
        #expect(try bench.work.files("team/app:1")["usr/bin/app"]?.text == "app for amd64")
    }

    @Test(
        "skopeo finds all images of an index in a layout and an archive, and copies them",
        .enabled(if: Need.programs("skopeo")))
    func skopeo() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("architectures: [amd64, arm64]", "packages: [app]")
        let place = bench.work.place.path
        let digest = try bench.succeed(
            "build", recipe, "--platform", "linux/amd64,linux/arm64", "-t", "app:1", "-o", "type=oci,dest=\(place)/oci",
            "-o", "type=oci-archive,dest=\(place)/oci.tar"
        ).result
        for name in ["oci:\(place)/oci:1", "oci-archive:\(place)/oci.tar:1"] {
            let raw = try Shell.run("skopeo inspect --raw \(name)")
            #expect(SHA256.digest(of: Array(raw.utf8)).description == digest)
            for architecture in ["amd64", "arm64"] {
                let shown = try Shell.run("skopeo --override-arch \(architecture) inspect \(name)")
                #expect(shown.contains("\"Architecture\": \"\(architecture)\""), "\(shown)")
            }
            try Shell.run("skopeo copy -q --all \(name) oci:\(place)/copy:1")
            #expect(try Shell.run("skopeo inspect --raw oci:\(place)/copy:1") == raw)
            try Directory.removeTree(place + "/copy")
        }
        try Shell.run("skopeo --override-arch arm64 copy -q oci:\(place)/oci:1 oci:\(place)/arm:1")
        #expect(try ImageFacts(layout: place + "/arm").layers[0]["usr/bin/app"]?.text == "app for arm64")
    }

    @Test("an index is what sampan export writes, and what a build stands on takes its platform's image")
    func export() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("architectures: [amd64, arm64]", "packages: [app]")
        let digest = try bench.succeed("build", recipe, "--platform", "linux/arm64,linux/amd64", "-t", "app:1").result
        let archive = bench.work.place.path("app.tar")
        try bench.work.succeed(["export", "app:1", "-o", "type=oci-archive,dest=\(archive)"])
        #expect(try FileFact.read(archive)["index.json"]?.text.contains(digest) == true)
        let built = try bench.work.image("FROM store:app:1\nCOPY --from=store:app:1 /usr/bin/app /copy\n")
        #expect(try bench.work.files(built)["copy"]?.text == "app for amd64")
    }

    @Test("platforms that a recipe is not for, and what is no platform, are refused")
    func refused() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("architectures: [amd64]", "packages: [app]")
        let arm = try bench.base("build", recipe, "--platform", "linux/arm64")
        #expect(arm.code == 2)
        #expect(arm.error == "error: the recipe 'my' is not for linux/arm64\nhint: it is for amd64\n")
        let windows = try bench.base("build", "static", "--platform", "windows/amd64")
        #expect(windows.code == 2)
        #expect(
            windows.error == "error: the recipe 'static' is not for windows/amd64\nhint: it is for amd64, arm64\n")
        for text in ["linux/amd64,", "", "linux/", "a b"] {
            let bad = try bench.base("build", recipe, "--platform", text)
            #expect(bad.code == 64, "\(text): \(bad)")
            #expect(bad.error.contains("os/architecture[/variant], separated by commas"), "\(bad.error)")
        }
        #expect(bench.mirror.server.requests.isEmpty)
    }
}
