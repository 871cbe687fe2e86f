package import ContentStore
package import ImageLayouts
package import OCI

/// Gives an image to read, wherever it is.
package protocol AnalysisSource: Sendable {
    /// As the user named it.
    var name: String { get }
    var manifest: Descriptor { get }
    var image: ImageManifest { get }
    var config: ImageConfig { get }
    /// What a build of ours wrote down of the lines that made the image; nil for images of others.
    var sources: ImageSources? { get }

    /// The bytes of a layer, compressed or not; fetched when it is not here.
    func layer(_ descriptor: Descriptor) async throws -> BlobFile
}
