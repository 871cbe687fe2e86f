// https://github.com/opencontainers/image-spec/blob/main/media-types.md
package import Core
package import HostOS

/// How a layer blob is compressed.
package enum LayerCompression: String, Sendable, CaseIterable {
    case none, gzip, zstd

    /// The OCI media type of such a layer.
    package var mediaType: String {
        switch self {
        case .none: "application/vnd.oci.image.layer.v1.tar"
        case .gzip: "application/vnd.oci.image.layer.v1.tar+gzip"
        case .zstd: "application/vnd.oci.image.layer.v1.tar+zstd"
        }
    }
}

/// Which modification times a layer gets. Seconds since 1970; fractions are dropped.
package enum TimestampPolicy: Hashable, Sendable {
    /// One time for everything.
    case fixed(Int64)
    /// The file's own, but none later than this.
    case clamp(Int64)
    /// The file's own.
    case keep

    func apply(to time: FileTime) -> FileTime {
        switch self {
        case .fixed(let seconds): FileTime(seconds: seconds)
        case .clamp(let seconds): FileTime(seconds: min(time.seconds, seconds))
        case .keep: FileTime(seconds: time.seconds)
        }
    }
}

/// A layer blob that was written.
package struct WrittenLayer: Sendable, Equatable {
    /// Of the uncompressed archive.
    package let diffID: Digest
    /// Of the blob.
    package let digest: Digest
    /// Bytes of the blob.
    package let size: Int64
    /// Bytes of the uncompressed archive.
    package let uncompressedSize: Int64
    package let mediaType: String
    package let entryCount: Int
    /// The compressed members in the order of the blob, to be remembered once the blob is published. Empty when the
    /// writer has no cache or does not compress.
    package let members: [WrittenMember]
}

/// A gzip member or zstd frame inside a blob.
package struct WrittenMember: Sendable, Equatable {
    /// The digest of the bytes that it holds and of how they were compressed.
    package let key: Digest
    package let offset: Int64
    package let length: Int
    package let uncompressedLength: Int
}

/// Where an equal member lies already.
package struct MemberLocation: Sendable {
    package let file: FileDescriptor
    package let offset: Int64
    package let length: Int

    package init(file: FileDescriptor, offset: Int64, length: Int) {
        self.file = file
        self.offset = offset
        self.length = length
    }
}

/// Remembers compressed members of blobs that were written before.
package protocol MemberCache: AnyObject, Sendable {
    /// Where a member of this key lies; nil when it is not known. Called from several threads at once.
    func lookup(_ key: Digest) throws -> MemberLocation?
}
