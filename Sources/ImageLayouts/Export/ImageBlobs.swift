internal import Archive
internal import Core
internal import HostOS
internal import OCI

/// Everything that an image or an index consists of, each blob once.
struct ImageBlobs {
    /// In order of their digests.
    private(set) var all: [Descriptor] = []
    /// The images among them, with their manifests, in the order of the index.
    private(set) var images: [(descriptor: Descriptor, manifest: ImageManifest)] = []
    private var seen: Set<Digest> = []

    init(_ root: Descriptor, from provider: some BlobProvider) throws {
        try add(root, provider, depth: 0)
        all.sort { $0.digest < $1.digest }
    }

    private mutating func add(_ descriptor: Descriptor, _ provider: some BlobProvider, depth: Int) throws {
        guard depth <= 4 else { throw ImageLayoutError.nestedIndexes }
        guard seen.insert(descriptor.digest).inserted else { return }
        all.append(descriptor)
        let bytes = try Self.read(descriptor, from: provider)
        switch try Manifest(decoding: bytes, mediaType: descriptor.mediaType) {
        case .index(let index):
            for entry in index.manifests { try add(entry, provider, depth: depth + 1) }
        case .image(let manifest):
            images.append((descriptor, manifest))
            for blob in [manifest.config] + manifest.layers where seen.insert(blob.digest).inserted {
                all.append(blob)
            }
        }
    }

    /// The bytes of a small blob, verified.
    static func read(_ descriptor: Descriptor, from provider: some BlobProvider) throws -> [UInt8] {
        let file = try provider.openBlob(descriptor.digest)
        let source = VerifyingSource(DescriptorSource(file), descriptor, name: descriptor.digest.description)
        return try source.readAll(limit: Manifest.byteLimit, what: "a manifest")
    }
}
