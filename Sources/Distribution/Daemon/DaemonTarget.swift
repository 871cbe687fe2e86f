package import ContentStore
package import Core
internal import HTTPTransport
internal import ImageLayouts
package import OCI
private import Synchronization

/// Docker or Podman: one image, sent as an archive while it is read.
package final class DaemonTarget: ImageTarget {
    private struct State {
        var archive: LoadArchive?
        var written: Set<Digest> = []
    }

    private let engine: EngineClient
    private let state = Mutex(State())

    package init(_ engine: EngineClient) { self.engine = engine }

    /// Docker before 23 can't read zstd, and no engine keeps the digest of a compressed layer.
    package func accepts(_ compression: LayerCompression) -> Bool { compression != .zstd }

    /// All of them: an engine can't be asked for blobs.
    package func missing(of blobs: [Descriptor]) -> [Descriptor] { blobs }

    package func put(
        _ blob: Descriptor, _ content: any BlobContent, from places: [BlobOrigin], progress: @escaping BlobProgress
    ) async throws -> BlobOutcome {
        guard state.withLock({ $0.written.insert(blob.digest).inserted }) else { return .present }
        try await archive().file(OCILayoutFile.blobPath(blob.digest).description, content, progress: progress)
        return .written
    }

    package func put(document: ImageDocument) async throws {
        guard state.withLock({ $0.written.insert(document.descriptor.digest).inserted }) else { return }
        let path = OCILayoutFile.blobPath(document.descriptor.digest).description
        try await archive().file(path, document.bytes)
    }

    /// - Returns: the engine's identifier of the image.
    package func finish(_ root: ImageDocument, names: [Reference]) async throws -> FinishedImage {
        guard case .image(let manifest) = try Manifest(decoding: root.bytes, mediaType: root.descriptor.mediaType)
        else { throw EngineError.index }
        try await put(document: root)
        let layoutNames = LayoutName.names(for: names)
        let archive = try await archive()
        var index = ImageIndex(manifests: [])
        try LayoutExport.enter(root.descriptor, layoutNames, in: &index)
        try await archive.file(OCILayoutFile.indexName, CanonicalJSON.encode(index))
        let entry = DockerManifestEntry(
            config: OCILayoutFile.blobPath(manifest.config.digest).description,
            repoTags: layoutNames.compactMap(\.imageName),
            layers: manifest.layers.map { OCILayoutFile.blobPath($0.digest).description })
        try await archive.file(DockerManifestEntry.fileName, CanonicalJSON.encode([entry]))
        try await archive.file(OCILayoutFile.name, CanonicalJSON.encode(OCILayoutFile()))
        let loaded = try await archive.end()
        return try await found(root, manifest, names: names, loaded)
    }

    /// Asks the engine for what it has now: the image that was sent, or the error that it did not tell.
    private func found(
        _ root: ImageDocument, _ manifest: ImageManifest, names: [Reference], _ loaded: [String]
    ) async throws -> FinishedImage {
        guard let name = names.first?.familiar ?? loaded.first else { return FinishedImage(root.descriptor) }
        guard let image = try await engine.image(name) else {
            throw EngineError.unexpected(operation: "load the image", reason: "'\(name)' is not there afterwards")
        }
        if image.id.hasSuffix(root.descriptor.digest.hex) { return FinishedImage(root.descriptor) }
        guard image.id.hasSuffix(manifest.config.digest.hex) else {
            throw EngineError.unexpected(operation: "load the image", reason: "'\(name)' is \(image.id) afterwards")
        }
        return FinishedImage(
            manifest.config, changes: ["the engine knows an image by the digest of its configuration"])
    }

    private func archive() async throws -> LoadArchive {
        let (archive, isNew) = state.withLock { state in
            if let archive = state.archive { return (archive, false) }
            let archive = LoadArchive(engine)
            state.archive = archive
            return (archive, true)
        }
        if isNew { for name in ["blobs", "blobs/sha256"] { try await archive.directory(name) } }
        return archive
    }
}
