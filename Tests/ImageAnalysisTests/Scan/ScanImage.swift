import Archive
import ContentStore
import Core
import Glibc
import HostOS
import ImageAnalysis
import ImageLayouts
import Layers
import OCI
import SampanTestSupport
import Synchronization

/// A member of a layer's archive.
struct ScanMember: Sendable {
    var name: String
    var kind: TarHeader.Kind = .file
    var link = ""
    var content: [UInt8] = []
    var mode: UInt32 = 0o644

    static func file(_ name: String, _ content: String = "x", mode: UInt32 = 0o644) -> ScanMember {
        ScanMember(name: name, content: Array(content.utf8), mode: mode)
    }
    static func file(_ name: String, bytes: [UInt8], mode: UInt32 = 0o644) -> ScanMember {
        ScanMember(name: name, content: bytes, mode: mode)
    }
    static func directory(_ name: String) -> ScanMember { ScanMember(name: name, kind: .directory, mode: 0o755) }
    static func symlink(_ name: String, _ target: String) -> ScanMember {
        ScanMember(name: name, kind: .symlink, link: target)
    }
    static func hardlink(_ name: String, _ target: String) -> ScanMember {
        ScanMember(name: name, kind: .hardlink, link: target)
    }

    static func archive(_ members: [ScanMember]) throws -> [UInt8] {
        var out: [UInt8] = []
        for member in members {
            let header = TarHeader(
                name: Array(member.name.utf8), kind: member.kind, linkName: Array(member.link.utf8), mode: member.mode,
                size: Int64(member.content.count))
            try TarWriter.append(header, to: &out)
            out += member.content
            out += [UInt8](repeating: 0, count: TarWriter.padding(after: header.size))
        }
        return out + TarWriter.end
    }
}

/// How a test's layers are compressed.
enum ScanForm: String, CaseIterable, Sendable {
    case plain, gzip, members, zstd

    func compress(_ archive: [UInt8]) throws -> [UInt8] {
        switch self {
        case .plain: return archive
        case .gzip: return try archive.withUnsafeBytes { try GzipMember.compress($0, level: 6) }
        case .zstd: return try archive.withUnsafeBytes { try MemberCompressor(.zstd(level: 3)).compress($0) }
        case .members:
            return try stride(from: 0, to: archive.count, by: 5000).flatMap { start in
                try archive[start..<min(start + 5000, archive.count)].withUnsafeBytes {
                    try GzipMember.compress($0, level: 1)
                }
            }
        }
    }
}

/// An image on disk.
final class ScanImage: AnalysisSource, Sendable {
    let name = "test"
    let manifest: Descriptor
    let image: ImageManifest
    let config: ImageConfig
    let sources: ImageSources?
    /// How often layers were asked for.
    let asked = Atomic(0)
    private let files: [Digest: BlobFile]
    private let place: TemporaryDirectory

    init(
        _ archives: [[UInt8]], _ form: ScanForm = .gzip, history: [ImageConfig.History] = [],
        sources: ImageSources? = nil, isVerified: Bool = false,
        damage: (inout Descriptor, inout [UInt8], inout Digest) -> Void = { _, _, _ in }
    ) throws {
        place = try TemporaryDirectory("scan")
        var files: [Digest: BlobFile] = [:]
        var layers: [Descriptor] = []
        var diffIDs: [Digest] = []
        for (number, archive) in archives.enumerated() {
            var blob = try form.compress(archive)
            var descriptor = Descriptor(mediaType: .ociLayerGzip, describing: blob)
            var diffID = SHA256.digest(of: archive)
            damage(&descriptor, &blob, &diffID)
            let file = try FileDescriptor.open(place.path + "/\(number)", O_RDWR | O_CREAT)
            // Not at the start, as in an archive of archives.
            try file.write([UInt8](repeating: 9, count: 512) + blob)
            files[descriptor.digest] = BlobFile(file, offset: 512, size: Int64(blob.count), isVerified: isVerified)
            layers.append(descriptor)
            diffIDs.append(diffID)
        }
        self.files = files
        self.sources = sources
        config = ImageConfig(
            platform: Platform(os: "linux", architecture: "amd64"), diffIDs: diffIDs, history: history)
        image = ImageManifest(config: Descriptor(mediaType: .ociConfig, describing: []), layers: layers)
        manifest = Descriptor(mediaType: .ociManifest, describing: [])
    }

    convenience init(_ layers: [[ScanMember]], _ form: ScanForm = .gzip) throws {
        try self.init(layers.map(ScanMember.archive), form)
    }

    func layer(_ descriptor: Descriptor) async throws -> BlobFile {
        asked.add(1, ordering: .relaxed)
        guard let file = files[descriptor.digest] else {
            throw ImageLayoutError.missing(descriptor.digest.description)
        }
        return file
    }

    func analyse(_ store: Store? = nil, _ limits: AnalysisLimits = AnalysisLimits()) async throws -> AnalysedImage {
        try await ImageAnalyser(store: store, limits: limits).analyse(self)
    }
}

/// The tree as lines: path, kind, size.
func lines(_ image: AnalysedImage) throws -> [String] {
    try image.tree.nodes().map { node in
        let kind =
            switch node.entry.kind {
            case .file: "file \(node.entry.size)"
            case .directory: "directory"
            case .symlink(let target): "-> \(String(decoding: target, as: UTF8.self))"
            case .hardlink: "hardlink"
            case .whiteout: "whiteout"
            default: "node"
            }
        return "\(node.path) \(kind)" + (node.hardlink.map { " = \($0)" } ?? "")
    }
}
