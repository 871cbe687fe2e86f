private import Archive
package import ContentStore
package import Core
private import Glibc
package import HostOS
package import Layers
package import OCI
private import Synchronization

/// Gives layers the form that is asked for: a tree to look into, a directory to mount, a blob to ship.
///
/// Each form is made at most once a process and kept in the store for the next.
package final class LayerService: Sendable {
    package let store: Store
    /// Whether layers can be unpacked with owners and devices, as mounts need it.
    package let canUnpack: Bool
    package let overlay: LayerScanner.Overlay
    package let digests: FileDigests
    private let directories = Mutex<[Digest: Task<String, any Error>]>([:])
    private let listings = Mutex<[Digest: Task<LayerContents, any Error>]>([:])
    private let blobs = Mutex<[Digest: Task<LayerBlob, any Error>]>([:])

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
        for task in directories.withLock({ Array($0.values) }) { task.cancel() }
        for task in listings.withLock({ Array($0.values) }) { task.cancel() }
        for task in blobs.withLock({ Array($0.values) }) { task.cancel() }
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
        switch layer.origin {
        case .made(let contents): return ListedLayer(contents)
        case .ran:
            return DirectoryLayer(try HostDirectory.open(try await directory(layer, below: below)), overlay: overlay)
        case .base:
            if canUnpack {
                let path = try await directory(layer, below: below, progress: progress)
                return DirectoryLayer(try HostDirectory.open(path), overlay: overlay)
            }
            return ListedLayer(try await listing(layer, progress))
        }
    }

    /// The entries of a base layer, their contents in an uncompressed copy of its tar.
    private func listing(_ layer: LayerRef, _ progress: @Sendable @escaping (Int64) -> Void) async throws
        -> LayerContents
    {
        guard case .base(let image, let index) = layer.origin else { return .empty }
        let base = image.layers[index]
        let task = listings.withLock { known in
            if let task = known[layer.id] { return task }
            let task = Task { [store] in
                let path = try await BlockingPool.waiting.run { try store.layerTarPath(layer.id) }
                if let path {
                    return try await BlockingPool.compute.run {
                        try TarIndexer.list(tar: FileDescriptor.open(path, O_RDONLY))
                    }
                }
                try await base.fetch(progress)
                return try await BlockingPool.compute.run {
                    let temporary = try store.session().makePath("layer-tar")
                    let tar = try FileDescriptor.open(temporary, O_RDWR | O_CREAT | O_EXCL)
                    let blob = DescriptorSource(try store.openBlob(base.descriptor.digest))
                    let indexed = try TarIndexer.index(blob, into: tar, expecting: base.diffID)
                    _ = try store.publishLayerTar(layer.id, file: temporary)
                    return indexed.contents
                }
            }
            known[layer.id] = task
            return task
        }
        return try await task.value
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
        if case .made(let contents) = layer.origin { return contents }
        if case .base = layer.origin, !canUnpack { return try await listing(layer) { _ in } }
        let path = try await directory(layer, below: below)
        let overlay = overlay
        return try await BlockingPool.compute.run {
            try LayerScanner.scanLayer(HostDirectory.open(path), overlay: overlay)
        }
    }

    // MARK: - Directories

    /// The directories of a stack, lowest first.
    package func directories(_ layers: [LayerRef], progress: @Sendable @escaping (Int64) -> Void = { _ in })
        async throws
        -> [String]
    {
        var out: [String] = []
        for (index, layer) in layers.enumerated() {
            out.append(try await directory(layer, below: Array(layers[..<index]), progress: progress))
        }
        return out
    }

    /// A layer unpacked as a lower directory of an overlay.
    package func directory(
        _ layer: LayerRef, below: [LayerRef], progress: @Sendable @escaping (Int64) -> Void = { _ in }
    ) async throws -> String {
        let task = directories.withLock { known in
            if let task = known[layer.id] { return task }
            let task = Task { try await self.unpack(layer, below: below, progress) }
            known[layer.id] = task
            return task
        }
        return try await task.value
    }

    private func unpack(_ layer: LayerRef, below: [LayerRef], _ progress: @Sendable @escaping (Int64) -> Void)
        async throws
        -> String
    {
        let store = store
        if let path = try await BlockingPool.waiting.run({ try store.layerPath(layer.id) }) { return path }
        let settings = unpackOptions
        switch layer.origin {
        case .ran:
            throw Diagnostic(
                code: "layer.missing", "the result of a RUN step has left the store while it was needed",
                hint: "build again; the step will run anew")
        case .made(let contents):
            return try await BlockingPool.compute.run {
                let directory = try Self.makeRoot(store)
                try LayerUnpacker(into: HostDirectory.open(directory), options: settings)
                    .unpack(contents.stamped(Self.unpackedTime))
                return try store.publishLayer(layer.id, directory: directory)
            }
        case .base(let image, let index):
            let base = image.layers[index]
            try await base.fetch(progress)
            let lower = try await directories(below, progress: progress)
            let overlay = overlay
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
                let path = try store.publishLayer(layer.id, directory: directory)
                try store.upsertLayer(
                    LayerRecord(
                        id: layer.id, diffID: base.diffID, unpackedSize: unpacked.size,
                        entryCount: unpacked.contents.entries.count))
                return path
            }
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
    private static func makeRoot(_ store: Store) throws -> String {
        let directory = try store.session().makeDirectory("layer")
        try check("set mode of", directory) { chmod(directory, 0o755) }
        return directory
    }

    // MARK: - Identity of contents

    /// What a layer holds, whatever made it: equal for equal contents.
    package func contentID(_ layer: LayerRef) async throws -> Digest {
        guard case .ran = layer.origin else { return layer.id }
        let store = store
        if let known = try await BlockingPool.waiting.run({ try store.layer(layer.id)?.contentID }) { return known }
        let path = try await directory(layer, below: [])
        let overlay = overlay
        let observed = FileTime.now()
        let contents = try await BlockingPool.compute.run {
            try LayerScanner.scanLayer(HostDirectory.open(path), overlay: overlay)
        }
        let resolved = try await digests.resolve(contents, observed: observed)
        return try await BlockingPool.compute.run {
            let id = try resolved.contentID()
            try store.upsertLayer(LayerRecord(id: layer.id, contentID: id))
            return id
        }
    }

    // MARK: - Blobs

    /// The blob of a layer, made when it isn't there yet.
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
        let task = blobs.withLock { known in
            if let task = known[layer.id] { return task }
            let task = Task { try await self.write(layer, epoch: epoch, compression: compression, progress) }
            known[layer.id] = task
            return task
        }
        return try await task.value
    }

    private func write(
        _ layer: LayerRef, epoch: Int64, compression: Layers.LayerCompression,
        _ progress: @Sendable @escaping (Int64) -> Void
    ) async throws -> LayerBlob {
        var hash = KeyHasher("layer-blob/1")
        hash.add(layer.id)
        hash.add(UInt64(bitPattern: epoch))
        hash.add(compression.rawValue)
        let key = hash.finalize()
        let (store, overlay) = (store, overlay)
        let known = try await BlockingPool.waiting.run { () -> LayerBlob? in
            guard let record = try store.layer(key), let blob = record.blob, let diffID = record.diffID,
                try store.containsBlob(blob.digest)
            else { return nil }
            return LayerBlob(descriptor: blob, diffID: diffID)
        }
        if let known { return known }
        let path: String?
        if case .ran = layer.origin { path = try await directory(layer, below: []) } else { path = nil }
        return try await BlockingPool.compute.run {
            let contents: LayerContents
            if case .made(let made) = layer.origin {
                contents = made
            } else {
                contents = try LayerScanner.scanLayer(HostDirectory.open(path ?? ""), overlay: overlay)
            }
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
            progress(written.uncompressedSize)
            return LayerBlob(descriptor: descriptor, diffID: written.diffID)
        }
    }
}

/// Writes into a blob of the store.
package final class StoreBlobSink: ByteSink {
    package let writer: BlobWriter

    package init(_ writer: BlobWriter) { self.writer = writer }

    package func write(_ bytes: UnsafeRawBufferPointer) throws { try writer.write(bytes) }
}
