package import OCI

/// A manifest, an index or a configuration: a document of an image with its exact bytes.
package struct ImageDocument: Sendable, Hashable {
    /// Media type, digest and size of the bytes.
    package var descriptor: Descriptor
    package var bytes: [UInt8]

    /// - Parameter descriptor: describes the bytes, which the caller has compared with it.
    package init(descriptor: Descriptor, bytes: [UInt8]) {
        self.descriptor = descriptor
        self.bytes = bytes
    }

    /// Its descriptor as a list of attachments has it.
    func referrer() throws -> Descriptor {
        var descriptor = descriptor
        switch try Manifest(decoding: bytes, mediaType: descriptor.mediaType) {
        case .image(let image): descriptor.artifactType = image.artifactType ?? image.config.mediaType
        case .index(let index): descriptor.artifactType = index.artifactType ?? .ociIndex
        }
        return descriptor
    }

    /// A document that was made here.
    package init(_ mediaType: MediaType, _ bytes: [UInt8]) {
        self.init(descriptor: Descriptor(mediaType: mediaType, describing: bytes), bytes: bytes)
    }
}
