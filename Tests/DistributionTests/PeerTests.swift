import ContentStore
import Core
import Distribution
import Glibc
import HostOS
import ImageLayouts
import OCI
import SampanTestSupport
import Testing

private let hasSkopeo = access("/usr/bin/skopeo", X_OK) == 0

@Suite(.enabled(if: hasSkopeo, "skopeo is not installed")) struct PeerTests {
    private func skopeo(_ world: World, _ arguments: String) throws {
        try Shell.run("cd \(world.place.path) && skopeo --insecure-policy copy -q \(arguments)")
    }

    @Test(
        "skopeo reads every place that is written, and writes what is read, with the same digest",
        arguments: [false, true])
    func skopeo(isIndex: Bool) async throws {
        try await World.with { world in
            let one = try TestImage.make()
            let image =
                isIndex
                ? try TestImage.index([(one, amd64), (.make(layers: [noise(7, 99)], platform: arm64), arm64)]) : one
            try image.put(into: world.store)
            let flags = "--preserve-digests" + (isIndex ? " --all" : "")
            let options = CopyOptions(names: [try Reference(parsing: "web:1")])
            try await world.copy(world.stored(image.root), DirectoryTarget.open(world.path("dir"), .plain))
            try await world.copy(world.stored(image.root), DirectoryTarget.open(world.path("oci"), .oci), options)
            try await world.copy(
                world.stored(image.root), ArchiveTarget(.oci, to: .file(world.path("oci.tar"))), options)
            for (index, source) in ["dir:dir", "oci:oci:1", "oci-archive:oci.tar:1"].enumerated() {
                try skopeo(world, "\(flags) \(source) dir:d\(index)")
                try skopeo(world, "\(flags) \(source) oci:o\(index):x")
                for place in [LayoutSource.plain(world.path("d\(index)")), .directory(world.path("o\(index)"))] {
                    let back = try await LayoutOrigin.open(place, name: nil, scratch: world.store)
                    #expect(back.root().descriptor == image.root)
                    let there = try world.otherStore("back-\(index)")
                    try await world.copy(back, StoreTarget(there))
                    for (digest, blob) in image.blobs { #expect(try there.readBlob(digest) == blob.bytes) }
                    there.close()
                }
            }
        }
    }

    @Test("docker archives go both ways", arguments: OCI.LayerCompression.allCases)
    func dockerArchive(compression: OCI.LayerCompression) async throws {
        try await World.with { world in
            let image = try TestImage.make(compression: compression)
            try image.put(into: world.store)
            let name = try Reference(parsing: "web:1")
            try await world.copy(
                world.stored(image.root), ArchiveTarget(.docker, to: .file(world.path("ours.tar"))),
                CopyOptions(names: [name]))
            try skopeo(world, "docker-archive:ours.tar:web:1 dir:unpacked")
            try skopeo(world, "docker-archive:ours.tar docker-archive:theirs.tar:web:1")
            let back = try await LayoutOrigin.open(
                .archive(world.path("theirs.tar")), name: "web:1", scratch: world.store)
            #expect(back.names == [name] && back.remarks.count == 1)
            let there = try world.otherStore("there")
            let result = try await world.copy(back, StoreTarget(there))
            guard case .image(let manifest) = try Manifest(decoding: there.readBlob(result.written.digest)) else {
                return
            }
            #expect(manifest.config.digest == (try image.manifest.config.digest))
            #expect(
                manifest.layers.map(\.digest)
                    == (try ImageConfig(decoding: image.bytes(manifest.config.digest)).rootfs.diffIDs))
        }
    }
}
