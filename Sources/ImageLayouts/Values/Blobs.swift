package import Archive
package import Core
package import HostOS
package import OCI

/// Gives the blobs of an image that is exported.
package protocol BlobProvider {
    /// Opens a blob for reading from its start; every call gives a descriptor of its own.
    func openBlob(_ digest: Digest) throws -> FileDescriptor
}

/// Takes the blobs of an image that is imported.
package protocol BlobReceiver {
    /// Whether the blob is there already and need not be read again.
    func containsBlob(_ digest: Digest) throws -> Bool

    /// Takes a blob. The source verifies itself: when digest or size are wrong, reading it to its end throws, and then
    /// nothing may be kept.
    func receiveBlob(_ descriptor: Descriptor, from source: any ByteSource) throws
}

/// A name of an image inside a layout.
package struct LayoutName: Hashable, Sendable {
    /// The annotation `org.opencontainers.image.ref.name`, by which a layout's images are chosen: mostly the tag.
    package var refName: String
    /// The annotation `io.containerd.image.name`: the full name.
    package var imageName: String?

    package init(refName: String, imageName: String? = nil) {
        self.refName = refName
        self.imageName = imageName
    }

    /// Names an image by its tags; where two references share a tag, the later goes by its full name. References without
    /// a tag give no name.
    package static func names(for references: [Reference]) -> [LayoutName] {
        var taken: Set<String> = []
        return references.compactMap { reference in
            guard let tag = reference.tag else { return nil }
            let full = Reference(registry: reference.registry, repository: reference.repository, tag: tag).description
            let refName = taken.insert(tag).inserted ? tag : full
            return LayoutName(refName: refName, imageName: full)
        }
    }
}

/// An image that was imported.
package struct ImportedImage: Sendable {
    package let manifest: Descriptor
    package let image: ImageManifest
    /// Nil for an artifact that is no runnable image.
    package let config: ImageConfig?
    /// Full names under which the layout had it.
    package let names: [String]
}

/// Checks size and digest of what is read through it, at the end at the latest.
package final class VerifyingSource: ByteSource {
    private let source: any ByteSource
    private let descriptor: Descriptor
    private let name: String
    private var hash = SHA256()

    /// - Parameter name: what errors call it.
    package init(_ source: any ByteSource, _ descriptor: Descriptor, name: String) {
        self.source = source
        self.descriptor = descriptor
        self.name = name
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        guard hash.count <= UInt64(descriptor.size), count > 0 || hash.count == UInt64(descriptor.size) else {
            throw ImageLayoutError.wrongSize(name, expected: descriptor.size, actual: Int(hash.count))
        }
        if count == 0 {
            let actual = hash.finalize()
            guard actual == descriptor.digest else {
                throw ImageLayoutError.wrongContent(name, expected: descriptor.digest, actual: actual)
            }
        }
        return count
    }
}
