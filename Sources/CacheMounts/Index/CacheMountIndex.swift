package import Core
package import HostOS
package import OCI

/// What a cache mount held when it was looked at, and in which packs the contents lie.
///
/// One state of a directory, archived behind the same packs, has one sequence of bytes: nothing in it says when or
/// where it was made.
package struct CacheMountIndex: Hashable, Sendable {
    /// Who may do what with a file, and when it was changed last.
    package struct Metadata: Hashable, Sendable {
        /// 0o7777 at most.
        package var mode: UInt32
        package var uid: UInt32
        package var gid: UInt32
        package var modified: FileTime

        package init(mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0, modified: FileTime) {
            self.mode = mode
            self.uid = uid
            self.gid = gid
            self.modified = modified
        }
    }

    package enum Kind: Hashable, Sendable {
        /// The position in ``CacheMountIndex/contents``; nil for an empty file.
        case file(content: Int?)
        case directory
        case symlink(target: [UInt8])
        /// Another name for a file that comes earlier.
        case hardlink(target: BytePath)
    }

    package struct Entry: Hashable, Sendable {
        package var path: BytePath
        package var kind: Kind
        package var metadata: Metadata

        package init(_ path: BytePath, _ kind: Kind, _ metadata: Metadata) {
            self.path = path
            self.kind = kind
            self.metadata = metadata
        }
    }

    /// Bytes that one or more files hold.
    package struct Content: Hashable, Sendable, Codable {
        package var digest: Digest
        /// Bytes; never 0.
        package var size: Int64
        /// The position in ``CacheMountIndex/packs``.
        package var pack: Int

        package init(digest: Digest, size: Int64, pack: Int) {
            self.digest = digest
            self.size = size
            self.pack = pack
        }
    }

    /// A compressed tar archive of contents, each under the hexadecimal digits of its digest.
    package struct Pack: Hashable, Sendable, Codable {
        package var digest: Digest
        /// Bytes.
        package var size: Int64
        /// Bytes before compression.
        package var unpackedSize: Int64

        private enum CodingKeys: String, CodingKey { case digest, size, unpackedSize = "unpacked" }

        package init(digest: Digest, size: Int64, unpackedSize: Int64) {
            self.digest = digest
            self.size = size
            self.unpackedSize = unpackedSize
        }

        package var descriptor: Descriptor {
            Descriptor(mediaType: CacheMountIndex.packType, digest: digest, size: Int(size))
        }
    }

    /// Of the directory itself.
    package var root: Metadata
    package var packs: [Pack]
    /// In the order of their digests.
    package var contents: [Content]
    /// In byte order of their paths, the root left out.
    package var entries: [Entry]

    package init(root: Metadata, packs: [Pack] = [], contents: [Content] = [], entries: [Entry] = []) {
        self.root = root
        self.packs = packs
        self.contents = contents
        self.entries = entries
    }

    /// Of an index as ``encoded()`` makes it.
    package static let mediaType: MediaType = "application/vnd.sampan.cache-mount.v1+json+zstd"
    package static let packType: MediaType = "application/vnd.sampan.cache-mount.pack.v1.tar+zstd"
}
