private import Archive
private import ContentStore
import Core
private import HostOS
import Layers
private import Synchronization

/// Layers that other machines made: fetched, unpacked and compared with what was promised of them.
extension LayerService {
    /// The entries of a layer that can be made out of what is here; nil when its blob says what it holds.
    func planned(_ shipped: ShippedLayer, _ id: Digest) async throws -> LayerContents? {
        guard let plan = shipped.plan else { return nil }
        do {
            return try await plans.value(id) {
                let contents = try await plan()
                try shipped.verify(try await self.contentID(of: contents, observed: .now()))
                return contents
            }
        } catch let error as Diagnostic where error.code == ShippedLayer.otherContent {
            // Without privilege a base's owners and attributes can be others here than where the layer was made.
            if shipped.blobs.isEmpty { throw shipped.explain(error) }
            return nil
        }
    }

    /// The entries of a layer where nothing can be unpacked.
    func listing(of shipped: ShippedLayer, _ id: Digest, _ progress: @Sendable @escaping (Int64) -> Void) async throws
        -> LayerContents
    {
        let blob = try await fetch(shipped.blobs, of: shipped, progress)
        do {
            return try await listing(of: id, blob.descriptor, blob.diffID, fetch: {}) { contents in
                try shipped.verify(try await self.contentID(of: contents, observed: .now()))
            }
        } catch {
            throw shipped.explain(error)
        }
    }

    /// Brings one of several forms of a layer here: one that is here already, else the smallest.
    func fetch(
        _ blobs: [CacheRecords.Blob], of shipped: ShippedLayer, _ progress: @Sendable @escaping (Int64) -> Void
    ) async throws -> CacheRecords.Blob {
        let store = store
        do {
            let missing = try await BlockingPool.waiting.run { Set(try store.missingBlobs(of: blobs.map(\.digest))) }
            if let present = blobs.first(where: { !missing.contains($0.digest) }) { return present }
            guard let blob = blobs.min(by: { $0.size < $1.size }) else {
                throw Diagnostic(code: "cache.blob", "its records name no blob of it")
            }
            try await fetches.value(blob.digest) {
                try await shipped.cache.fetch(blob.descriptor, progress: progress)
            }
            return blob
        } catch {
            throw shipped.explain(error)
        }
    }

    /// Unpacks a layer from its blob. It says everything about its entries, so the layers below are not asked.
    func unpack(_ shipped: ShippedLayer, _ id: Digest, _ progress: @Sendable @escaping (Int64) -> Void) async throws
        -> String
    {
        let store = store
        let blob = try await fetch(shipped.blobs, of: shipped, progress)
        let directory: String
        let unpacked: UnpackedLayer
        do {
            (directory, unpacked) = try await unpack(blob)
        } catch {
            throw shipped.explain(error)
        }
        do {
            try shipped.verify(try await contentID(of: unpacked.contents, observed: .now()))
        } catch {
            try? Directory.removeTree(directory)
            throw shipped.explain(error)
        }
        let contents = unpacked.contents
        let path = try await BlockingPool.waiting.run {
            let path = try store.publishLayer(id, directory: directory)
            try store.upsertLayer(
                LayerRecord(
                    id: id, diffID: blob.diffID, contentID: shipped.contentID, unpackedSize: unpacked.size,
                    entryCount: contents.entries.count))
            // The blob holds what was promised, so it is as good as one that was written here.
            try store.upsertLayer(
                LayerRecord(
                    id: Self.blobKey(id, epoch: blob.epoch, compression: blob.compression), diffID: blob.diffID,
                    blob: blob.descriptor, unpackedSize: unpacked.size, entryCount: contents.entries.count))
            return path
        }
        if canHoldAll(contents) {
            for action in arrivals.withLock({ $0.removeValue(forKey: id) ?? [] }) { try await action() }
        }
        return path
    }

    /// Does something once a shipped layer's directory is in the store with everything that the layer says; at once when
    /// it is there.
    func whenPublished(_ id: Digest, _ action: @Sendable @escaping () async throws -> Void) async throws {
        arrivals.withLock { $0[id, default: []].append(action) }
        let store = store
        guard overlay == .trusted, try await BlockingPool.waiting.run({ try store.layerPath(id) }) != nil else {
            return
        }
        for action in arrivals.withLock({ $0.removeValue(forKey: id) ?? [] }) { try await action() }
    }

    private func unpack(_ blob: CacheRecords.Blob) async throws -> (directory: String, UnpackedLayer) {
        let store = store
        var options = unpackOptions
        options.time = Self.unpackedTime
        let settings = options
        return try await BlockingPool.compute.run {
            let directory = try Self.makeRoot(store)
            do {
                let source = DescriptorSource(try store.openBlob(blob.digest))
                let unpacked = try LayerUnpacker(into: HostDirectory.open(directory), options: settings)
                    .unpack(blob: source, expecting: blob.diffID)
                return (directory, unpacked)
            } catch {
                try? Directory.removeTree(directory)
                throw error
            }
        }
    }

    /// Whether a directory of this machine says all that a layer does: without privilege, devices and attributes that
    /// only root may set are left out, and such a directory is good to run in but is not the layer.
    private func canHoldAll(_ contents: LayerContents) -> Bool {
        if overlay == .trusted { return true }
        return contents.entries.allSatisfy { entry in
            switch entry.kind {
            case .characterDevice, .blockDevice: false
            default: entry.attributes.isEmpty
            }
        }
    }
}
