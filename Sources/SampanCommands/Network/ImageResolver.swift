package import BuildGraph
import ContentStore
package import Core
import Distribution
import HostOS
import OCI
import RegistryClient

/// Finds images by all transports.
package struct ImageResolver: ImageSource {
    private let store: Store
    private let network: NetworkAccess
    private let bases: BaseMaker
    /// Gets to know what was found.
    private let materials: MaterialRecorder

    init(_ bases: BaseMaker, materials: MaterialRecorder = MaterialRecorder()) {
        store = bases.store
        network = bases.network
        self.bases = bases
        self.materials = materials
    }

    package func resolve(_ name: String, platform: Platform, pull: Bool) async throws -> BaseImage {
        let image = try await find(name, platform, pull)
        materials.add(Material(image: name, manifest: image.manifest, platform: platform))
        return image
    }

    private func find(_ name: String, _ platform: Platform, _ pull: Bool) async throws -> BaseImage {
        switch try ImageName(parsing: name) {
        case .store(let text): return try await stored(text, name: name, platform)
        case .base(let recipe): return try await bases.image(recipe, platform: platform, pull: pull)
        case .registry(let reference): return try await remote(reference, platform)
        case .plain(let reference):
            let store = store
            if !pull, let known = try await BlockingPool.waiting.run({ try store.image(reference) }) {
                return try await image(known.manifest, name: reference.familiar, platform)
            }
            return try await remote(reference, platform)
        case .oci(let path, let tag): return try await local(.oci(path: path, name: tag), name, platform)
        case .ociArchive(let path, let tag): return try await local(.ociArchive(path: path, name: tag), name, platform)
        case .dockerArchive(let path, let tag):
            return try await local(.dockerArchive(path: path, name: tag), name, platform)
        case .dockerDaemon, .directory:
            let taken = try await Transfer.take(ImageArgument(name), platform, store, network)
            return try await image(taken, name: name, platform)
        }
    }

    // MARK: - Store

    private func stored(_ text: String, name: String, _ platform: Platform) async throws -> BaseImage {
        let store = store
        guard let record = try await BlockingPool.waiting.run({ try store.resolveImage(text) }) else {
            throw try StoredImage.unknown(text, store)
        }
        return try await image(record.manifest, name: text, platform)
    }

    /// An image whose documents are in the store.
    private func image(_ descriptor: Descriptor, name: String, _ platform: Platform) async throws -> BaseImage {
        let store = store
        let fetcher = OriginFetch(store: store, network: network)
        return try await BlockingPool.waiting.run {
            let found = try StoredImage.read(descriptor, store, platform: platform)
            let layers = try zip(found.config.rootfs.diffIDs, found.manifest.layers).map { diffID, layer in
                if try store.containsBlob(layer.digest) { return BaseImage.Layer(stored: layer, diffID: diffID) }
                guard try !store.origins(of: layer.digest).isEmpty else {
                    throw ContentStoreError.blobMissing(layer.digest)
                }
                return BaseImage.Layer(diffID: diffID, descriptor: layer) {
                    try await fetcher.fetch(layer, of: descriptor, progress: $0)
                }
            }
            return BaseImage(name: name, manifest: found.digest, config: found.config, layers: layers)
        }
    }

    // MARK: - Files

    /// An image in a layout or an archive: its blobs are taken into the store, verified.
    private func local(_ name: ImageName, _ text: String, _ platform: Platform) async throws -> BaseImage {
        let store = store
        let descriptor = try await BlockingPool.compute.run {
            try StoreLayouts.read(name, into: store, platform: platform)
        }
        return try await image(descriptor, name: text, platform)
    }

    // MARK: - Registry

    private func remote(_ reference: Reference, _ platform: Platform) async throws -> BaseImage {
        let store = store
        var fetched = try await manifest(reference)
        let top = fetched
        if case .index(let index) = fetched.manifest {
            fetched = try await manifest(index.select(platform: platform), of: reference)
        }
        guard case .image(let manifest) = fetched.manifest else {
            throw Diagnostic(code: "image.nested-index", "'\(reference)' is an index in an index")
        }
        try manifest.checkIsImage()
        let configBytes: [UInt8]
        if let known = try await stored(manifest.config.digest) {
            configBytes = known
        } else {
            configBytes = try await network.registry().readBlob(manifest.config, of: reference)
        }
        let config = try ImageConfig(decoding: configBytes)
        try config.check(against: manifest)
        let documents = [top.bytes, fetched.bytes, configBytes]
        let blobs = [manifest.config.digest] + manifest.layers.map(\.digest)
        try await BlockingPool.waiting.run {
            for bytes in documents { _ = try store.putBlob(bytes) }
            let origin = BlobOrigin(registry: reference.registry, repository: reference.repository)
            let new = try blobs.filter { try !store.origins(of: $0).contains(origin) }
            if !new.isEmpty { try store.recordOrigins(new, origin) }
        }
        let network = network
        let layers = zip(config.rootfs.diffIDs, manifest.layers).map { diffID, layer in
            BaseImage.Layer(diffID: diffID, descriptor: layer) { report in
                try await Self.fetch(layer, of: reference, network, store, report)
            }
        }
        return BaseImage(
            name: reference.familiar, manifest: fetched.descriptor.digest, config: config, layers: layers)
    }

    /// The manifest or index behind a reference. A digest says what the bytes are: what the store has of it is not asked
    /// for again. A tag may have moved, so its registry is asked each time.
    private func manifest(_ reference: Reference) async throws -> FetchedManifest {
        guard let digest = reference.digest, let bytes = try await stored(digest) else {
            return try await network.registry().resolve(reference)
        }
        let manifest = try Manifest(decoding: bytes)
        return FetchedManifest(
            descriptor: Descriptor(mediaType: manifest.mediaType, digest: digest, size: bytes.count), bytes: bytes,
            manifest: manifest)
    }

    private func manifest(_ descriptor: Descriptor, of reference: Reference) async throws -> FetchedManifest {
        guard try await stored(descriptor.digest) != nil else {
            return try await network.registry().resolve(descriptor, of: reference)
        }
        var exact = reference
        exact.digest = descriptor.digest
        return try await manifest(exact)
    }

    /// A document of an image if the store has it.
    private func stored(_ digest: Digest) async throws -> [UInt8]? {
        let store = store
        return try await BlockingPool.waiting.run {
            try store.containsBlob(digest) ? try store.readBlob(digest, limit: Manifest.byteLimit) : nil
        }
    }

    /// Fetches one blob into the store unless it is there; two tasks that want the same wait for one transfer.
    private static func fetch(
        _ descriptor: Descriptor, of reference: Reference, _ network: NetworkAccess, _ store: Store,
        _ report: @Sendable @escaping (Int64) -> Void
    ) async throws {
        try await StoreSink.fetch(descriptor.digest, size: Int64(descriptor.size), into: store) { sink in
            try await network.registry().fetchBlob(descriptor, of: reference, into: &sink) {
                report(Int64($0))
            }
        }
    }
}
