import ContentStore
import Core
import Distribution
import HTTPTransport
import HostOS
import ImageLayouts
import OCI
import SampanTestSupport
import Synchronization
import Testing

/// What several transfers and what the store has already make of a blob.
@Suite struct ArrivalTests {
    @Test("who waits for another's transfer can be cancelled", arguments: [true, false])
    func cancelsWaiting(isLate: Bool) async throws {
        try await World.with { world in
            let bytes = noise(1, 1000)
            let blob = Descriptor(mediaType: .ociLayerTar, describing: bytes)
            let store = world.store
            let lock = try #require(try store.tryLockStep(blob.digest))
            let wasRun = Atomic(false)
            let waiting = Task {
                try await StoreSink.fetch(blob.digest, size: Int64(blob.size), into: store) { sink in
                    wasRun.store(true, ordering: .relaxed)
                    try bytes.withUnsafeBytes { try sink.write($0) }
                }
            }
            // Whoever can't be cancelled gets the lock in the end.
            let release = Task {
                try await Task.sleep(for: .seconds(20))
                lock.release()
            }
            if isLate { try await Task.sleep(for: .milliseconds(50)) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            release.cancel()
            lock.release()
            let hasRun = wasRun.load(ordering: .relaxed)
            #expect(!hasRun)
            #expect(try !store.containsBlob(blob.digest))
        }
    }

    @Test("a blob that arrived and stays is in the store before the next one looks for it")
    func isThereForTheNext() async throws {
        try await World.with { world in
            let image = try TestImage.make()
            image.push(to: world.registry, "web")
            let layer = try image.manifest.layers[1]
            let place = BlobOrigin(registry: world.registry.authority, repository: "web")
            try world.store.recordOrigins([layer.digest], place)
            let first = try await world.stored(image.root).blob(layer)
            _ = try await first.complete { _ in }
            // It is still being read when another process asks.
            let other = try Store.open(world.store.location)
            let second = try await world.stored(image.root, other).blob(layer)
            _ = try await second.complete { _ in }
            await second.close(isCopied: true)
            await first.close(isCopied: true)
            #expect(world.registry.count(layer.digest.hex) == 1)
            #expect(try other.blobSize(layer.digest) == Int64(layer.size))
        }
    }

    /// A manifest that says of a layer that it has a byte less or more than it has.
    private func lying(_ image: TestImage, by difference: Int) throws -> (TestImage, DistributionError) {
        var (image, manifest) = (image, try image.manifest)
        let size = manifest.layers[1].size
        manifest.layers[1].size += difference
        let layer = manifest.layers[1]
        image.root = image.add(try CanonicalJSON.encode(manifest), .ociManifest)
        return (image, .wrongSize(layer.digest, expected: layer.size, actual: size))
    }

    @Test("a manifest that lies about the size of a stored blob goes nowhere", arguments: Endpoint.allCases, [-1, 1])
    func sizeOfStored(to endpoint: Endpoint, difference: Int) async throws {
        try await World.with { world in
            let (image, error) = try lying(TestImage.make(), by: difference)
            try image.put(into: world.store)
            let target = try await endpoint.target(world, "out", world.store)
            await #expect(throws: error) { try await world.copy(world.stored(image.root), target) }
            #expect(try FileInfo.of(world.path("out/index.json")) == nil)
            if endpoint == .ociArchive || endpoint == .dockerArchive {
                #expect(try FileInfo.of(world.path("out")) == nil)
            }
            #expect(world.registry.manifest("latest", repository: "out") == nil)
        }
    }

    @Test("a registry's manifest that lies about the size of a stored blob is refused", arguments: Endpoint.allCases)
    func sizeOfArriving(to endpoint: Endpoint) async throws {
        try await World.with { world in
            let original = try TestImage.make()
            let (image, error) = try lying(original, by: -1)
            image.push(to: world.registry, "web")
            let layer = try original.manifest.layers[1]
            try world.store.putBlob(original.bytes(layer.digest))
            let other = try TestRegistry()
            let target: any ImageTarget =
                endpoint == .registry
                ? world.target(other.reference("out")) : try await endpoint.target(world, "out", world.store)
            await #expect(throws: error) {
                try await world.copy(world.origin(world.registry.reference("web")), target)
            }
            #expect(try world.store.images().isEmpty)
            #expect(other.manifest("latest", repository: "out") == nil)
        }
    }
}
