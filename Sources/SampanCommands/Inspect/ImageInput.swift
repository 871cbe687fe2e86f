import ContentStore
import Core
import Distribution
import HostOS
import ImageAnalysis
import ImageLayouts
import OCI

/// An image that was named on the command line, found and ready to be read: of an index the one for a platform.
///
/// Nothing but its documents is fetched before a layer is asked for. What comes from a registry then stays in the store
/// as blobs that no image needs, which `cache prune` takes away: the next look finds them there.
struct ImageInput: AnalysisSource {
    let name: String
    let manifest: Descriptor
    let image: ImageManifest
    let config: ImageConfig
    let sources: ImageSources?
    /// What one should know about where it comes from, in words.
    let remarks: [String]
    private let origin: RootedOrigin
    private let store: Store
    private let progress: CopyProgress

    /// Finds an image by any transport.
    /// - Parameter platform: of an index' image; nil takes this machine's, else the only one there is.
    /// - Throws: when it is not there, or is no image.
    static func open(
        _ argument: ImageArgument, platform: Platform? = nil, _ transfer: Transfer
    ) async throws -> ImageInput {
        let origin = try await RootedOrigin(transfer.origin(argument))
        let document = try await choose(platform, origin, of: argument.shown)
        let type = document.descriptor.mediaType
        guard case .image(let manifest) = try Manifest(decoding: document.bytes, mediaType: type) else {
            throw Diagnostic(code: "image.nested-index", "an index in an index is not supported")
        }
        try manifest.checkIsImage()
        let config = try ImageConfig(decoding: try await origin.document(manifest.config))
        try config.check(against: manifest)
        let store = try transfer.store()
        // Which lines made it is known of what was built here, wherever it lies now.
        let sources = try await BlockingPool.waiting.run { try store.sources(of: document.descriptor.digest) }
        return ImageInput(
            name: argument.shown, manifest: document.descriptor, image: manifest, config: config, sources: sources,
            remarks: origin.remarks, origin: origin, store: store,
            progress: CopyProgress(transfer.reporter))
    }

    private static func choose(_ platform: Platform?, _ origin: RootedOrigin, of name: String) async throws
        -> ImageDocument
    {
        if platform == nil, case .index(let index) = try origin.manifest {
            let images = index.manifests.filter { !$0.isAttestation }
            if images.count == 1 {
                return ImageDocument(descriptor: images[0], bytes: try await origin.document(images[0]))
            }
        }
        return try await origin.image(platform ?? .host, required: platform != nil, of: name)
    }

    func layer(_ descriptor: Descriptor) async throws -> BlobFile {
        let content = try await origin.blob(descriptor)
        do {
            let file = try await fetch(descriptor, content)
            await content.close(isCopied: true)
            return file
        } catch {
            await content.close(isCopied: false)
            throw error
        }
    }

    /// Waits for the whole of a blob; one that is here already is not spoken of.
    private func fetch(_ descriptor: Descriptor, _ content: any BlobContent) async throws -> BlobFile {
        if let stored = content as? StoredContent { return stored.place }
        progress.show(.started(descriptor))
        let moved: BlobProgress = { progress.show(.moved(descriptor.digest, $0)) }
        _ = try await content.publish(in: store, progress: moved)
        let file = try await content.complete(progress: moved)
        progress.show(.finished(descriptor.digest, .written))
        return file
    }
}
