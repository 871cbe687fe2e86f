internal import Core
internal import OCI

/// What a manifest or index leads to.
enum ImageReach {
    /// An index in an index in an index is more than anybody makes.
    private static let depthLimit = 4

    /// All blobs that an image consists of, itself first. Manifests that were not fetched are named but not followed.
    static func blobs(
        of root: Descriptor, in store: Store
    ) throws(ContentStoreError) -> [Digest] {
        var seen: Set<Digest> = [root.digest]
        var order = [root.digest]
        var pending: [(descriptor: Descriptor, depth: Int)] = [(root, 0)]
        func add(_ descriptor: Descriptor) -> Bool {
            guard seen.insert(descriptor.digest).inserted else { return false }
            order.append(descriptor.digest)
            return true
        }
        while let (descriptor, depth) = pending.popLast() {
            let bytes: [UInt8]
            do throws(ContentStoreError) {
                bytes = try store.readBlob(descriptor.digest, limit: Manifest.byteLimit)
            } catch {
                if case .blobMissing = error, depth > 0 { continue }
                throw error
            }
            let manifest: Manifest
            do {
                manifest = try Manifest(decoding: bytes, mediaType: descriptor.mediaType)
            } catch {
                throw .malformedManifest(descriptor.digest, error.diagnostic.message)
            }
            switch manifest {
            case .image(let image):
                _ = add(image.config)
                for layer in image.layers { _ = add(layer) }
            case .index(let index):
                for child in index.manifests where add(child) && depth + 1 < depthLimit {
                    if child.mediaType.isIndex || child.mediaType.isImageManifest { pending.append((child, depth + 1)) }
                }
            }
        }
        return order
    }
}
