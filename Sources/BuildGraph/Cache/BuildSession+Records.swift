import ContentStore
import Core
package import Layers
private import OCI

/// Exporting what a build knows.
extension BuildSession {
    /// What this build can tell others, once ``run()`` has ended well.
    ///
    /// Blobs of layers that have none yet are written. Blobs of a cache that were never needed here are named too, and
    /// need not be in the store: whoever exports them to where they came from has nothing to do, others fetch them.
    ///
    /// - Parameters:
    ///   - compression: of layers that are not in the result and were made here; nil for that of the result.
    ///   - progress: receives the uncompressed bytes of layers that had to be written.
    /// - Returns: the records, and the blobs that they name, each once, in the order of their digests.
    package func cacheRecords(
        mode: CacheMode, compression: Layers.LayerCompression? = nil,
        progress: @Sendable @escaping (Int64) -> Void = { _ in }
    ) async throws -> (records: CacheRecords, blobs: [LayerService.LayerBlob]) {
        let target = try await stage(graph.target)
        var steps = target.steps
        if mode == .max {
            for index in graph.needed.sorted() { steps += try await stage(index).steps }
        }
        let result = Set(target.layers.map(\.id))
        var records = CacheRecords()
        for step in steps {
            let shape = try await step.shape()
            let key = try await step.sharedKey(shape, services.layers)
            guard records.step(key) == nil else { continue }
            var id: Digest?
            if let layer = step.layer {
                let isInResult = result.contains(layer.id)
                let record = try await record(
                    layer, withBlobs: step.isShipped || isInResult,
                    compression: isInResult ? request.compression : compression ?? request.compression, progress)
                id = record.id
                records.add(record)
            }
            records.add(CacheRecords.Step(key: key, shape: shape, layer: id))
        }
        let blobs = records.blobs.map { LayerService.LayerBlob(descriptor: $0.descriptor, diffID: $0.diffID) }
        return (records, blobs)
    }

    private func record(
        _ layer: LayerRef, withBlobs: Bool, compression: Layers.LayerCompression,
        _ progress: @Sendable @escaping (Int64) -> Void
    ) async throws -> CacheRecords.Layer {
        let layers = services.layers
        var record = CacheRecords.Layer(
            id: try await layers.sharedID(layer), contentID: try await layers.contentID(layer), blobs: [])
        guard withBlobs else { return record }
        if case .shipped(let shipped) = layer.origin, !shipped.blobs.isEmpty,
            shipped.blob(epoch: request.epoch, compression: compression) == nil
        {
            // Another form than is wanted is better than all its bytes coming here to be packed anew.
            record.blobs = shipped.blobs
            return record
        }
        let blob = try await layers.blob(
            layer, epoch: request.epoch, compression: compression, progress: progress)
        record.blobs = [
            CacheRecords.Blob(
                epoch: request.epoch, compression: compression, diffID: blob.diffID, digest: blob.descriptor.digest,
                size: blob.descriptor.size)
        ]
        return record
    }
}
