import Archive
import Core
import Glibc
import HostOS

/// What lies at a path that was given where an image's name is wanted.
enum GivenPath {
    private enum Kind {
        case dockerArchive, ociArchive, layout, directory
        /// A tar of files.
        case files

        var words: String {
            switch self {
            case .dockerArchive: "a docker archive"
            case .ociArchive: "an OCI archive"
            case .layout: "an OCI layout"
            case .directory: "a directory with an image"
            case .files: "a tar of files"
            }
        }

        func command(_ text: String) -> String {
            switch self {
            case .dockerArchive: "write docker-archive:\(text)"
            case .ociArchive: "write oci-archive:\(text)"
            case .layout: "write oci:\(text)"
            case .directory: "write dir:\(text)"
            case .files: "sampan import \(text) NAME makes an image of it"
            }
        }
    }

    /// What to write instead of a text; nil when it is no path of something that is an image.
    static func hint(_ text: String) -> String? {
        // A path may be followed by the name of an image in it.
        for path in [text[...], text.prefix { $0 != ":" }] {
            if let kind = try? kind(of: String(path)) { return "'\(path)' is \(kind.words): \(kind.command(text))" }
        }
        return nil
    }

    private static func kind(of path: String) throws -> Kind? {
        guard !path.isEmpty, let info = try FileInfo.of(path, followLinks: true) else { return nil }
        switch info.kind {
        case .directory:
            if try FileInfo.of(path + "/oci-layout", followLinks: true) != nil { return .layout }
            let hasBoth = try ["manifest.json", "version"].allSatisfy {
                try FileInfo.of(path + "/" + $0, followLinks: true) != nil
            }
            return hasBoth ? .directory : nil
        case .file: return try archive(path, size: info.size)
        default: return nil
        }
    }

    /// Members that are looked at, and bytes of a compressed archive: those of an image come within them, or its blobs do.
    private static let memberLimit = 5000
    private static let byteLimit: Int64 = 64 << 20

    private static func archive(_ path: String, size: Int64) throws -> Kind? {
        let file = try FileDescriptor.open(path, O_RDONLY | O_NONBLOCK)
        func span() -> SpanSource { SpanSource(file, offset: 0, length: size, what: path) }
        let (source, compression) = try Compression.open(span())
        // What is not compressed is skipped without being read.
        let reader = TarReader(compression == .none ? span() : source)
        var (members, kind) = (0, nil as Kind?)
        while members < memberLimit, let header = try reader.next() {
            members += 1
            switch try header.checkedPath() {
            case "manifest.json": return .dockerArchive
            case "oci-layout", "index.json", "blobs/sha256": kind = .ociArchive
            default: kind = kind ?? .files
            }
            if compression != .none, header.contentOffset > byteLimit { break }
        }
        return kind
    }
}
