import Core
import FoundationEssentials
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("a build for several platforms")
struct PlatformBuildTests {
    private static let dockerfile = """
        FROM scratch
        ARG TARGETARCH TARGETVARIANT
        COPY --chmod=755 program-$TARGETARCH$TARGETVARIANT /program
        """

    private func workspace() throws -> Workspace {
        let work = try Workspace()
        for name in ["amd64", "arm64", "armv7"] { try work.file("program-" + name, "for \(name)\n") }
        return work
    }

    private func index(_ layout: String) throws -> ImageIndex {
        func decode(_ path: String) throws -> ImageIndex {
            try JSONDecoder().decode(ImageIndex.self, from: Data(try WholeFile.read(path)))
        }
        let outer = try decode(layout + "/index.json")
        return try decode("\(layout)/blobs/sha256/\(try #require(outer.manifests.first).digest.hex)")
    }

    @Test("gives an index with an image for each, in the order given, the same in another home")
    func index() throws {
        let work = try workspace()
        let layout = work.place.path("out")
        let options = [
            "--platform", "linux/arm64,linux/amd64", "--platform", "linux/arm/v7", "-o", "type=oci,dest=\(layout)",
        ]
        let digest = try work.image(Self.dockerfile, options + ["-t", "web:1"])
        let made = try index(layout)
        #expect(
            made.manifests.compactMap { $0.platform?.platform?.description } == [
                "linux/arm64", "linux/amd64", "linux/arm/v7",
            ])
        #expect(Set(made.manifests.map(\.digest)).count == 3)
        #expect(try work.succeed(["digest", "store:web:1"]).result == digest)

        let other = try workspace()
        #expect(
            try other.image(Self.dockerfile, ["--platform", "linux/arm64,linux/amd64,linux/arm/v7"]) == digest)
        let copied = try Shell.run("skopeo inspect --raw oci:\(layout):1 | sha256sum")
        #expect("sha256:" + copied.prefix(64) == digest)
        let chosen = try Shell.run(
            "skopeo --override-arch arm64 inspect --format '{{.Architecture}}' oci:\(layout):1")
        #expect(chosen == "arm64\n")
    }

    @Test("of one platform gives an image without an index, whichever it is for")
    func single() throws {
        let work = try workspace()
        try work.image(Self.dockerfile, ["--platform", "arm64", "-t", "web:1"])
        let manifest = try work.succeed(["manifest", "store:web:1", "--raw"]).output
        #expect(manifest.contains(#""mediaType":"application/vnd.oci.image.manifest.v1+json""#))
        #expect(try work.inspect("web:1").image.architecture == "arm64")
    }

    @Test("writes the files of each platform into a directory of its own")
    func local() throws {
        let work = try workspace()
        let place = work.place.path("files")
        try work.image(Self.dockerfile, ["--platform", "linux/amd64,linux/arm/v7", "-o", place])
        #expect(try work.place.text("files/linux_amd64/program") == "for amd64\n")
        #expect(try work.place.text("files/linux_arm_v7/program") == "for armv7\n")
    }

    @Test("refuses outputs that hold one image, before anything is built")
    func refused() throws {
        let work = try workspace()
        let outcome = try work.build(Self.dockerfile, ["--platform", "linux/amd64,linux/arm64", "--load"])
        #expect(outcome.code == 64)
        #expect(
            outcome.error == """
                error: a docker archive or daemon holds an image for one platform, and this build makes 2
                hint: use type=oci, oci-archive or registry, or build for one platform

                """)
        #expect(try work.succeed(["images", "--format", "json"]).output == "[\n\n]\n")
    }

    @Test("puts annotations where their prefixes say")
    func annotations() throws {
        let work = try workspace()
        let layout = work.place.path("out")
        try work.image(
            Self.dockerfile,
            [
                "--platform", "linux/amd64,linux/arm64", "--annotation", "a=1", "--annotation", "index:b=2",
                "--annotation", "manifest[linux/arm64]:c=3", "--annotation", "manifest-descriptor:d=4", "-o",
                "type=oci,dest=\(layout)",
            ])
        let made = try index(layout)
        #expect(made.annotations == ["b": "2"])
        #expect(made.manifests.map(\.annotations) == [["d": "4"], ["d": "4"]])
        let manifests = try made.manifests.map { entry in
            try JSONDecoder().decode(
                ImageManifest.self, from: Data(try WholeFile.read("\(layout)/blobs/sha256/\(entry.digest.hex)")))
        }
        #expect(manifests.map(\.annotations) == [["a": "1"], ["a": "1", "c": "3"]])
        let single = try work.build(Self.dockerfile, ["--annotation", "index:b=2"])
        #expect(single.code == 64)
    }

    @Test("names the platform that a program was not made for")
    func missing() throws {
        let work = try workspace()
        let outcome = try work.build(Self.dockerfile, ["--platform", "linux/amd64,linux/riscv64"])
        #expect(outcome.code == 2)
        #expect(outcome.error.contains("program-riscv64"), "\(outcome.error)")
    }

    @Test(
        "runs what is the same for all platforms once",
        .enabled(if: Need.root, Need.rootReason))
    func once() throws {
        let work = try Workspace()
        try work.importBase()
        let dockerfile = """
            FROM --platform=$BUILDPLATFORM base AS build
            RUN head -c 16 /dev/urandom | od -An -tx1 > /common
            ARG TARGETARCH
            RUN echo $TARGETARCH > /arch
            FROM scratch
            COPY --from=build /common /arch /
            """
        let place = work.place.path("files")
        let outcome = try work.build(dockerfile, ["--platform", "linux/amd64,linux/arm64,linux/arm/v7", "-o", place])
        try #require(outcome.code == 0, "\(outcome)")
        let common = try ["amd64", "arm64", "arm_v7"].map { try work.place.text("files/linux_\($0)/common") }
        #expect(Set(common).count == 1 && common[0].count > 40)
        #expect(try work.place.text("files/linux_arm64/arch") == "arm64\n")
        #expect(try work.place.text("files/linux_arm_v7/arch") == "arm\n")
    }
}
