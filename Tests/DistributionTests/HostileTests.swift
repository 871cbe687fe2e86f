import Archive
import ContentStore
import Core
import Distribution
import Glibc
import HostOS
import ImageLayouts
import OCI
import SampanTestSupport
import Synchronization
import Testing

/// An origin that gives out documents it was told to, and notes what it was asked for.
private final class LyingOrigin: ImageOrigin {
    let documents: [Digest: [UInt8]]
    let first: ImageDocument
    let asked = Mutex<[Digest]>([])

    init(_ first: ImageDocument, _ documents: [Digest: [UInt8]]) {
        self.first = first
        self.documents = documents
    }

    func root() -> ImageDocument { first }
    func document(_ descriptor: Descriptor) throws -> [UInt8] {
        asked.withLock { $0.append(descriptor.digest) }
        guard let bytes = documents[descriptor.digest] else { throw DistributionError.unknownBlob(descriptor.digest) }
        return bytes
    }
    func blob(_ descriptor: Descriptor) throws -> any BlobContent {
        throw DistributionError.unknownBlob(descriptor.digest)
    }
}

@Suite struct HostileTests {
    private func index(_ children: [Descriptor]) throws -> ImageDocument {
        ImageDocument(.ociIndex, try CanonicalJSON.encode(ImageIndex(manifests: children)))
    }

    private func copy(_ origin: any ImageOrigin, _ options: CopyOptions = CopyOptions()) async throws {
        try await World.with { world in
            try await world.copy(origin, StoreTarget(world.store), options)
        }
    }

    @Test("indexes inside of indexes end", arguments: [CopyOptions.Platforms.all, .one(amd64)])
    func depth(platforms: CopyOptions.Platforms) async throws {
        var documents: [Digest: [UInt8]] = [:]
        var document = try index([])
        for _ in 0..<8 {
            documents[document.descriptor.digest] = document.bytes
            var entry = document.descriptor
            entry.platform = PlatformValue(amd64)
            document = try index([entry])
        }
        let origin = LyingOrigin(document, documents)
        await #expect(throws: DistributionError.tooDeep(limit: 4)) {
            try await copy(origin, CopyOptions(platforms: platforms))
        }
        #expect(origin.asked.withLock { $0.count } == 4)
    }

    @Test("an index that names thousands of manifests is refused before one is read")
    func width() async throws {
        let children = (0..<2500).map {
            Descriptor(mediaType: .ociManifest, digest: SHA256.digest(of: "\($0)"), size: 500)
        }
        let origin = LyingOrigin(try index(children), [:])
        await #expect(throws: DistributionError.tooManyDocuments(limit: 2000)) { try await copy(origin) }
        #expect(origin.asked.withLock { $0.isEmpty })
    }

    @Test("manifests that are large together are refused before one is read")
    func weight() async throws {
        let children = (0..<20).map {
            Descriptor(mediaType: .ociManifest, digest: SHA256.digest(of: "\($0)"), size: Manifest.byteLimit)
        }
        let origin = LyingOrigin(try index(children), [:])
        await #expect(throws: DistributionError.tooManyBytes(limit: 64 << 20)) { try await copy(origin) }
        let huge = Descriptor(mediaType: .ociManifest, digest: SHA256.digest(of: "x"), size: Int.max)
        await #expect(throws: OCIError.tooLarge(.manifest, limit: Manifest.byteLimit)) {
            try await copy(LyingOrigin(try index([huge]), [:]))
        }
        #expect(origin.asked.withLock { $0.isEmpty })
    }

    @Test("one digest with two sizes is refused, in an index and in a manifest")
    func sizes() async throws {
        let image = try TestImage.make()
        var other = image.root
        other.size += 1
        await #expect(throws: DistributionError.conflictingSizes(image.root.digest, image.root.size, other.size)) {
            try await copy(
                LyingOrigin(try index([image.root, other]), [image.root.digest: image.bytes(image.root.digest)]))
        }
        var manifest = try image.manifest
        manifest.layers[1] = manifest.layers[0]
        manifest.layers[1].size += 1
        let document = ImageDocument(.ociManifest, try CanonicalJSON.encode(manifest))
        let layer = manifest.layers[0]
        await #expect(throws: DistributionError.conflictingSizes(layer.digest, layer.size, layer.size + 1)) {
            try await copy(LyingOrigin(document, [:]))
        }
        manifest.layers = [Descriptor(mediaType: .ociLayerGzip, digest: layer.digest, size: Int.max)]
        await #expect(throws: DistributionError.wrongSize(layer.digest, expected: 1 << 50, actual: Int.max)) {
            try await copy(LyingOrigin(ImageDocument(.ociManifest, try CanonicalJSON.encode(manifest)), [:]))
        }
    }

    @Test("a document that is not what its descriptor says is refused")
    func documents() async throws {
        let image = try TestImage.make()
        let bytes = image.bytes(image.root.digest)
        await #expect(
            throws: DistributionError.wrongDocument(image.root.digest, actual: SHA256.digest(of: bytes.reversed()))
        ) {
            try await copy(LyingOrigin(try index([image.root]), [image.root.digest: bytes.reversed()]))
        }
        await #expect(
            throws: DistributionError.wrongSize(image.root.digest, expected: bytes.count, actual: bytes.count - 1)
        ) {
            try await copy(LyingOrigin(try index([image.root]), [image.root.digest: bytes.dropLast()]))
        }
        let root = ImageDocument(descriptor: image.root, bytes: bytes.dropLast() + [0x20])
        await #expect(throws: (any Error).self) { try await copy(LyingOrigin(root, [:])) }
        // The same bytes under the type of an index.
        let lie = Descriptor(mediaType: .ociIndex, digest: image.root.digest, size: image.root.size)
        await #expect(throws: OCIError.self) {
            try await copy(LyingOrigin(try index([lie]), [image.root.digest: bytes]))
        }
    }

    @Test("an index that names a manifest twice copies it once")
    func twice() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            let twice = try TestImage.index([(image, amd64), (image, arm64)])
            try twice.put(into: world.store)
            let result = try await world.copy(world.stored(twice.root), world.target(world.registry.reference("web")))
            #expect(result.images == 1 && result.written == twice.root)
            #expect(world.registry.steps.filter { $0 == "PUT manifests" }.count == 2)
        }
    }

    @Test("links of a layout never lead out of it", arguments: ["absolute", "climbing", "loop"])
    func links(kind: String) async throws {
        try await World.with { world in
            let image = try TestImage.make()
            try image.put(into: world.store)
            let layer = try image.manifest.layers[0].digest
            try await world.copy(world.stored(image.root), DirectoryTarget.open(world.path("layout"), .oci))
            let blob = "layout/blobs/sha256/\(layer.hex)"
            try world.place.file("secret", image.bytes(layer))
            unlink(world.path(blob))
            switch kind {
            case "absolute": try world.place.symlink(blob, to: world.path("secret"))
            case "climbing": try world.place.symlink(blob, to: "../../../secret")
            default: try world.place.symlink(blob, to: layer.hex)
            }
            let other = try world.otherStore("other")
            await #expect(throws: ImageLayoutError.self) {
                try await world.copy(
                    LayoutOrigin.open(.directory(world.path("layout")), name: nil, scratch: world.store),
                    StoreTarget(other))
            }
            #expect(try other.images().isEmpty)
        }
    }

    @Test("a damaged blob of a layout is found when it is copied, and nothing is named", arguments: Endpoint.allCases)
    func damaged(to endpoint: Endpoint) async throws {
        try await World.with { world in
            let image = try TestImage.make()
            try image.put(into: world.store)
            let layer = try image.manifest.layers[1].digest
            try await world.copy(world.stored(image.root), DirectoryTarget.open(world.path("layout"), .oci))
            var bytes = image.bytes(layer)
            bytes[bytes.count - 1] ^= 1
            try world.place.file("layout/blobs/sha256/\(layer.hex)", bytes)
            let origin = try await LayoutOrigin.open(.directory(world.path("layout")), name: nil, scratch: world.store)
            let there = try world.otherStore("there")
            let target = try await endpoint.target(world, "out", there)
            await #expect(throws: (any Error).self) { try await world.copy(origin, target) }
            #expect(world.registry.manifest("latest", repository: "out") == nil)
            #expect(world.registry.blob(layer, repository: "out") == nil)
            #expect(try there.images().isEmpty && !there.containsBlob(layer))
            for name in ["out/index.json", "out/manifest.json", "out/\(layer.hex)", "out/blobs/sha256/\(layer.hex)"] {
                #expect(try FileInfo.of(world.path(name)) == nil)
            }
            if endpoint == .ociArchive || endpoint == .dockerArchive {
                #expect(try FileInfo.of(world.path("out")) == nil)
            }
        }
    }

    @Test("a compressed layer of a docker archive is unpacked for comparison once, and by who copies it alone")
    func compressedDockerLayer() async throws {
        try await World.with { world in
            for isRight in [true, false] {
                let tar = noise(3, 5000)
                let layer = try tar.withUnsafeBytes { try GzipMember.compress($0, level: 6) }
                let diffID = SHA256.digest(of: isRight ? tar : [])
                let config = try CanonicalJSON.encode(ImageConfig(platform: amd64, diffIDs: [diffID]))
                try world.place.file("save/c.json", config)
                try world.place.file("save/l", layer)
                try world.place.file("save/manifest.json", #"[{"Config":"c.json","Layers":["l"]}]"#)
                try Shell.run("cd \(world.path("save")) && tar cf ../save.tar *")
                let origin = try await LayoutOrigin.open(
                    .archive(world.path("save.tar")), name: nil, scratch: world.store)
                let blob = Descriptor(mediaType: .ociLayerGzip, describing: layer)
                let content = try #require(try await origin.blob(blob) as? StoredContent)
                #expect(try content.place.source("l").readAll(limit: 1 << 20) == layer)
                let store = try world.otherStore("there-\(isRight)")
                if isRight {
                    #expect(try await content.read(at: 0, upTo: layer.count) == layer)
                    try await world.copy(origin, StoreTarget(store))
                    #expect(try store.readBlob(blob.digest) == layer)
                } else {
                    let error = ImageLayoutError.wrongContent("l", expected: diffID, actual: SHA256.digest(of: tar))
                    await #expect(throws: error) { try await content.read(at: 0, upTo: 1) }
                    await #expect(throws: error) { try await content.complete { _ in } }
                    await #expect(throws: error) { try await world.copy(origin, StoreTarget(store)) }
                    #expect(try store.images().isEmpty && !store.containsBlob(blob.digest))
                }
            }
        }
    }

    @Test("a plain directory that holds something else is left alone, an older image in it gives way whole")
    func plainDirectory() async throws {
        try await World.with { world in
            let (one, two) = (try TestImage.make(), try TestImage.make(layers: [noise(4, 10)]))
            for image in [one, two] { try image.put(into: world.store) }
            try world.place.file("mine/file", "text")
            await #expect(throws: ImageLayoutError.notEmpty(path: world.path("mine"))) {
                _ = try await DirectoryTarget.open(world.path("mine"), .plain)
            }
            for image in [one, two] {
                try await world.copy(world.stored(image.root), DirectoryTarget.open(world.path("out"), .plain))
            }
            try world.place.file("out/signature-1", "of the old one")
            try await world.copy(world.stored(two.root), DirectoryTarget.open(world.path("out"), .plain))
            let names = try Directory.names(FileDescriptor.open(world.path("out"), O_RDONLY)).map {
                String(decoding: $0, as: UTF8.self)
            }
            let manifest = try two.manifest
            #expect(
                names.sorted()
                    == ([manifest.config.digest.hex, manifest.layers[0].digest.hex] + ["manifest.json", "version"])
                    .sorted())
            #expect(try world.place.text("out/version") == "Directory Transport Version: 1.1\n")
        }
    }

    @Test("names of another repository are refused by a registry")
    func otherRepository() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            try image.put(into: world.store)
            let name = world.registry.reference("other")
            let reference = world.registry.reference("web")
            await #expect(throws: DistributionError.otherRepository(name.familiar, target: reference.familiar)) {
                try await world.copy(world.stored(image.root), world.target(reference), CopyOptions(names: [name]))
            }
        }
    }
}
