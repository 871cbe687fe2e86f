package import ImageLayouts
package import OCI

/// Gives an image to read, wherever it is.
package protocol AnalysisSource: Sendable {
    /// As the user named it.
    var name: String { get }
    var manifest: Descriptor { get }
    var image: ImageManifest { get }
    var config: ImageConfig { get }
    /// What a build of ours wrote down of the layers, in their order; empty for images of others.
    var causes: [LayerCause?] { get }

    /// The bytes of a layer, compressed or not; fetched when it is not here.
    func layer(_ descriptor: Descriptor) async throws -> BlobFile
}
