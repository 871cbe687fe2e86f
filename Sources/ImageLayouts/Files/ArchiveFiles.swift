internal import Archive
internal import Core
private import Glibc
internal import HostOS

/// The files of a tar archive, found by one pass over its headers; links between its members are followed.
struct ArchiveFiles: LayoutFiles {
    /// Far above what any image needs; a name takes at most 4096 bytes more.
    private static let memberLimit = 50_000

    private enum Member: Sendable {
        case file(offset: Int64, size: Int64)
        case link(BytePath)
    }

    private let file: FileDescriptor
    private var members: [BytePath: Member] = [:]

    /// - Parameter scratch: gives an empty file to decompress into.
    init(_ path: String, scratch: () throws -> FileDescriptor) throws {
        let given = try FileDescriptor.open(path, O_RDONLY)
        let info = try given.info()
        guard info.kind != .directory else { throw ImageLayoutError.notAnImage(path: path) }
        let (source, compression) = try Compression.open(DescriptorSource(given))
        if compression == .none, info.kind == .file {
            file = given
        } else {
            // Members are read in any order, which a compressed file or a pipe cannot do.
            file = try scratch()
            try source.copy(to: DescriptorSink(file))
        }
        let size = try file.info().size
        let reader = TarReader(SeekingSource(file, size: size))
        do {
            while let header = try reader.next() { try add(header) }
        } catch ArchiveError.tar(let problem, let offset) where offset == 0 && problem == .checksum {
            throw ImageLayoutError.notAnImage(path: path)
        }
    }

    private mutating func add(_ header: TarHeader) throws {
        guard members.count < Self.memberLimit else { throw ImageLayoutError.tooManyMembers(limit: Self.memberLimit) }
        let path = try header.checkedPath()
        switch header.kind {
        case .file: members[path] = .file(offset: header.contentOffset, size: header.size)
        case .hardlink: members[path] = .link(try header.checkedLinkPath())
        case .symlink:
            let isAbsolute = header.linkName.first == UInt8(ascii: "/")
            let start = isAbsolute ? [] : path.parent.bytes + [UInt8(ascii: "/")]
            members[path] = .link(BytePath(cleaning: start + header.linkName))
        default: break
        }
    }

    func find(_ path: BytePath) throws -> BlobFile? {
        var path = path
        for _ in 0..<40 {
            switch members[path] {
            case nil: return nil
            case .file(let offset, let size):
                return BlobFile(file, offset: offset, size: size)
            case .link(let target): path = target
            }
        }
        throw ImageLayoutError.brokenLink(path.description)
    }
}

/// Reads a file by offset; what is skipped is not read.
private final class SeekingSource: ByteSource {
    private let file: FileDescriptor
    private let size: Int64
    private var offset: Int64 = 0

    init(_ file: FileDescriptor, size: Int64) {
        self.file = file
        self.size = size
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try file.read(into: buffer, at: offset)
        offset += Int64(count)
        return count
    }

    func skip(_ count: Int64) -> Int64 {
        let skipped = max(0, min(count, size - offset))
        offset += skipped
        return skipped
    }
}
