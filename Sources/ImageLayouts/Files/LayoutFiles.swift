internal import Archive
internal import Core
private import Glibc
internal import HostOS

/// Where an image layout or archive lies.
package enum LayoutSource: Hashable, Sendable {
    /// An OCI layout on disk.
    case directory(String)
    /// An OCI layout or docker archive as a tar, compressed or not: what is inside tells.
    case archive(String)
    /// A directory with a manifest and blobs side by side, as `dir:` of other tools writes it.
    case plain(String)

    package var path: String {
        switch self {
        case .directory(let path), .archive(let path), .plain(let path): path
        }
    }

    /// - Parameter scratch: gives an empty file to decompress into.
    func open(scratch: () throws -> FileDescriptor) throws -> any LayoutFiles {
        switch self {
        case .directory(let path), .plain(let path): try DirectoryFiles(path)
        case .archive(let path): try ArchiveFiles(path, scratch: scratch)
        }
    }
}

/// The files of a layout, by path.
protocol LayoutFiles: Sendable {
    /// Where the bytes of a file lie; nil when there is no such file.
    func find(_ path: BytePath) throws -> BlobFile?
}

extension LayoutFiles {
    /// The bytes of a file and how many they are; nil when there is no such file.
    func open(_ path: BytePath) throws -> (source: any ByteSource, size: Int64)? {
        try find(path).map { ($0.source(path.description), $0.size) }
    }

    /// A small file as a whole; nil when there is none.
    func read(_ path: BytePath, limit: Int) throws -> [UInt8]? {
        guard let (source, size) = try open(path) else { return nil }
        guard size <= Int64(limit) else { throw ArchiveError.tooLong(path.description, limit: Int64(limit)) }
        return try source.readAll(limit: limit, what: path.description)
    }
}

/// A layout on disk. Links in it are followed inside its directory alone.
struct DirectoryFiles: LayoutFiles {
    private let root: FileDescriptor

    init(_ path: String) throws {
        do throws(SystemError) {
            root = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)
        } catch {
            guard error.errno == ENOTDIR else { throw error }
            throw ImageLayoutError.notAnImage(path: path)
        }
    }

    func find(_ path: BytePath) throws -> BlobFile? {
        let file: FileDescriptor
        do throws(SystemError) {
            file = try FileDescriptor.open(beneath: root, path, O_RDONLY | O_NONBLOCK)
        } catch {
            switch error.errno {
            case ENOENT, ENOTDIR: return nil
            case ELOOP: throw ImageLayoutError.brokenLink(path.description)
            default: throw error
            }
        }
        let info = try file.info()
        guard info.kind == .file else { return nil }
        return BlobFile(file, size: info.size)
    }
}
