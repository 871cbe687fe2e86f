import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("bases that other tools made")
struct BaseTests {
    @Test(
        "an image of buildah is a base as an archive and as a layout",
        .enabled(if: Need.root && Need.programs("buildah", "skopeo"), Need.rootReason))
    func buildah() throws {
        let work = try Workspace()
        let podman = Podman(work: work)
        let place = work.place.path
        try work.place.file("rootfs.txt", "from buildah\n")
        _ = try podman.buildah("from --name w scratch")
        _ = try podman.buildah("add w \(try BaseRoot.archive()) /")
        _ = try podman.buildah("copy w \(place)/rootfs.txt /made")
        _ = try podman.buildah("config --env FROM=buildah --user app --onbuild 'ENV TRIGGERED=1' w")
        _ = try podman.buildah("commit -q w docker-archive:\(place)/base.tar:base:1")
        _ = try podman.buildah("commit -q w oci:\(place)/base:1")
        _ = try podman.buildah("commit -q w oci-archive:\(place)/base-oci.tar:1")
        for name in ["docker-archive:\(place)/base.tar", "oci:\(place)/base:1", "oci-archive:\(place)/base-oci.tar:1"] {
            try work.image(
                "FROM base AS b\nUSER root\nRUN cat /made > /seen && id -u >> /seen\n",
                ["-t", "x", "--build-context", "base=\(name)"])
            #expect(try work.files("x")["seen"]?.text == "from buildah\n0\n", "\(name)")
            let image = try work.inspect("x")
            #expect(image.config.env.contains("FROM=buildah"))
            #expect(try work.image("FROM \(name)\nENV B=1\n", ["-t", "y"]).hasPrefix("sha256:"))
            #expect(try work.inspect("y").manifest.layers.first?.digest == image.manifest.layers.first?.digest)
        }
    }

    @Test(
        "a pull from a registry of Debian's, of what skopeo pushed",
        .enabled(if: Need.root && Need.programs("docker-registry", "skopeo"), Need.rootReason))
    func registry() throws {
        let work = try Workspace()
        try work.importBase()
        let place = work.place.path
        try work.image("FROM base\nRUN echo pushed > /pushed\n", ["-o", "type=oci,dest=\(place)/pushed"])
        let registry = try DebianRegistry(place)
        let name = "\(registry.authority)/team/app:1"
        try Shell.run("skopeo copy -q --dest-tls-verify=false oci:\(place)/pushed docker://\(name)")
        let other = try Workspace()
        let digest = try other.image(
            "FROM \(name)\nRUN cat /pushed > /seen\n", ["-t", "x", "--insecure-registry", registry.authority])
        #expect(try other.files("x")["seen"]?.text == "pushed\n")
        #expect(
            try other.image(
                "FROM \(name)\nRUN cat /pushed > /seen\n", ["-t", "x", "--insecure-registry", registry.authority])
                == digest)
        registry.stop()
        let failed = try other.build("FROM \(name)\nRUN true\n", ["--pull", "--insecure-registry", registry.authority])
        #expect(failed.code == 2)
        #expect(failed.error.contains(registry.authority), "\(failed.error)")
        #expect(failed.error.contains("FROM \(name)"), "\(failed.error)")
    }

    /// A registry with one image of one layer.
    private func remote() throws -> (TestRegistry, Descriptor) {
        let registry = try TestRegistry()
        let layer = try TarFile.bytes([TarFile.file("base", "base\n"), TarFile.directory("dir")])
        _ = try registry.addImage([layer], repository: "app")
        return (registry, Descriptor(mediaType: .ociLayerTar, describing: layer))
    }

    @Test("a base that nothing is read from costs its manifest and config alone")
    func lazyBase() throws {
        let (registry, layer) = try remote()
        let work = try Workspace()
        try work.file("f", "f\n")
        let name = registry.authority + "/app"
        try work.image(
            "FROM \(name)\nCOPY --link f /f\nENV A=1\nUSER 5\n", ["-t", "x", "--insecure-registry", registry.authority])
        #expect(registry.count("/manifests/") >= 1)
        #expect(registry.count("/blobs/") == 1)
        #expect(registry.count(layer.digest.hex) == 0)
        // An export needs all of it.
        try work.image(
            "FROM \(name)\nCOPY --link f /f\nENV A=1\nUSER 5\n",
            ["-t", "x", "--insecure-registry", registry.authority, "-o", "type=oci,dest=\(work.place.path("out"))"])
        #expect(registry.count(layer.digest.hex) == 1)
        let image = try ImageFacts(layout: work.place.path("out"))
        #expect(image.layers.map { $0.keys.sorted() } == [["base", "dir"], ["f"]])
    }

    @Test("a base named by a digest that is in the store is not asked for again")
    func knownDigest() throws {
        let registry = try TestRegistry()
        let added = try registry.addImage(
            [try TarFile.bytes([TarFile.file("base", "base\n")])], repository: "app"
        ).descriptor
        let work = try Workspace()
        let dockerfile = "FROM \(registry.authority)/app@\(added.digest)\nENV A=1\n"
        let first = try work.image(dockerfile, ["-t", "x", "--insecure-registry", registry.authority])
        let asked = registry.count("/")
        #expect(asked > 0)
        #expect(try work.image(dockerfile, ["-t", "x", "--insecure-registry", registry.authority]) == first)
        #expect(registry.count("/") == asked)
        // A tag may have moved.
        try work.image(
            "FROM \(registry.authority)/app\nENV A=1\n", ["-t", "x", "--insecure-registry", registry.authority])
        #expect(registry.count("/") > asked)
    }

    @Test("a pull goes on after errors of the registry, and never takes wrong bytes")
    func faults() throws {
        let (registry, layer) = try remote()
        let work = try Workspace()
        try work.file(
            "Dockerfile", "FROM \(registry.authority)/app\nCOPY --from=\(registry.authority)/app /base /copy\n")
        registry.inject(.status(503), on: .manifests, times: 1)
        registry.inject(.status(500), on: .blob(layer.digest), times: 1)
        let arguments = ["build", "-t", "x", "--insecure-registry", registry.authority, work.context]
        try work.succeed(arguments)
        #expect(try work.files("x")["copy"]?.text == "base\n")
        let other = try Workspace()
        registry.inject(.wrongBytes, on: .blob(layer.digest))
        let failed = try other.run(arguments)
        #expect(failed.code == 2)
        #expect(failed.error.contains(layer.digest.hex.prefix(12)), "\(failed.error)")
        #expect(try other.run("export", "x").code == 2)
    }

    @Test("an interrupted pull ends at once, and the next one goes on where it was")
    func interruptedPull() throws {
        let registry = try TestRegistry()
        var random = SeededGenerator(seed: 23)
        let content = String(decoding: random.text(4 << 20), as: UTF8.self)
        let layer = try TarFile.bytes([TarFile.file("large", content)])
        _ = try registry.addImage([layer], repository: "app")
        let digest = SHA256.digest(of: layer)
        let work = try Workspace()
        try work.file(
            "Dockerfile", "FROM \(registry.authority)/app AS base\nFROM scratch\nCOPY --from=base /large /copy\n")
        let arguments = ["build", "-t", "x", "--insecure-registry", registry.authority, work.context]
        registry.inject(.slow(bytes: 1 << 16, milliseconds: 20), on: .blob(digest))
        let process = try ChildProcess.spawn(Program.options(arguments, environment: ["SAMPAN_HOME": work.home]))
        #expect(Traces.wait { registry.count(digest.hex) > 0 })
        usleep(300_000)
        process.terminate(SIGINT)
        #expect(process.wait(timeout: .seconds(10)) == .exited(130))
        registry.heal()
        registry.clearRequests()
        try work.succeed(arguments)
        let ranges = registry.requests.filter { $0.path.contains(digest.hex) }.compactMap { $0.headers["range"] }
        #expect(ranges.count == 1 && ranges.first != "bytes=0-", "\(ranges)")
        #expect(try work.usage() == Tree.size(work.home))
    }

    @Test("a layout whose blobs are not what their names say is refused", arguments: ["layer", "config", "manifest"])
    func damagedLayout(what: String) throws {
        let work = try Workspace()
        try work.file("f", "f\n")
        let layout = work.place.path("layout")
        try work.image("FROM scratch\nCOPY f /f\n", ["-o", "type=oci,dest=\(layout)"])
        let image = try ImageFacts(layout: layout)
        let index = try work.place.text("layout/index.json")
        let digest =
            switch what {
            case "layer": image.manifest.layers[0].digest
            case "config": image.manifest.config.digest
            default: try #require(Digest(hex: index.split(separator: "sha256:").dropFirst().first?.prefix(64) ?? ""))
            }
        let blob = layout + "/blobs/sha256/" + digest.hex
        var bytes = try WholeFile.read(blob)
        bytes[bytes.count / 2] ^= 1
        chmod(blob, 0o644)
        try AtomicFile.write(bytes, to: blob)
        let other = try Workspace()
        let failed = try other.build("FROM oci:\(layout)\nCOPY --from=oci:\(layout) /f /g\n", ["-t", "x"])
        #expect(failed.code == 2)
        #expect(failed.error.contains(digest.hex.prefix(12)), "\(failed.error)")
    }

    @Test("layers of a base can't put files outside of it", .enabled(if: Need.root, Need.rootReason))
    func hostileBase() throws {
        let work = try Workspace()
        for (index, members) in [
            [TarFile.file("../../../../tmp/sampan-escape", "x")],
            [TarFile.link("d", .symlink, to: "/tmp"), TarFile.file("d/sampan-escape", "x")],
            [TarFile.link("etc", .hardlink, to: "../../../../etc")],
        ].enumerated() {
            let registry = try TestRegistry()
            _ = try registry.addImage([try TarFile.bytes(members)], repository: "evil")
            let outcome = try work.build(
                "FROM \(registry.authority)/evil\nRUN [\"/none\"]\n", ["--insecure-registry", registry.authority])
            #expect(outcome.code == 2, "\(index): \(outcome)")
            #expect(try FileInfo.of("/tmp/sampan-escape") == nil)
        }
    }
}

/// The registry of the Debian package docker-registry, on a free port of loopback.
final class DebianRegistry {
    let authority: String
    private let process: ChildProcess

    init(_ place: String) throws {
        // A port that was free a moment ago.
        let probe = try LoopbackServer { _ in ServerReply(404) }
        authority = probe.authority
        probe.stop()
        let config = """
            version: 0.1
            storage: {filesystem: {rootdirectory: \(place)/registry}}
            http: {addr: "\(authority)"}
            log: {level: error, accesslog: {disabled: true}}
            """
        try AtomicFile.write(Array(config.utf8), to: place + "/registry.yml")
        process = try ChildProcess.spawn(ChildProcess.Options("docker-registry", ["serve", place + "/registry.yml"]))
        let address = authority.replacing(":", with: "/")
        let isUp = Traces.wait { (try? Shell.run("bash -c 'exec 3<>/dev/tcp/\(address)' 2>/dev/null")) != nil }
        try #require(isUp, "docker-registry does not listen")
    }

    func stop() {
        process.terminate(SIGKILL)
        process.wait()
    }

    deinit { stop() }
}
