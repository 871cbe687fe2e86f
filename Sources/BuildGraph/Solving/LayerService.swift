private import Archive
package import ContentStore
package import Core
private import Glibc
package import HostOS
package import Layers
package import OCI
import Synchronization

/// Gives layers the form that is asked for: a tree to look into, a directory to mount, a blob to ship.
///
/// Each form is made at most once a process and kept in the store for the next.
package final class LayerService: Sendable {
    package let store: Store
    /// Whether layers can be unpacked with owners and devices, as mounts need it.
    package let canUnpack: Bool
    package let overlay: LayerScanner.Overlay
    package let digests: FileDigests
    let directories = Once<Digest, String>()
    let listings = Once<Digest, LayerContents>()
    let blobs = Once<Digest, LayerBlob>()
    let plans = Once<Digest, LayerContents>()
    let fetches = Once<Digest, Void>()
    /// What is to be done when a layer's directory is in the store.
    let arrivals = Mutex<[Digest: [@Sendable () async throws -> Void]]>([:])

    /// Files in unpacked layers carry this time (1980-01-02): constant, and late enough for zip archives.
    package static let unpackedTime = FileTime(seconds: 315_619_200)

    package init(store: Store, canUnpack: Bool, overlay: LayerScanner.Overlay) {
        self.store = store
        self.canUnpack = canUnpack
        self.overlay = overlay
        digests = FileDigests(store)
    }

    /// A layer as it is shipped.
    package struct LayerBlob: Sendable {
        package var descriptor: Descriptor
        package var diffID: Digest

        package init(descriptor: Descriptor, diffID: Digest) {
            self.descriptor = descriptor
            self.diffID = diffID
        }
    }

    /// Ends work that nobody waits for any more: downloads and unpacking after an interruption.
    package func cancel() {
        directories.cancel()
        listings.cancel()
        blobs.cancel()
        plans.cancel()
        fetches.cancel()
    }

    // MARK: - Trees

    package func tree(_ layers: [LayerRef], progress: @Sendable @escaping (Int64) -> Void = { _ in }) async throws
        -> StackTree
    {
        var parts: [any TreeLayer] = []
        for (index, layer) in layers.enumerated() {
            parts.append(try await treeLayer(layer, below: Array(layers[..<index]), progress))
        }
        return StackTree(parts)
    }

    private func treeLayer(_ layer: LayerRef, below: [LayerRef], _ progress: @Sendable @escaping (Int64) -> Void)
        async throws -> any TreeLayer
    {
        if let listed = try await listed(layer, progress) { return ListedLayer(listed) }
        let path = try await directory(layer, below: below, progress: progress)
        return DirectoryLayer(try HostDirectory.open(path), overlay: overlay)
    }

    /// The entries of a layer that is looked into without a directory of its own; nil for the others.
    private func listed(_ layer: LayerRef, _ progress: @Sendable @escaping (Int64) -> Void) async throws
        -> LayerContents?
    {
        switch layer.origin {
        case .made(let contents): return contents
        case .ran: return nil
        case .base(let image, let index):
            if canUnpack { return nil }
            let base = image.layers[index]
            return try await listing(of: layer.id, base.descriptor, base.diffID) {
                try await self.fetch(base, progress)
            }
        case .shipped(let shipped):
            if let contents = try await planned(shipped, layer.id) { return contents }
            return canUnpack ? nil : try await listing(of: shipped, layer.id, progress)
        }
    }

    /// The entries of a layer, their contents in an uncompressed copy of its tar.
    /// - Parameter verify: looks at them before the copy is published.
    func listing(
        of id: Digest, _ blob: Descriptor, _ diffID: Digest, fetch: @Sendable @escaping () async throws -> Void,
        verify: @Sendable @escaping (LayerContents) async throws -> Void = { _ in }
    ) async throws -> LayerContents {
        try await listings.value(id) { [store] in
            let path = try await BlockingPool.waiting.run { try store.layerTarPath(id) }
            if let path {
                return try await BlockingPool.compute.run {
                    try TarIndexer.list(tar: FileDescriptor.open(path, O_RDONLY))
                }
            }
            try await fetch()
            let (contents, temporary) = try await BlockingPool.compute.run {
                let temporary = try store.session().makePath("layer-tar")
                let tar = try FileDescriptor.open(temporary, O_RDWR | O_CREAT | O_EXCL)
                let source = DescriptorSource(try store.openBlob(blob.digest))
                return (try TarIndexer.index(source, into: tar, expecting: diffID).contents, temporary)
            }
            try await verify(contents)
            _ = try await BlockingPool.waiting.run { try store.publishLayerTar(id, file: temporary) }
            return contents
        }
    }

    /// All files of a stack, as one layer without whiteouts.
    ///
    /// - Parameter epoch: the time of all files that are not of a base, in seconds since 1970, as in their blobs.
    package func files(_ layers: [LayerRef], epoch: Int64) async throws -> LayerContents {
        var parts: [LayerContents] = []
        for (index, layer) in layers.enumerated() {
            let contents = try await contents(layer, below: Array(layers[..<index]))
            if case .base = layer.origin {
                parts.append(contents)
            } else {
                parts.append(contents.stamped(FileTime(seconds: epoch)))
            }
        }
        let stack = parts
        return try await BlockingPool.compute.run { try FileTree(layers: stack).flattened() }
    }

    /// The entries of one layer.
    package func contents(_ layer: LayerRef, below: [LayerRef]) async throws -> LayerContents {
        if let listed = try await listed(layer, { _ in }) { return listed }
        let path = try await directory(layer, below: below)
        let overlay = overlay
        return try await BlockingPool.compute.run {
            try LayerScanner.scanLayer(HostDirectory.open(path), overlay: overlay)
        }
    }

    // MARK: - Identity of contents

    /// What a layer holds, whatever made it: equal for equal contents.
    package func contentID(_ layer: LayerRef) async throws -> Digest {
        switch layer.origin {
        case .base, .made: return layer.id
        case .shipped(let shipped): return shipped.contentID
        case .ran: break
        }
        let store = store
        if let known = try await BlockingPool.waiting.run({ try store.layer(layer.id)?.contentID }) { return known }
        let path = try await directory(layer, below: [])
        let overlay = overlay
        let observed = FileTime.now()
        let contents = try await BlockingPool.compute.run {
            try LayerScanner.scanLayer(HostDirectory.open(path), overlay: overlay)
        }
        let id = try await contentID(of: contents, observed: observed)
        try await BlockingPool.waiting.run { try store.upsertLayer(LayerRecord(id: layer.id, contentID: id)) }
        return id
    }

    /// - Parameter observed: when the files were looked at.
    func contentID(of contents: LayerContents, observed: FileTime) async throws -> Digest {
        let resolved = try await digests.resolve(contents, observed: observed)
        return try await BlockingPool.compute.run { try resolved.contentID() }
    }

    /// What a layer is called in exported records, whichever machine it is on.
    func sharedID(_ layer: LayerRef) async throws -> Digest {
        guard case .ran = layer.origin else { return layer.id }
        return CacheRecords.id(ofProgramLayer: try await contentID(layer))
    }
}
