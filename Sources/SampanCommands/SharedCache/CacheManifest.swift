// https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
import BuildGraph
import CacheMounts
import Core
import OCI

/// A build cache as an image manifest, so that every registry keeps its parts: the records are its configuration, its
/// layers are the blobs of layers, then for each cache mount its index and the packs.
struct CacheManifest: Sendable, Hashable {
    static let artifactType: MediaType = "application/vnd.sampan.cache.v1"
    static let recordsType: MediaType = "application/vnd.sampan.cache.records.v1+json"
    private static let artifactPrefix = "application/vnd.sampan.cache."
    /// The configuration of BuildKit's caches, in an index or a manifest.
    private static let foreignPrefix = "application/vnd.buildkit.cacheconfig."
    /// The `id` of a cache mount, on its index.
    static let mountID = "vnd.sampan.cache-mount.id"
    /// Records inside of the manifest of an image.
    static let inlineRecords = "vnd.sampan.cache.records.v1"

    /// An exported cache mount.
    struct Mount: Sendable, Hashable {
        var id: String
        var index: Descriptor
        var packs: [Descriptor]

        var blobs: [Descriptor] { [index] + packs }
    }

    var records: Descriptor
    var layers: [Descriptor]
    /// In the order of their names.
    var mounts: [Mount]

    init(records: Descriptor, layers: [Descriptor], mounts: [Mount]) {
        self.records = records
        self.layers = layers.map(Self.plain).sorted { $0.digest < $1.digest }
        self.mounts = mounts.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    /// Whether a manifest is that of a cache, in this or another form.
    static func isCache(_ manifest: ImageManifest) -> Bool {
        manifest.artifactType?.rawValue.hasPrefix(artifactPrefix) ?? false
            || manifest.config.mediaType.rawValue.hasPrefix(artifactPrefix)
    }

    static func isForeign(_ descriptor: Descriptor) -> Bool {
        descriptor.mediaType.rawValue.hasPrefix(foreignPrefix)
    }

    /// - Parameter name: of the cache, for errors.
    /// - Throws: ``SharedCacheError``.
    init(_ manifest: ImageManifest, name: String) throws(SharedCacheError) {
        let type = manifest.artifactType ?? manifest.config.mediaType
        guard manifest.config.mediaType == Self.recordsType, type == Self.artifactType || type == Self.recordsType
        else { throw .unsupported(name, type: String(type.rawValue.prefix(120))) }
        records = manifest.config
        layers = []
        mounts = []
        for layer in manifest.layers {
            switch layer.mediaType {
            case CacheMountIndex.mediaType:
                guard let id = layer.annotations[Self.mountID], !mounts.contains(where: { $0.id == id }) else {
                    throw .malformed(name, reason: "a cache mount has no name of its own")
                }
                mounts.append(Mount(id: id, index: layer, packs: []))
            case CacheMountIndex.packType:
                guard !mounts.isEmpty else { throw .malformed(name, reason: "a pack belongs to no cache mount") }
                mounts[mounts.count - 1].packs.append(layer)
            default: layers.append(layer)
            }
        }
    }

    /// The bytes of the manifest.
    func encoded() throws -> [UInt8] {
        try CanonicalJSON.encode(
            ImageManifest(
                artifactType: Self.artifactType, config: Self.plain(records),
                layers: layers
                    + mounts.flatMap { mount in
                        var index = Self.plain(mount.index)
                        index.mediaType = CacheMountIndex.mediaType
                        index.annotations[Self.mountID] = mount.id
                        return [index] + mount.packs.map(Self.plain)
                    }))
    }

    /// Everything that has to be there before the manifest is, each once.
    var blobs: [Descriptor] {
        var seen: Set<Digest> = []
        return ([records] + layers + mounts.flatMap(\.blobs)).filter { seen.insert($0.digest).inserted }
    }

    func mount(_ id: String) -> Mount? { mounts.first { $0.id == id } }

    /// What it is, without what a place said of it.
    private static func plain(_ descriptor: Descriptor) -> Descriptor {
        Descriptor(mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size)
    }
}
