import Archive
package import ContentStore
package import Core
import HostOS
import ImageLayouts
package import OCI

/// The store of this machine.
package struct StoreTarget: ImageTarget {
    private let store: Store

    package init(_ store: Store) { self.store = store }

    package func missing(of blobs: [Descriptor]) async throws -> [Descriptor] {
        let store = store
        return try await BlockingPool.waiting.run {
            let missing = Set(try store.missingBlobs(of: blobs.map(\.digest)))
            for blob in blobs where !missing.contains(blob.digest) {
                if let size = try store.blobSize(blob.digest) { try blob.check(size: size) }
            }
            return blobs.filter { missing.contains($0.digest) }
        }
    }

    package func put(
        _ blob: Descriptor, _ content: any BlobContent, from places: [BlobOrigin], progress: @escaping BlobProgress
    ) async throws -> BlobOutcome {
        if try await content.publish(in: store, progress: progress) { return .written }
        let place = try await content.complete(progress: { _ in })
        let store = store
        try await BlockingPool.waiting.run {
            let writer = try store.makeBlobWriter()
            try SpanSource(place.file, offset: place.offset, length: place.size, what: blob.digest.description)
                .forEachPiece { piece in
                    try writer.write(piece)
                    progress(writer.count)
                }
            _ = try writer.commit(expected: blob.digest, size: Int64(blob.size))
        }
        return .written
    }

    package func put(document: ImageDocument) async throws {
        let store = store
        _ = try await BlockingPool.waiting.run {
            try store.putBlob(document.bytes, expected: document.descriptor.digest)
        }
    }

    /// It is kept as an image without a name.
    package func put(referrer: ImageDocument, of subject: Digest) async throws {
        try await put(document: referrer)
        let store = store
        try await BlockingPool.waiting.run { try store.addImage(referrer.descriptor) }
    }

    package func finish(_ root: ImageDocument, names: [Reference]) async throws -> FinishedImage {
        try await put(document: root)
        let store = store
        try await BlockingPool.waiting.run {
            if names.isEmpty { return try store.addImage(root.descriptor) }
            for name in names { try store.tag(name, manifest: root.descriptor) }
        }
        return FinishedImage(root.descriptor)
    }
}
