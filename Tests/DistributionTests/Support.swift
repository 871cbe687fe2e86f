import Archive
import ContentStore
import Core
import Distribution
import Glibc
import HTTPTransport
import HostOS
import ImageLayouts
import OCI
import RegistryClient
import SampanTestSupport
import Synchronization
import Testing

let amd64 = Platform(os: "linux", architecture: "amd64")
let arm64 = Platform(os: "linux", architecture: "arm64")

/// Places for one test: a store, a registry, files.
final class World: Sendable {
    let place: TemporaryDirectory
    let store: Store
    let registry: TestRegistry
    let http: HTTPSession
    let session: RegistrySession

    init(attempts: Int = 3) throws {
        place = try TemporaryDirectory("distribution")
        store = try Store.open(StoreLocation(home: place.path("home")))
        registry = try TestRegistry()
        var configuration = TransportConfiguration()
        configuration.retry.attempts = attempts
        configuration.retry.base = .milliseconds(1)
        configuration.retry.ceiling = .milliseconds(5)
        http = try HTTPSession(configuration)
        session = RegistrySession(transport: http)
    }

    /// Runs a test and shuts the connections down at its end.
    static func with(attempts: Int = 3, _ body: (World) async throws -> Void) async throws {
        let world = try World(attempts: attempts)
        do {
            try await body(world)
        } catch {
            await world.http.shutdown()
            throw error
        }
        await world.http.shutdown()
        world.store.close()
    }

    func path(_ name: String) -> String { place.path(name) }

    /// A store of its own, as another machine has it.
    func otherStore(_ name: String) throws -> Store { try Store.open(StoreLocation(home: place.path(name))) }

    func origin(_ reference: Reference, store: Store? = nil) -> RegistryOrigin {
        RegistryOrigin(session, reference, store: store ?? self.store)
    }

    func target(_ reference: Reference, store: Store? = nil) -> RegistryTarget {
        RegistryTarget(session, reference, store: store)
    }

    func stored(_ image: Descriptor, _ store: Store? = nil) -> StoreOrigin {
        StoreOrigin(store ?? self.store, image) { [session] in session }
    }

    /// Copies everything of an image.
    @discardableResult
    func copy(_ origin: any ImageOrigin, _ target: any ImageTarget, _ options: CopyOptions = CopyOptions()) async throws
        -> CopyResult
    {
        try await ImageCopy(from: origin, to: target, options: options, scratch: store).run()
    }
}

/// The blobs of images that tests make, by digest.
struct TestImage {
    var blobs: [Digest: (type: MediaType, bytes: [UInt8])] = [:]
    var root: Descriptor

    /// An image of compressed layers, as builders make it.
    static func make(
        layers: [[UInt8]] = [noise(1, 3000), noise(2, 90_000)], compression: OCI.LayerCompression = .gzip,
        platform: Platform = amd64, annotations: [String: String] = [:]
    ) throws -> TestImage {
        var image = TestImage(root: Descriptor(mediaType: "", describing: []))
        let descriptors = try layers.map { bytes in
            image.add(try pack(tar("file", bytes), compression), .ociLayer(compression))
        }
        let config = ImageConfig(platform: platform, diffIDs: try layers.map { SHA256.digest(of: try tar("file", $0)) })
        let manifest = ImageManifest(
            config: image.add(try CanonicalJSON.encode(config), .ociConfig), layers: descriptors,
            annotations: annotations)
        // A manifest as others write it, with blanks that encoding it again would lose.
        image.root = image.add(try CanonicalJSON.encode(manifest) + [0x0a], .ociManifest)
        return image
    }

    /// An index of images.
    static func index(_ images: [(TestImage, Platform)], attested: Bool = false) throws -> TestImage {
        var all = TestImage(root: Descriptor(mediaType: "", describing: []))
        var entries: [Descriptor] = []
        for (image, platform) in images {
            all.blobs.merge(image.blobs) { first, _ in first }
            var entry = image.root
            entry.platform = PlatformValue(platform)
            entries.append(entry)
        }
        if attested, let first = entries.first {
            let statement = all.add(Array("{}".utf8), "application/vnd.in-toto+json")
            let config = all.add(
                Array(#"{"architecture":"unknown","os":"unknown","rootfs":{"type":"layers","diff_ids":[]}}"#.utf8),
                .ociConfig)
            var entry = all.add(
                try CanonicalJSON.encode(ImageManifest(config: config, layers: [statement])), .ociManifest)
            entry.platform = PlatformValue(architecture: "unknown", os: "unknown")
            entry.annotations = [
                Annotation.dockerReferenceType: "attestation-manifest",
                Annotation.dockerReferenceDigest: first.digest.description,
            ]
            entries.append(entry)
        }
        all.root = all.add(try CanonicalJSON.encode(ImageIndex(manifests: entries)), .ociIndex)
        return all
    }

    @discardableResult
    mutating func add(_ bytes: [UInt8], _ type: MediaType) -> Descriptor {
        let descriptor = Descriptor(mediaType: type, describing: bytes)
        blobs[descriptor.digest] = (type, bytes)
        return descriptor
    }

    func bytes(_ digest: Digest) -> [UInt8] { blobs[digest]?.bytes ?? [] }

    var manifest: ImageManifest {
        get throws {
            try CanonicalJSON.decode(ImageManifest.self, from: bytes(root.digest), kind: .manifest, limit: 1 << 20)
        }
    }

    /// Puts all of it into a registry.
    func push(to registry: TestRegistry, _ repository: String, tag: String? = "latest", owned: Bool = false) {
        for (digest, blob) in blobs {
            if blob.type.isIndex || blob.type.isImageManifest {
                registry.addManifest(
                    blob.bytes, blob.type, repository: repository, tag: digest == root.digest ? tag : nil)
            } else {
                registry.addBlob(blob.bytes, mediaType: blob.type, repository: owned ? repository : nil)
            }
        }
    }

    /// Puts all of it into a store.
    func put(into store: Store) throws {
        for blob in blobs.values { try store.putBlob(blob.bytes) }
        try store.addImage(root)
    }
}

/// The bytes of a tar with one file.
func tar(_ name: String, _ content: [UInt8]) throws -> [UInt8] {
    var block: [UInt8] = []
    try TarWriter.append(TarHeader(name: Array(name.utf8), kind: .file, size: Int64(content.count)), to: &block)
    return block + content + [UInt8](repeating: 0, count: TarWriter.padding(after: Int64(content.count)))
        + TarWriter.end
}

func pack(_ bytes: [UInt8], _ compression: OCI.LayerCompression) throws -> [UInt8] {
    switch compression {
    case .none: bytes
    case .gzip: try bytes.withUnsafeBytes { try GzipMember.compress($0, level: 6) }
    case .zstd: try bytes.withUnsafeBytes { try MemberCompressor(.zstd(level: 3)).compress($0) }
    }
}

/// Bytes that don't compress, the same every time.
func noise(_ seed: UInt64, _ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count + 8) { buffer, filled in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        var offset = 0
        while offset < count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes.storeBytes(of: state ^ (state >> 29), toByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        filled = count
    }
}

/// What was told during a copy.
final class Events: Sendable {
    private let list = Mutex<[CopyEvent]>([])
    var all: [CopyEvent] { list.withLock { $0 } }
    func take(_ event: CopyEvent) { list.withLock { $0.append(event) } }
}
