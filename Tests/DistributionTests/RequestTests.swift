import ContentStore
import Core
import Distribution
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite struct RequestTests {
    @Test("a pull asks for each blob once, and again for nothing but the tag")
    func pull() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            image.push(to: world.registry, "web")
            let reference = world.registry.reference("web")
            let options = CopyOptions(platforms: .one(amd64), names: [reference])
            let result = try await world.copy(world.origin(reference), StoreTarget(world.store), options)
            #expect(result.blobsMoved == 3 && result.blobsSkipped == 0 && result.images == 1)
            #expect(world.registry.steps.filter { $0 == "GET blobs" }.count == 3)
            #expect(world.registry.steps.filter { $0.hasSuffix("manifests") } == ["GET manifests"])
            #expect(try world.store.image(reference)?.manifest == image.root)
            let layer = try image.manifest.layers[0].digest
            #expect(
                try world.store.origins(of: layer)
                    == [BlobOrigin(registry: world.registry.authority, repository: "web")])
            world.registry.clearRequests()
            let again = try await world.copy(world.origin(reference), StoreTarget(world.store), options)
            #expect(again.blobsMoved == 0 && again.blobsSkipped == 3)
            #expect(world.registry.steps == ["GET manifests"])
        }
    }

    @Test("a push of what is there asks for the tag alone")
    func pushAgain() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            try image.put(into: world.store)
            let reference = world.registry.reference("web")
            let first = try await world.copy(world.stored(image.root), world.target(reference))
            #expect(
                first.blobsMoved == 3
                    && first.bytesMoved == Int64(image.blobs.values.map(\.bytes.count).reduce(0, +) - image.root.size))
            #expect(world.registry.manifest("latest", repository: "web")?.bytes == image.bytes(image.root.digest))
            world.registry.clearRequests()
            let second = try await world.copy(world.stored(image.root), world.target(reference))
            #expect(world.registry.steps == ["HEAD manifests"])
            #expect(second.blobsMoved == 0)
            world.registry.clearRequests()
            try await world.copy(world.stored(image.root), world.target(world.registry.reference("web", tag: "2")))
            #expect(world.registry.steps == ["HEAD manifests", "HEAD manifests", "PUT manifests"])
        }
    }

    @Test("a base that was never fetched is mounted from where it came from")
    func mount() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            image.push(to: world.registry, "base", owned: true)
            // The store knows the documents and one layer; the other is the base's.
            let manifest = try image.manifest
            for (digest, blob) in image.blobs where digest != manifest.layers[0].digest {
                try world.store.putBlob(blob.bytes)
            }
            try world.store.recordOrigins(
                [manifest.layers[0].digest], BlobOrigin(registry: world.registry.authority, repository: "base"))
            let result = try await world.copy(
                world.stored(image.root), world.target(world.registry.reference("app"), store: world.store))
            #expect(result.blobsMounted == 1 && result.blobsMoved == 2)
            #expect(world.registry.steps.filter { $0 == "GET blobs" }.isEmpty)
            #expect(world.registry.openUploads == 0)
            #expect(try world.store.origins(of: manifest.layers[1].digest).map(\.repository) == ["app"])
        }
    }

    @Test("a blob that the store lacks is fetched for another registry, and stays in the store's care")
    func fetchMissing() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            image.push(to: world.registry, "base")
            let other = try TestRegistry()
            let layer = try image.manifest.layers[1].digest
            for (digest, blob) in image.blobs where digest != layer { try world.store.putBlob(blob.bytes) }
            try world.store.recordOrigins([layer], BlobOrigin(registry: world.registry.authority, repository: "base"))
            try await world.copy(world.stored(image.root), world.target(other.reference("app")))
            #expect(other.blob(layer, repository: "app") == image.bytes(layer))
            #expect(world.registry.steps.filter { $0 == "GET blobs" }.count == 1)
        }
    }

    @Test("of several repositories that had a blob the first that has it still gives it")
    func elsewhere() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            let layer = try image.manifest.layers[1].digest
            image.push(to: world.registry, "base", owned: true)
            for (digest, blob) in image.blobs where digest != layer { try world.store.putBlob(blob.bytes) }
            for repository in ["base", "away"] {
                try world.store.recordOrigins(
                    [layer], BlobOrigin(registry: world.registry.authority, repository: repository))
            }
            world.registry.setRules { $0.mounts = false }
            let other = try TestRegistry()
            try await world.copy(world.stored(image.root), world.target(other.reference("app")))
            #expect(other.blob(layer, repository: "app") == image.bytes(layer))
            #expect(try world.store.readBlob(layer) == image.bytes(layer))
            #expect(try world.store.origins(of: layer).map(\.repository) == ["base"])
        }
    }

    @Test("between repositories of one registry blobs are mounted and none is read")
    func sameRegistry() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            image.push(to: world.registry, "one", owned: true)
            let result = try await world.copy(
                world.origin(world.registry.reference("one")), world.target(world.registry.reference("two")))
            #expect(result.blobsMounted == 3 && result.blobsMoved == 0)
            #expect(
                world.registry.steps == [
                    "GET manifests", "HEAD manifests", "HEAD manifests", "POST uploads", "POST uploads", "POST uploads",
                    "PUT manifests",
                ])
        }
    }

    @Test("what is missing of an index that was pulled in part comes from where that came from")
    func partOfIndex() async throws {
        try await World.with { world in
            let index = try TestImage.index([
                (.make(), amd64), (.make(layers: [noise(8, 100)], platform: arm64), arm64),
            ])
            index.push(to: world.registry, "web")
            let reference = world.registry.reference("web")
            try await world.copy(
                world.origin(reference), StoreTarget(world.store), CopyOptions(platforms: .one(arm64)))
            try world.store.putBlob(index.bytes(index.root.digest))
            let other = try TestRegistry()
            let result = try await world.copy(world.stored(index.root), world.target(other.reference("web")))
            #expect(result.written == index.root && result.images == 2 && result.blobsMoved == 5)
        }
    }

    @Test("a blob that nobody knows is an error before anything is named")
    func unknown() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            let layer = try image.manifest.layers[1].digest
            for (digest, blob) in image.blobs where digest != layer { try world.store.putBlob(blob.bytes) }
            await #expect(throws: DistributionError.unknownBlob(layer)) {
                try await world.copy(world.stored(image.root), world.target(world.registry.reference("app")))
            }
            #expect(world.registry.manifest("latest", repository: "app") == nil)
        }
    }

    @Test("a blob that two images share moves once, and platforms that are there are passed over")
    func shared() async throws {
        try await World.with { world in
            let one = try TestImage.make()
            let two = try TestImage.make(layers: [noise(1, 3000), noise(9, 100)], platform: arm64)
            let index = try TestImage.index([(one, amd64), (two, arm64)])
            try index.put(into: world.store)
            let reference = world.registry.reference("app")
            try await world.copy(world.stored(one.root), world.target(reference))
            world.registry.clearRequests()
            let result = try await world.copy(world.stored(index.root), world.target(reference))
            #expect(result.blobsMoved == 2 && result.blobsSkipped == 1)
            #expect(world.registry.steps.filter { $0 == "PUT manifests" }.count == 2)
        }
    }

    @Test("one platform of an index is pulled and named, or all of them")
    func platform() async throws {
        try await World.with { world in
            let one = try TestImage.make()
            let two = try TestImage.make(layers: [noise(8, 100)], platform: arm64)
            let index = try TestImage.index([(one, amd64), (two, arm64)])
            index.push(to: world.registry, "web")
            let reference = world.registry.reference("web")
            let part = try await world.copy(
                world.origin(reference), StoreTarget(world.store),
                CopyOptions(platforms: .one(arm64), names: [reference]))
            #expect(part.source == index.root && part.written.digest == two.root.digest && part.blobsMoved == 2)
            #expect(try world.store.image(reference)?.manifest.digest == two.root.digest)
            let all = try await world.copy(
                world.origin(reference), StoreTarget(world.store), CopyOptions(names: [reference]))
            #expect(all.written == index.root && all.blobsMoved == 3 && all.blobsSkipped == 2)
            #expect(try world.store.image(reference)?.manifest == index.root)
            let wanted = Platform(os: "linux", architecture: "s390x")
            await #expect(throws: OCIError.noPlatform(wanted: wanted, available: [amd64, arm64])) {
                try await world.copy(
                    world.origin(reference), StoreTarget(world.store), CopyOptions(platforms: .one(wanted)))
            }
        }
    }
}
