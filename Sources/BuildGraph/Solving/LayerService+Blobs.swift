private import Archive
package import ContentStore
import Core
private import HostOS
package import Layers
private import OCI

/// Layers as blobs.
extension LayerService {
    /// The blob of a layer, made when it isn't there yet. That of a base or of a shipped layer need not be in the store.
    ///
    /// - Parameter progress: receives the uncompressed bytes of a layer that had to be written.
    package func blob(
        _ layer: LayerRef, epoch: Int64, compression: Layers.LayerCompression,
        progress: @Sendable @escaping (Int64) -> Void = { _ in }
    ) async throws -> LayerBlob {
        if case .base(let image, let index) = layer.origin {
            let base = image.layers[index]
            return LayerBlob(descriptor: base.descriptor, diffID: base.diffID)
        }
        let key = Self.blobKey(layer.id, epoch: epoch, compression: compression)
        return try await blobs.value(key) { [store] in
            if let known = try await BlockingPool.waiting.run({ try Self.known(key, store) }) { return known }
            if case .shipped(let shipped) = layer.origin,
                let blob = shipped.blob(epoch: epoch, compression: compression)
            {
                return LayerBlob(descriptor: blob.descriptor, diffID: blob.diffID)
            }
            let contents = try await self.contents(layer, below: [])
            let written = try await BlockingPool.compute.run {
                try Self.write(contents, key, epoch: epoch, compression: compression, store)
            }
            progress(written.size)
            return written.blob
        }
    }

    /// Sees to it that a layer's blob is in the store, where it was not made here.
    package func fetchBlob(
        _ layer: LayerRef, epoch: Int64, compression: Layers.LayerCompression,
        progress: @Sendable @escaping (Int64) -> Void = { _ in }
    ) async throws {
        switch layer.origin {
        case .base(let image, let index): try await fetch(image.layers[index], progress)
        case .made, .ran: break
        case .shipped(let shipped):
            guard let blob = shipped.blob(epoch: epoch, compression: compression) else { return }
            _ = try await fetch([blob], of: shipped, progress)
        }
    }

    static func blobKey(_ layer: Digest, epoch: Int64, compression: Layers.LayerCompression) -> Digest {
        var hash = KeyHasher("layer-blob/1")
        hash.add(layer)
        hash.add(UInt64(bitPattern: epoch))
        hash.add(compression.rawValue)
        return hash.finalize()
    }

    private static func known(_ key: Digest, _ store: Store) throws -> LayerBlob? {
        guard let record = try store.layer(key), let blob = record.blob, let diffID = record.diffID,
            try store.containsBlob(blob.digest)
        else { return nil }
        return LayerBlob(descriptor: blob, diffID: diffID)
    }

    private static func write(
        _ contents: LayerContents, _ key: Digest, epoch: Int64, compression: Layers.LayerCompression, _ store: Store
    ) throws -> (blob: LayerBlob, size: Int64) {
        var options = LayerWriter.Options()
        options.compression = compression
        options.timestamps = .fixed(epoch)
        let sink = StoreBlobSink(try store.makeBlobWriter())
        let written = try LayerWriter(options, cache: StoreMemberCache(store)).write(contents, to: sink)
        _ = try sink.writer.commit(expected: written.digest, size: written.size)
        let descriptor = Descriptor(
            mediaType: MediaType(rawValue: written.mediaType), digest: written.digest, size: Int(written.size))
        try store.recordMembers(
            written.members.map {
                (key: $0.key, location: .init(blob: written.digest, offset: $0.offset, length: Int64($0.length)))
            })
        try store.upsertLayer(
            LayerRecord(
                id: key, diffID: written.diffID, blob: descriptor, unpackedSize: written.uncompressedSize,
                entryCount: written.entryCount))
        try store.recordBlob(descriptor, diffID: written.diffID, codec: compression.rawValue)
        return (LayerBlob(descriptor: descriptor, diffID: written.diffID), written.uncompressedSize)
    }
}

/// Writes into a blob of the store.
package final class StoreBlobSink: ByteSink {
    package let writer: BlobWriter

    package init(_ writer: BlobWriter) { self.writer = writer }

    package func write(_ bytes: UnsafeRawBufferPointer) throws { try writer.write(bytes) }
}
