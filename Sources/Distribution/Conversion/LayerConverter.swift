import Archive
import Core
import HostOS
import ImageLayouts
import Layers
import OCI

/// Packs layers in another way: a layer streams through, its uncompressed bytes stay what they are and are compared with
/// the diff ID of the configuration.
struct LayerConverter: Sendable {
    let compression: OCI.LayerCompression
    /// Gives an empty file.
    let scratch: @Sendable () throws -> FileDescriptor

    /// Annotations that tell where in the compressed bytes something lies, or what it hashes to there. On other bytes
    /// they would mislead those who fetch single files of a layer.
    private static func describesBytes(_ annotation: String) -> Bool {
        annotation.hasPrefix("io.github.containers.zstd-chunked.")
            || annotation == "containerd.io/snapshot/stargz/toc.digest"
            || annotation == "io.containers.estargz.uncompressed-size"
    }

    /// - Parameter diffID: what the layer's uncompressed bytes must hash to.
    /// - Returns: the new layer and the file that holds it.
    func convert(_ layer: Descriptor, diffID: Digest, _ content: any BlobContent) async throws -> (Descriptor, BlobFile)
    {
        guard let type = layer.mediaType.compressed(compression) else { throw DistributionError.dockerZstd }
        let place = try await content.complete { _ in }
        let isCancelled = CancelFlag()
        let (scratch, compression) = (scratch, compression)
        return try await withTaskCancellationHandler {
            try await BlockingPool.compute.run {
                let file = try scratch()
                let source = Interruptible(place.source(layer.digest.description), isCancelled)
                let verified =
                    place.isVerified
                    ? source as any ByteSource : VerifyingSource(source, layer, name: layer.digest.description)
                let (tar, _) = try Archive.Compression.open(verified)
                let options = LayerWriter.Options(compression: compression.forWriting)
                let written = try LayerWriter(options).recompress(tar: tar, to: DescriptorSink(file))
                guard written.diffID == diffID else {
                    throw DistributionError.wrongDiffID(layer.digest, expected: diffID, actual: written.diffID)
                }
                // What follows the compressed stream belongs to the digest as well.
                try verified.forEachPiece { _ in }
                let descriptor = Descriptor(
                    mediaType: type, digest: written.digest, size: Int(written.size),
                    annotations: layer.annotations.filter { !Self.describesBytes($0.key) })
                return (descriptor, BlobFile(file, size: written.size, isVerified: true))
            }
        } onCancel: {
            isCancelled.set()
        }
    }
}

extension OCI.LayerCompression {
    fileprivate var forWriting: Layers.LayerCompression {
        switch self {
        case .none: .none
        case .gzip: .gzip
        case .zstd: .zstd
        }
    }
}

/// Stops giving bytes when the task that wants them was cancelled.
private final class Interruptible: ByteSource {
    private let source: any ByteSource
    private let flag: CancelFlag

    init(_ source: any ByteSource, _ flag: CancelFlag) {
        self.source = source
        self.flag = flag
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if flag.isSet { throw CancellationError() }
        return try source.read(into: buffer)
    }
}
