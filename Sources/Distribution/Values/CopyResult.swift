package import Core
package import OCI

/// What a copy did.
package struct CopyResult: Sendable, Hashable {
    /// The manifest or index that the origin stands for.
    package var source: Descriptor
    /// The one that the target has now.
    package var written: Descriptor
    /// Why the two digests differ, a sentence each without a full stop; empty when they are equal.
    package var changes: [String] = []
    /// What one should know about what was read, in the same form.
    package var remarks: [String] = []
    /// Images, without attachments.
    package var images = 0
    package var referrers = 0
    /// Bytes of blobs that were written, mounted, and there already.
    package var bytesMoved: Int64 = 0
    package var bytesMounted: Int64 = 0
    package var bytesSkipped: Int64 = 0
    /// Blobs, each digest once.
    package var blobsMoved = 0
    package var blobsMounted = 0
    package var blobsSkipped = 0

    package init(source: Descriptor, written: Descriptor) {
        self.source = source
        self.written = written
    }

    package var keepsDigest: Bool { source.digest == written.digest }

    mutating func count(_ outcome: BlobOutcome, of blob: Descriptor) {
        let size = Int64(blob.size)
        switch outcome {
        case .present: (blobsSkipped, bytesSkipped) = (blobsSkipped + 1, bytesSkipped + size)
        case .mounted: (blobsMounted, bytesMounted) = (blobsMounted + 1, bytesMounted + size)
        case .written: (blobsMoved, bytesMoved) = (blobsMoved + 1, bytesMoved + size)
        }
    }
}

/// What happens during a copy, for those who show it.
package enum CopyEvent: Sendable, Hashable {
    /// A blob will be moved.
    case started(Descriptor)
    /// How much of it has arrived at the target, in bytes; it falls back when a transfer starts over.
    case moved(Digest, Int64)
    case finished(Digest, BlobOutcome)
    /// A manifest or index was written.
    case document(Descriptor)
}
