package import Archive
package import Core
private import Glibc
package import HostOS

/// Where the bytes of a file lie.
package enum FileContent: Sendable {
    case empty
    /// In memory, as a heredoc's are.
    case bytes([UInt8])
    /// In a file of this machine.
    case file(HostFile)
    /// In an uncompressed tar archive on disk.
    case span(TarSpan)

    /// Opens the bytes for reading from their start.
    /// - Throws: ``LayerError/changed(path:)`` here or while reading when a file is no longer what it was.
    package func open() throws -> any ByteSource {
        switch self {
        case .empty: BytesSource([])
        case .bytes(let bytes): BytesSource(bytes)
        case .file(let file): try HostFileSource(file)
        case .span(let span): SpanSource(span.file, offset: span.offset, length: span.length, what: "layer")
        }
    }

    /// The digest of the bytes: the known one, else by reading them all.
    package func digest() throws -> Digest {
        switch self {
        case .empty: return SHA256.digest(of: [])
        case .bytes(let bytes): return SHA256.digest(of: bytes)
        case .file(let file):
            if let digest = file.digest { return digest }
        case .span: break
        }
        var hash = SHA256()
        try open().forEachPiece { hash.update($0) }
        return hash.finalize()
    }
}

/// A part of an uncompressed tar archive: the content of one file.
package struct TarSpan: Sendable {
    /// The archive, shared by all spans of a layer and read by offset.
    package let file: FileDescriptor
    package let offset: Int64
    package let length: Int64

    package init(file: FileDescriptor, offset: Int64, length: Int64) {
        self.file = file
        self.offset = offset
        self.length = length
    }
}

/// A directory of this machine below which files are opened without ever leaving it.
package final class HostDirectory: Sendable {
    /// As it was opened, for messages.
    package let path: String
    package let descriptor: FileDescriptor

    package init(path: String, descriptor: FileDescriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Opens a directory of ours; links in this path are followed.
    package static func open(_ path: String) throws(SystemError) -> HostDirectory {
        HostDirectory(path: path, descriptor: try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY))
    }

    /// The path of something below, for messages.
    func show(_ below: BytePath) -> String { below.isRoot ? path : "\(path)/\(below)" }
}

/// A regular file below a directory of this machine, as it was when it was looked at.
package final class HostFile: Sendable {
    package let root: HostDirectory
    package let path: BytePath
    package let info: FileInfo
    /// The digest of its bytes, if it is known.
    package let digest: Digest?

    package init(root: HostDirectory, path: BytePath, info: FileInfo, digest: Digest? = nil) {
        self.root = root
        self.path = path
        self.info = info
        self.digest = digest
    }

    package func withDigest(_ digest: Digest) -> HostFile {
        HostFile(root: root, path: path, info: info, digest: digest)
    }

    /// Opens the file, without following links, and makes sure that it is still the same.
    /// - Throws: ``LayerError/changed(path:)``.
    package func open() throws -> FileDescriptor {
        let file: FileDescriptor
        do throws(SystemError) {
            file = try FileDescriptor.open(
                beneath: root.descriptor, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, links: .refused)
        } catch {
            switch error.errno {
            case ENOENT, ENOTDIR, ELOOP, ENXIO: throw LayerError.changed(path: root.show(path))
            default: throw SystemError(error.errno, "open", root.show(path))
            }
        }
        try verify(file)
        return file
    }

    /// Compares an open file with what it was.
    func verify(_ file: FileDescriptor) throws {
        let now = try file.info()
        guard now.kind == .file, now.inode == info.inode, now.device == info.device, now.size == info.size,
            now.modified == info.modified
        else { throw LayerError.changed(path: root.show(path)) }
    }
}

/// Reads a file of this machine and makes sure that it stays the same until its end.
private final class HostFileSource: ByteSource {
    private let origin: HostFile
    private let file: FileDescriptor
    private var remaining: Int64

    init(_ origin: HostFile) throws {
        self.origin = origin
        file = try origin.open()
        remaining = origin.info.size
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = Int(min(Int64(buffer.count), remaining))
        if wanted == 0 { return 0 }
        let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        guard count > 0 else { throw LayerError.changed(path: origin.root.show(origin.path)) }
        remaining -= Int64(count)
        if remaining == 0 { try origin.verify(file) }
        return count
    }
}
