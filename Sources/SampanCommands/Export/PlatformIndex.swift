import ContentStore
import OCI

/// Images for several platforms under one digest.
enum PlatformIndex {
    /// One image as it is, several as an index, which is put into the store.
    /// - Parameter images: with their platforms.
    static func join(_ images: [Descriptor], annotations: [String: String] = [:], _ store: Store) throws -> Descriptor {
        if images.count == 1 {
            var image = images[0]
            image.platform = nil
            image.annotations = [:]
            return image
        }
        let bytes = try CanonicalJSON.encode(
            ImageIndex(mediaType: .ociIndex, manifests: images, annotations: annotations))
        _ = try store.putBlob(bytes)
        return Descriptor(mediaType: .ociIndex, describing: bytes)
    }
}
