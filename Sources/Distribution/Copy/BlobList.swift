import Core
import OCI

/// The blobs of some images, each digest once, large ones first: the last one to arrive is then a short one.
struct BlobList {
    private var sizes: [Digest: Int] = [:]
    private var found: [Descriptor] = []

    /// More than any layer; what claims to be larger is a mistake or worse.
    static let sizeLimit = 1 << 50

    init(_ images: [ImageManifest]) throws {
        for image in images {
            for blob in [image.config] + image.layers { try add(blob) }
        }
    }

    private mutating func add(_ blob: Descriptor) throws {
        if let size = sizes[blob.digest] {
            guard size == blob.size else { throw DistributionError.conflictingSizes(blob.digest, size, blob.size) }
            return
        }
        guard blob.size <= Self.sizeLimit else {
            throw DistributionError.wrongSize(blob.digest, expected: Self.sizeLimit, actual: blob.size)
        }
        sizes[blob.digest] = blob.size
        // What may lie elsewhere is named by the image, not part of it.
        if !(blob.mediaType.isForeignLayer && !blob.urls.isEmpty) { found.append(blob) }
    }

    var all: [Descriptor] {
        found.sorted { $0.size != $1.size ? $0.size > $1.size : $0.digest < $1.digest }
    }
}
