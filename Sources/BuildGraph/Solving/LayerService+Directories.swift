private import Archive
import ContentStore
package import Core
private import Glibc
private import HostOS
package import Layers
private import OCI

/// Layers as directories: lower directories of overlays.
extension LayerService {
    /// The directories of a stack, lowest first.
    package func directories(_ layers: [LayerRef], progress: @Sendable @escaping (Int64) -> Void = { _ in })
        async throws
        -> [String]
    {
        let sum = ByteSum(progress)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            // Blobs come side by side and are unpacked in their order, each as soon as it is here.
            for layer in try await missing(layers) {
                group.addTask { try await self.arrive(layer) { sum.set(layer.id, $0) } }
            }
            do {
                var out: [String] = []
                for (index, layer) in layers.enumerated() {
                    out.append(
                        try await directory(layer, below: Array(layers[..<index])) { sum.set(layer.id, $0) })
                }
                try await group.waitForAll()
                return out
            } catch {
                // The others would be waited for to their end.
                fetches.cancel()
                throw error
            }
        }
    }

    /// Those of several layers whose bytes are elsewhere and that have no directory yet.
    private func missing(_ layers: [LayerRef]) async throws -> [LayerRef] {
        let far = layers.filter { layer in
            switch layer.origin {
            case .base, .shipped: true
            case .made, .ran: false
            }
        }
        let store = store
        return try await BlockingPool.waiting.run { try far.filter { try store.layerPath($0.id) == nil } }
    }

    /// Sees to it that the bytes of a layer from elsewhere are here.
    private func arrive(_ layer: LayerRef, _ progress: @Sendable @escaping (Int64) -> Void) async throws {
        switch layer.origin {
        case .made, .ran: break
        case .base(let image, let index): try await fetch(image.layers[index], progress)
        case .shipped(let shipped): if shipped.plan == nil { _ = try await fetch(shipped.blobs, of: shipped, progress) }
        }
    }

    func fetch(_ base: BaseImage.Layer, _ progress: @Sendable @escaping (Int64) -> Void) async throws {
        try await fetches.value(base.descriptor.digest) { try await base.fetch(progress) }
    }

    /// A layer unpacked as a lower directory of an overlay.
    package func directory(
        _ layer: LayerRef, below: [LayerRef], progress: @Sendable @escaping (Int64) -> Void = { _ in }
    ) async throws -> String {
        try await directories.value(layer.id) { try await self.unpack(layer, below: below, progress) }
    }

    private func unpack(_ layer: LayerRef, below: [LayerRef], _ progress: @Sendable @escaping (Int64) -> Void)
        async throws
        -> String
    {
        let store = store
        if let path = try await BlockingPool.waiting.run({ try store.layerPath(layer.id) }) { return path }
        switch layer.origin {
        case .ran:
            throw Diagnostic(
                code: "layer.missing", "the result of a RUN step has left the store while it was needed",
                hint: "build again; the step will run anew")
        case .made(let contents): return try await unpack(contents, layer.id)
        case .shipped(let shipped):
            if let contents = try await planned(shipped, layer.id) { return try await unpack(contents, layer.id) }
            return try await unpack(shipped, layer.id, progress)
        case .base(let image, let index):
            let base = image.layers[index]
            try await fetch(base, progress)
            return try await unpack(base, layer.id, onto: directories(below, progress: progress))
        }
    }

    private func unpack(_ contents: LayerContents, _ id: Digest) async throws -> String {
        let (store, settings) = (store, unpackOptions)
        return try await BlockingPool.compute.run {
            let directory = try Self.makeRoot(store)
            try LayerUnpacker(into: HostDirectory.open(directory), options: settings)
                .unpack(contents.stamped(Self.unpackedTime))
            return try store.publishLayer(id, directory: directory)
        }
    }

    private func unpack(_ base: BaseImage.Layer, _ id: Digest, onto lower: [String]) async throws -> String {
        let (store, settings, overlay) = (store, unpackOptions, overlay)
        return try await BlockingPool.compute.run {
            let tree =
                lower.isEmpty
                ? nil
                : FileTree(
                    layers: try lower.map { try LayerScanner.scanLayer(HostDirectory.open($0), overlay: overlay) })
            let directory = try Self.makeRoot(store)
            let blob = DescriptorSource(try store.openBlob(base.descriptor.digest))
            let unpacked = try LayerUnpacker(into: HostDirectory.open(directory), options: settings)
                .unpack(blob: blob, expecting: base.diffID, below: tree)
            let path = try store.publishLayer(id, directory: directory)
            try store.upsertLayer(
                LayerRecord(
                    id: id, diffID: base.diffID, unpackedSize: unpacked.size,
                    entryCount: unpacked.contents.entries.count))
            return path
        }
    }

    /// Takes a directory that holds a layer as an unpack of its blob would give it, times included.
    /// - Parameter directory: of the session; it is renamed.
    package func adopt(
        _ directory: String, holding contents: LayerContents, as layer: LayerRef, diffID: Digest
    ) async throws {
        let store = store
        try await BlockingPool.compute.run {
            _ = try store.publishLayer(layer.id, directory: directory)
            try store.upsertLayer(
                LayerRecord(
                    id: layer.id, diffID: diffID, unpackedSize: contents.entries.reduce(0) { $0 + $1.size },
                    entryCount: contents.entries.count))
        }
    }

    /// How layers are unpacked for overlays here.
    package var unpackOptions: LayerUnpacker.Options {
        var options = LayerUnpacker.Options()
        options.overlay = overlay
        if overlay == .user {
            options.devices = .skip
            options.attributes = .permitted
        }
        return options
    }

    /// An empty directory for a layer. It is what programs see as `/`, so all users may enter it.
    static func makeRoot(_ store: Store) throws -> String {
        let directory = try store.session().makeDirectory("layer")
        try check("set mode of", directory) { chmod(directory, 0o755) }
        return directory
    }
}
