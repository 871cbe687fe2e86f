import ContentStore
import Core
import Distribution
import Glibc
import HTTPTransport
import HostOS
import OCI
import RegistryClient
import SampanTestSupport
import Testing

@Suite struct StreamingTests {
    private static func big() throws -> TestImage {
        try TestImage.make(layers: [noise(1, 900_000), noise(2, 400_000)])
    }

    @Test("from registry to registry nothing stays on disk, and the upload begins before the download ends")
    func streams() async throws {
        try await World.with { world in
            let image = try TestImage.make(layers: [noise(1, 6_000_000)], compression: .none)
            image.push(to: world.registry, "web")
            let target = try TestRegistry()
            let layer = try image.manifest.layers[0]
            world.registry.inject(.slow(bytes: 200_000, milliseconds: 20), on: .blob(layer.digest))
            let events = Events()
            let copy = ImageCopy(
                from: world.origin(world.registry.reference("web")), to: world.target(target.reference("web")))
            let result = try await copy.run { events.take($0) }
            #expect(result.written == image.root && result.bytesMoved > 6_000_000)
            #expect(target.blob(layer.digest, repository: "web") == image.bytes(layer.digest))
            #expect(try world.store.blobs().isEmpty)
            #expect(try Directory.names(FileDescriptor.open(world.path("home/partial"), O_RDONLY)).isEmpty)
            let moved = events.all.compactMap { event in
                if case .moved(layer.digest, let position) = event { position } else { nil }
            }
            #expect(moved.count > 3 && moved == moved.sorted() && moved.last == Int64(layer.size))
        }
    }

    @Test("blobs whose bytes are wrong never become complete anywhere", arguments: Endpoint.allCases)
    func wrongBytes(to endpoint: Endpoint) async throws {
        try await World.with { world in
            let image = try Self.big()
            image.push(to: world.registry, "web")
            let layer = try image.manifest.layers[0]
            world.registry.inject(.wrongBytes, on: .blob(layer.digest))
            let store = try world.otherStore("there")
            let other = try TestRegistry()
            let target: any ImageTarget =
                endpoint == .registry
                ? world.target(other.reference("out")) : try await endpoint.target(world, "out", store)
            await #expect {
                try await world.copy(world.origin(world.registry.reference("web")), target)
            } throws: { error in
                if case RegistryError.blobDigest(layer.digest, _, _) = error { true } else { false }
            }
            #expect(other.blob(layer.digest, repository: "out") == nil)
            #expect(other.manifest("latest", repository: "out") == nil)
            #expect(try !store.containsBlob(layer.digest) && store.images().isEmpty)
            #expect(try FileInfo.of(world.path("out/index.json")) == nil)
            #expect(try FileInfo.of(world.path("out/manifest.json")) == nil)
            if endpoint == .ociArchive || endpoint == .dockerArchive {
                #expect(try FileInfo.of(world.path("out")) == nil)
            }
        }
    }

    /// Whether some of a blob lies in the store.
    private static func hasArrived(_ blob: Digest, _ world: World) throws -> Bool {
        let sessions = world.store.location.home + "/tmp"
        for session in try Directory.names(FileDescriptor.open(sessions, O_RDONLY | O_DIRECTORY)) {
            let path = sessions + "/" + String(decoding: session, as: UTF8.self)
            for name in try Directory.names(FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)) {
                let name = String(decoding: name, as: UTF8.self)
                if name.contains(blob.hex), try FileInfo.of(path + "/" + name)?.size ?? 0 > 0 { return true }
            }
        }
        return false
    }

    @Test("a download that breaks off is kept, and only the rest of it is fetched", arguments: [true, false])
    func resumes(intoStore: Bool) async throws {
        try await World.with { world in
            let image = try TestImage.make(layers: [noise(1, 900_000)], compression: .none)
            image.push(to: world.registry, "web")
            let layer = try image.manifest.layers[0]
            let other = try TestRegistry()
            func copy() -> ImageCopy {
                let target: any ImageTarget =
                    intoStore ? StoreTarget(world.store) : world.target(other.reference("web"))
                return ImageCopy(from: world.origin(world.registry.reference("web")), to: target)
            }
            world.registry.inject(.slow(bytes: 50_000, milliseconds: 300), on: .blob(layer.digest))
            let first = Task { try await copy().run() }
            while try !Self.hasArrived(layer.digest, world) { try await Task.sleep(for: .milliseconds(5)) }
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            world.registry.heal()
            world.registry.clearRequests()
            #expect(try await copy().run().written == image.root)
            let ranges = world.registry.requests.filter { $0.path.contains(layer.digest.hex) }.map {
                $0.headers["range"]
            }
            #expect(ranges.count == 1 && ranges[0]?.hasPrefix("bytes=") ?? false && ranges[0] != "bytes=0-")
        }
    }

    @Test("what was kept of a blob turns out wrong after some was sent on: the target starts over with it")
    func startsOver() async throws {
        try await World.with { world in
            let image = try TestImage.make(layers: [noise(1, 3_000_000)], compression: .none)
            image.push(to: world.registry, "web")
            let layer = try image.manifest.layers[0]
            let writer = try world.store.resumeBlob(layer.digest)
            try writer.write(noise(77, 1_000_000))
            writer.keepPartial(layer.digest)
            let target = try TestRegistry()
            let result = try await world.copy(
                world.origin(world.registry.reference("web")), world.target(target.reference("web")))
            #expect(result.written == image.root)
            #expect(target.blob(layer.digest, repository: "web") == image.bytes(layer.digest))
        }
    }

    @Test("cancelling ends a copy at once, and keeps what arrived", arguments: [true, false])
    func cancels(intoStore: Bool) async throws {
        try await World.with { world in
            let image = try TestImage.make(layers: [noise(1, 3_000_000)], compression: .none)
            image.push(to: world.registry, "web")
            let layer = try image.manifest.layers[0]
            world.registry.inject(.slow(bytes: 20_000, milliseconds: 500), on: .blob(layer.digest))
            let other = try TestRegistry()
            let target: any ImageTarget =
                intoStore ? StoreTarget(world.store) : world.target(other.reference("web"))
            let copy = ImageCopy(from: world.origin(world.registry.reference("web")), to: target)
            let task = Task { try await copy.run() }
            while try !Self.hasArrived(layer.digest, world) { try await Task.sleep(for: .milliseconds(5)) }
            let begin = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - begin < .seconds(40), "the whole takes longer")
            #expect(try world.store.resumeBlob(layer.digest).count > 0)
            #expect(other.manifest("latest", repository: "web") == nil)
        }
    }

    @Test("the first error is the one reported, and ends the others")
    func firstError() async throws {
        try await World.with(attempts: 1) { world in
            let image = try TestImage.make(
                layers: [noise(1, 2_000_000), noise(2, 1_000_000), noise(3, 500_000)], compression: .none)
            image.push(to: world.registry, "web")
            let layers = try image.manifest.layers
            world.registry.inject(.slow(bytes: 10_000, milliseconds: 500), on: .blob(layers[0].digest))
            world.registry.inject(.slow(bytes: 10_000, milliseconds: 500), on: .blob(layers[1].digest))
            world.registry.inject(.status(404), on: .blob(layers[2].digest))
            let begin = ContinuousClock.now
            await #expect {
                try await world.copy(world.origin(world.registry.reference("web")), StoreTarget(world.store))
            } throws: { error in
                if case RegistryError.notFound(.blob(layers[2].digest), _, _) = error { true } else { false }
            }
            #expect(ContinuousClock.now - begin < .seconds(30), "the others take longer")
        }
    }

    @Test("two copies of one image into one store fetch each blob once")
    func together() async throws {
        try await World.with { world in
            let image = try Self.big()
            image.push(to: world.registry, "web")
            let reference = world.registry.reference("web")
            let results = try await withThrowingTaskGroup(of: CopyResult.self) { group in
                for _ in 0..<3 {
                    group.addTask { try await world.copy(world.origin(reference), StoreTarget(world.store)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.allSatisfy { $0.written == image.root })
            for layer in try image.manifest.layers { #expect(world.registry.count(layer.digest.hex) == 1) }
        }
    }
}
