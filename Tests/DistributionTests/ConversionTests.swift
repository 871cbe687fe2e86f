import Archive
import ContentStore
import Core
import Distribution
import HTTPTransport
import HostOS
import ImageLayouts
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite struct ConversionTests {
    /// Copies an image of the store into another store.
    private func convert(
        _ image: TestImage, _ options: CopyOptions, in world: World? = nil
    ) async throws -> (CopyResult, ImageManifest, Store) {
        let world = try world ?? World()
        try image.put(into: world.store)
        let there = try world.otherStore("there")
        let result = try await world.copy(world.stored(image.root), StoreTarget(there), options)
        await world.http.shutdown()
        let bytes = try there.readBlob(result.written.digest)
        guard case .image(let manifest) = try Manifest(decoding: bytes, mediaType: result.written.mediaType) else {
            throw DistributionError.noReferrers
        }
        return (result, manifest, there)
    }

    @Test("docker's format has docker's types and the same layers, and comes back as OCI's")
    func docker() async throws {
        let image = try TestImage.make()
        let (result, manifest, _) = try await convert(image, CopyOptions(format: .docker))
        #expect(result.written.mediaType == .dockerManifest && !result.keepsDigest)
        #expect(result.changes == ["its media types are docker's now"])
        #expect(manifest.config.mediaType == .dockerConfig)
        #expect(manifest.layers.map(\.mediaType) == [.dockerLayerGzip, .dockerLayerGzip])
        #expect(manifest.layers.map(\.digest) == (try image.manifest.layers.map(\.digest)))
        var docker = image
        docker.root = docker.add(try CanonicalJSON.encode(manifest), .dockerManifest)
        let (_, back, _) = try await convert(docker, CopyOptions(format: .oci))
        #expect(back == (try image.manifest))
    }

    @Test("an image that is in the format already keeps its bytes", arguments: [CopyOptions.Compression.keep, .gzip])
    func already(compression: CopyOptions.Compression) async throws {
        let image = try TestImage.make()
        let (result, _, _) = try await convert(image, CopyOptions(format: .oci, compression: compression))
        #expect(result.written == image.root && result.changes.isEmpty && result.keepsDigest)
    }

    @Test(
        "layers are packed in another way, and their contents stay the same",
        arguments: OCI.LayerCompression.allCases, [CopyOptions.Compression.gzip, .zstd])
    func compression(from: OCI.LayerCompression, to: CopyOptions.Compression) async throws {
        let image = try TestImage.make(compression: from)
        let world = try World()
        let (result, manifest, store) = try await convert(image, CopyOptions(compression: to), in: world)
        guard from.rawValue != to.rawValue else {
            #expect(result.keepsDigest)
            return
        }
        #expect(result.changes == ["its layers are compressed with \(to.rawValue)"])
        #expect(manifest.layers.map(\.mediaType) == [.ociLayer(to == .gzip ? .gzip : .zstd)].flatMap { [$0, $0] })
        #expect(manifest.config == (try image.manifest.config))
        for (layer, content) in zip(manifest.layers, [noise(1, 3000), noise(2, 90_000)]) {
            let (source, compression) = try Archive.Compression.open(DescriptorSource(try store.openBlob(layer.digest)))
            #expect(compression.rawValue == to.rawValue)
            #expect(try source.readAll(limit: 1 << 20) == tar("file", content))
            #expect(try store.blobSize(layer.digest) == Int64(layer.size))
        }
        // Equal input gives equal bytes.
        #expect(try await convert(image, CopyOptions(compression: to)).0.written == result.written)
    }

    @Test("a layer that is packed anew loses the annotations that describe its old bytes, and no others")
    func annotationsOfBytes() async throws {
        var image = try TestImage.make()
        var manifest = try image.manifest
        manifest.layers[0].annotations = [
            "io.github.containers.zstd-chunked.manifest-checksum": "sha256:0",
            "io.github.containers.zstd-chunked.manifest-position": "1:2:3:1",
            "io.github.containers.zstd-chunked.tarsplit-position": "1:2:3",
            "containerd.io/snapshot/stargz/toc.digest": "sha256:0", "io.containers.estargz.uncompressed-size": "1",
            "org.example.kept": "yes",
        ]
        image.root = image.add(try CanonicalJSON.encode(manifest), .ociManifest)
        let (_, packed, _) = try await convert(image, CopyOptions(compression: .zstd))
        #expect(packed.layers[0].annotations == ["org.example.kept": "yes"])
        let (_, same, _) = try await convert(image, CopyOptions(compression: .gzip))
        #expect(same.layers == manifest.layers)
    }

    @Test("a layer that is not what the configuration says is refused when it is packed anew")
    func diffID() async throws {
        var image = try TestImage.make()
        var manifest = try image.manifest
        manifest.layers[0] = image.add(try pack(tar("other", [1]), .gzip), .ociLayerGzip)
        image.root = image.add(try CanonicalJSON.encode(manifest), .ociManifest)
        let (expected, actual) = (
            SHA256.digest(of: try tar("file", noise(1, 3000))), SHA256.digest(of: try tar("other", [1]))
        )
        await #expect(
            throws: DistributionError.wrongDiffID(manifest.layers[0].digest, expected: expected, actual: actual)
        ) { try await convert(image, CopyOptions(compression: .zstd)) }
    }

    @Test("zstd can't live in docker's format, and nothing is moved to find out")
    func zstdInDocker() async throws {
        for (compression, options) in [
            (OCI.LayerCompression.zstd, CopyOptions(format: .docker)),
            (.gzip, CopyOptions(format: .docker, compression: .zstd)),
        ] {
            try await World.with { world in
                let image = try TestImage.make(compression: compression)
                image.push(to: world.registry, "web")
                await #expect(throws: DistributionError.dockerZstd) {
                    try await world.copy(
                        world.origin(world.registry.reference("web")), StoreTarget(world.store), options)
                }
                #expect(world.registry.steps.filter { $0 == "GET blobs" }.count <= 1)
            }
        }
        let image = try TestImage.make(compression: .zstd)
        let (_, manifest, _) = try await convert(image, CopyOptions(format: .docker, compression: .gzip))
        #expect(manifest.layers.map(\.mediaType) == [.dockerLayerGzip, .dockerLayerGzip])
    }

    @Test("what docker's format lacks is refused, or dropped when that is said")
    func annotations() async throws {
        let image = try TestImage.make(annotations: ["a": "b"])
        await #expect(throws: DistributionError.dockerLacks("annotations of a manifest")) {
            try await convert(image, CopyOptions(format: .docker))
        }
        var options = CopyOptions(format: .docker)
        options.dropsAnnotations = true
        #expect(try await convert(image, options).1.annotations.isEmpty)
    }

    @Test("an index becomes a list, attestations only on demand stay behind")
    func list() async throws {
        let index = try TestImage.index([(.make(), amd64), (.make(platform: arm64), arm64)], attested: true)
        try await World.with { world in
            try index.put(into: world.store)
            let there = try world.otherStore("there")
            await #expect(throws: DistributionError.dockerLacks("attestations")) {
                try await world.copy(world.stored(index.root), StoreTarget(there), CopyOptions(format: .docker))
            }
            var options = CopyOptions(format: .docker)
            options.dropsAnnotations = true
            let result = try await world.copy(world.stored(index.root), StoreTarget(there), options)
            #expect(result.written.mediaType == .dockerList && result.images == 2)
            guard case .index(let list) = try Manifest(decoding: there.readBlob(result.written.digest)) else { return }
            #expect(list.manifests.map(\.mediaType) == [.dockerManifest, .dockerManifest])
            #expect(list.platforms == [amd64, arm64])
            for entry in list.manifests { #expect(try there.blobSize(entry.digest) == Int64(entry.size)) }
            // The attestation of an index that is packed anew speaks of the image as it is now.
            let packed = try await world.copy(
                world.stored(index.root), StoreTarget(there), CopyOptions(compression: .zstd))
            guard case .index(let new) = try Manifest(decoding: there.readBlob(packed.written.digest)) else { return }
            #expect(
                new.manifests[2].annotations[Annotation.dockerReferenceDigest] == new.manifests[0].digest.description)
        }
    }

    @Test("a docker archive holds zstd layers unpacked, and says so")
    func dockerArchive() async throws {
        try await World.with { world in
            let image = try TestImage.make(compression: .zstd)
            try image.put(into: world.store)
            let result = try await world.copy(
                world.stored(image.root), ArchiveTarget(.docker, to: .file(world.path("a.tar"))))
            #expect(result.changes == ["layers that the target can't read compressed are not compressed"])
            let back = try await LayoutOrigin.open(.archive(world.path("a.tar")), name: nil, scratch: world.store)
            guard case .image(let manifest) = try Manifest(decoding: back.root().bytes) else { return }
            #expect(manifest.layers.map(\.mediaType) == [.ociLayerTar, .ociLayerTar])
            #expect(manifest.config == (try image.manifest.config))
        }
    }

    @Test("attachments travel along, those of a converted image are an error", arguments: [true, false])
    func referrers(hasList: Bool) async throws {
        try await World.with { world in
            world.registry.setRules { $0.referrers = hasList }
            let image = try TestImage.make()
            image.push(to: world.registry, "web")
            var sbom = TestImage(root: image.root)
            let blob = sbom.add(Array(#"{"sbom":1}"#.utf8), "application/spdx+json")
            let empty = sbom.add(Array("{}".utf8), .ociEmpty)
            let manifest = ImageManifest(
                artifactType: "application/spdx+json", config: empty, layers: [blob], subject: image.root)
            sbom.root = sbom.add(try CanonicalJSON.encode(manifest), .ociManifest)
            for (digest, blob) in sbom.blobs where digest != sbom.root.digest { world.registry.addBlob(blob.bytes) }
            _ = try await world.session.pushReferrer(
                sbom.bytes(sbom.root.digest), of: image.root.digest, into: world.registry.reference("web"))
            let origin = world.origin(world.registry.reference("web"))
            var options = CopyOptions(referrers: true)
            // By way of a layout into another registry.
            let layout = try await DirectoryTarget.open(world.path("layout"), .oci)
            let first = try await world.copy(origin, layout, options)
            #expect(first.referrers == 1 && first.written == image.root)
            let other = try TestRegistry()
            let second = try await world.copy(
                LayoutOrigin.open(.directory(world.path("layout")), name: nil, scratch: world.store),
                world.target(other.reference("web")), options)
            #expect(second.referrers == 1)
            let listed = try await world.session.referrers(of: image.root.digest, in: other.reference("web"))
            #expect(listed.map(\.digest) == [sbom.root.digest])
            #expect(other.blob(blob.digest, repository: "web") == sbom.bytes(blob.digest))
            options.format = .docker
            await #expect(throws: DistributionError.referrersOfChanged(count: 1)) {
                try await world.copy(origin, StoreTarget(world.store), options)
            }
            options.format = .keep
            let archive = ArchiveTarget(.docker, to: .file(world.path("x.tar")))
            await #expect(throws: DistributionError.noReferrers) { try await world.copy(origin, archive, options) }
        }
    }
}
