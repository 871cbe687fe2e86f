package import ContentStore
package import Core
import HostOS
package import ImageLayouts
package import OCI
import Synchronization

/// A directory: an OCI layout, where other images stay, or a plain one that holds one image.
package final class DirectoryTarget: ImageTarget {
    private let writer: LayoutDirectoryWriter
    private let form: LayoutDirectoryWriter.Form
    private let name: LayoutName?
    private let attached = Mutex<[Descriptor]>([])

    private init(_ writer: LayoutDirectoryWriter, _ form: LayoutDirectoryWriter.Form, _ name: LayoutName?) {
        self.writer = writer
        self.form = form
        self.name = name
    }

    /// Makes the directory when it is missing.
    /// - Parameter name: what a layout calls an image that is given no names.
    package static func open(
        _ path: String, _ form: LayoutDirectoryWriter.Form, named name: LayoutName? = nil
    ) async throws -> DirectoryTarget {
        DirectoryTarget(try await BlockingPool.waiting.run { try LayoutDirectoryWriter(path, form) }, form, name)
    }

    package func missing(of blobs: [Descriptor]) async throws -> [Descriptor] {
        let writer = writer
        return try await BlockingPool.waiting.run { try blobs.filter { try !writer.contains($0) } }
    }

    package func put(
        _ blob: Descriptor, _ content: any BlobContent, from places: [BlobOrigin], progress: @escaping BlobProgress
    ) async throws -> BlobOutcome {
        let file = try await content.complete(progress: progress)
        let writer = writer
        try await BlockingPool.waiting.run { try writer.write(blob, from: file, progress: progress) }
        return .written
    }

    package func put(document: ImageDocument) async throws {
        let writer = writer
        try await BlockingPool.waiting.run { try writer.write(document.descriptor, document.bytes) }
    }

    package func put(referrer: ImageDocument, of subject: Digest) async throws {
        guard form == .oci else { throw DistributionError.noReferrers }
        try await put(document: referrer)
        let entry = try referrer.referrer()
        attached.withLock { $0.append(entry) }
    }

    package func finish(_ root: ImageDocument, names: [Reference]) async throws -> FinishedImage {
        let (writer, attached) = (writer, attached.withLock { $0 })
        let names = names.isEmpty ? [name].compactMap { $0 } : LayoutName.names(for: names)
        try await BlockingPool.waiting.run {
            try writer.finish(
                root.descriptor, root.bytes, names: names, attached: attached)
        }
        return FinishedImage(root.descriptor)
    }
}
