import ContentStore
import Core
import Distribution
import OCI

/// An origin whose root has been read, so that it can be looked at before it is copied.
struct RootedOrigin: ImageOrigin {
    private let origin: any ImageOrigin
    let document: ImageDocument

    init(_ origin: any ImageOrigin) async throws {
        self.origin = origin
        document = try await origin.root()
    }

    var place: BlobOrigin? { origin.place }
    func root() -> ImageDocument { document }
    func document(_ descriptor: Descriptor) async throws -> [UInt8] { try await origin.document(descriptor) }
    func blob(_ descriptor: Descriptor) async throws -> any BlobContent { try await origin.blob(descriptor) }
    func places(of blob: Digest) async throws -> [BlobOrigin] { try await origin.places(of: blob) }
    func referrers(of digest: Digest) async throws -> [Descriptor] { try await origin.referrers(of: digest) }
    var remarks: [String] { origin.remarks }

    var manifest: Manifest {
        get throws { try Manifest(decoding: document.bytes, mediaType: document.descriptor.mediaType) }
    }

    /// The manifest of the image for a platform, or of the only image.
    /// - Parameter required: whether an only image must be for that platform.
    func image(_ platform: Platform, required: Bool, of name: String) async throws -> ImageDocument {
        guard case .index(let index) = try manifest else {
            if required { try await require(platform, of: name) }
            return document
        }
        let entry = try index.select(platform: platform)
        return ImageDocument(descriptor: entry, bytes: try await origin.document(entry))
    }

    /// - Throws: when the root is one image, and for another platform.
    func require(_ platform: Platform, of name: String) async throws {
        guard case .image(let manifest) = try manifest, manifest.config.mediaType.isImageConfig else { return }
        let config = try ImageConfig(decoding: try await origin.document(manifest.config))
        guard config.platform.distance(from: platform) == nil else { return }
        throw Diagnostic(
            code: "transfer.platform", "'\(name)' is no image for \(platform)",
            causes: ["it is one image, for \(config.platform)"], hint: "leave out --platform to take it as it is")
    }
}
