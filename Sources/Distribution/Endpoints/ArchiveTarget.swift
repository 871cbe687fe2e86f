import Archive
package import ContentStore
package import Core
package import HostOS
package import ImageLayouts
package import OCI
import Synchronization

/// A tar archive: an OCI layout of its own, or what `docker load` reads. It is written in one go once every image has all
/// that it needs, in the order of digests, so the same images give the same bytes.
package final class ArchiveTarget: ImageTarget {
    package enum Form: Sendable, Hashable {
        case oci, docker
    }

    /// Where the archive goes.
    package enum Output: Sendable {
        /// A file that appears when it is whole.
        case file(String)
        /// An open file or a pipe.
        case descriptor(FileDescriptor)
    }

    private struct State {
        var blobs: [Digest: (Descriptor, BlobFile)] = [:]
        var documents: [Digest: ImageDocument] = [:]
        var index = ImageIndex(manifests: [])
        var docker: [DockerManifestEntry] = []
        var finished = 0
        /// Tags that several of its images have.
        var shared: Set<String> = []

        /// A tag that another image has too finds neither alone: each goes by its full name then.
        mutating func unambiguous(_ names: [LayoutName]) -> [LayoutName] {
            for name in names {
                let others = index.manifests.lazy.map(\.annotations).filter {
                    $0[Annotation.refName] == name.refName && $0[Annotation.containerdName] != name.imageName
                }
                if !others.isEmpty { shared.insert(name.refName) }
            }
            for place in index.manifests.indices {
                let annotations = index.manifests[place].annotations
                guard let tag = annotations[Annotation.refName], shared.contains(tag),
                    let full = annotations[Annotation.containerdName]
                else { continue }
                index.manifests[place].annotations[Annotation.refName] = full
            }
            return names.map { name in
                guard shared.contains(name.refName), let full = name.imageName else { return name }
                return LayoutName(refName: full, imageName: full)
            }
        }
    }

    private let form: Form
    private let output: Output
    private let count: Int
    private let name: LayoutName?
    private let state = Mutex(State())

    /// - Parameter images: how many will be copied here, one after the other; the last one's ``finish(_:names:)`` writes
    ///   the archive.
    ///   - name: what the archive calls an image that is given no names.
    package init(_ form: Form, to output: Output, images: Int = 1, named name: LayoutName? = nil) {
        self.name = name
        self.form = form
        self.output = output
        count = images
    }

    /// docker 20.10 loads no zstd.
    package func accepts(_ compression: LayerCompression) -> Bool { form == .oci || compression != .zstd }

    /// What an earlier image of the archive has is not copied again.
    package func missing(of blobs: [Descriptor]) -> [Descriptor] {
        state.withLock { state in blobs.filter { state.blobs[$0.digest] == nil } }
    }

    package func put(
        _ blob: Descriptor, _ content: any BlobContent, from places: [BlobOrigin], progress: @escaping BlobProgress
    ) async throws -> BlobOutcome {
        let file = try await content.complete(progress: progress)
        try blob.check(size: file.size)
        state.withLock { $0.blobs[blob.digest] = (blob, file) }
        return .written
    }

    package func put(document: ImageDocument) {
        state.withLock { $0.documents[document.descriptor.digest] = document }
    }

    package func put(referrer: ImageDocument, of subject: Digest) throws {
        guard form == .oci else { throw DistributionError.noReferrers }
        put(document: referrer)
        let entry = try referrer.referrer()
        state.withLock { $0.index.manifests.append(entry) }
    }

    package func finish(_ root: ImageDocument, names: [Reference]) async throws -> FinishedImage {
        let manifest = try Manifest(decoding: root.bytes, mediaType: root.descriptor.mediaType)
        if form == .docker, case .index = manifest { throw ImageLayoutError.oneImage }
        put(document: root)
        let names = names.isEmpty ? [name].compactMap { $0 } : LayoutName.names(for: names)
        let isLast = try state.withLock { state in
            let names = state.unambiguous(names)
            try LayoutExport.enter(root.descriptor, names, in: &state.index)
            if case .image(let image) = manifest { state.docker.append(DockerManifestEntry(image, names)) }
            state.finished += 1
            return state.finished == count
        }
        if isLast { try await BlockingPool.waiting.run { try self.write() } }
        return FinishedImage(root.descriptor)
    }

    private func write() throws {
        switch output {
        case .descriptor(let descriptor): try write(to: DescriptorSink(descriptor))
        case .file(let path):
            let file = try AtomicFile(path)
            do {
                try write(to: DescriptorSink(file.descriptor))
            } catch var error as SystemError where error.path == nil {
                error.path = path
                throw error
            }
            try file.publish()
        }
    }

    private func write(to sink: any ByteSink) throws {
        let (blobs, documents, index, docker) = state.withLock { ($0.blobs, $0.documents, $0.index, $0.docker) }
        let all =
            blobs.values.map(\.0) + documents.values.filter { blobs[$0.descriptor.digest] == nil }.map(\.descriptor)
        try LayoutExport.writeArchive(all, index, docker: form == .docker ? docker : nil, to: sink) { blob in
            if let document = documents[blob.digest] { return BytesSource(document.bytes) }
            guard let (_, file) = blobs[blob.digest] else { throw DistributionError.unknownBlob(blob.digest) }
            let name = blob.digest.description
            return file.isVerified ? file.source(name) : VerifyingSource(file.source(name), blob, name: name)
        }
    }
}
