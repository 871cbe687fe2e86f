package import ContentStore
package import Core
import HostOS
package import ImageLayouts
package import OCI

/// An image in a directory or an archive.
package struct LayoutOrigin: ImageOrigin {
    private let reader: LayoutReader
    private let attached = Once<[Digest: [Descriptor]]>()

    private init(reader: LayoutReader) { self.reader = reader }

    /// Opens a layout or an archive.
    /// - Parameters:
    ///   - name: a tag or full name; nil for the only image.
    ///   - scratch: holds the files of a compressed archive while they are copied.
    package static func open(_ source: LayoutSource, name: String?, scratch: Store) async throws -> LayoutOrigin {
        LayoutOrigin(
            reader: try await BlockingPool.compute.run {
                try LayoutReader(source, name: name) { try scratch.scratchFile() }
            })
    }

    /// Full names that the layout has for the image.
    package var names: [Reference] { reader.root.names.compactMap { try? Reference(parsing: $0) } }

    package var remarks: [String] {
        reader.root.isMade
            ? ["the docker archive has no manifest, so one was made of its configuration and layers"] : []
    }

    package func root() -> ImageDocument {
        ImageDocument(descriptor: reader.root.descriptor, bytes: reader.root.bytes)
    }

    package func document(_ descriptor: Descriptor) async throws -> [UInt8] {
        let reader = reader
        return try await BlockingPool.waiting.run { try reader.document(descriptor) }
    }

    package func blob(_ descriptor: Descriptor) async throws -> any BlobContent {
        let reader = reader
        let place = try await BlockingPool.waiting.run { try reader.find(descriptor) }
        guard reader.isUnchecked(descriptor.digest) else { return StoredContent(place) }
        return StoredContent(place) { try await BlockingPool.compute.run { try reader.check(descriptor) } }
    }

    package func referrers(of digest: Digest) async throws -> [Descriptor] {
        let reader = reader
        return try await attached.value { try await BlockingPool.waiting.run { try reader.attached() } }[digest] ?? []
    }
}
