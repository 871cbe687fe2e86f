import ContentStore
import Core
import Glibc
import HostOS
import ImageAnalysis
import ImageLayouts
import OCI

/// The only image of an OCI layout directory that another tool wrote.
struct LayoutDirectory: AnalysisSource {
    let name: String
    let manifest: Descriptor
    let image: ImageManifest
    let config: ImageConfig
    var sources: ImageSources? { nil }

    init(_ path: String) throws {
        name = path
        let index = try ImageIndex(decodingLayoutIndex: Self.bytes(path + "/index.json"))
        guard let first = index.manifests.first,
            case .image(let image) = try Manifest(decoding: Self.bytes(Self.place(path, first)))
        else { throw NoImage() }
        manifest = first
        self.image = image
        config = try ImageConfig(decoding: Self.bytes(Self.place(path, image.config)))
    }

    struct NoImage: Error {}

    private static func place(_ path: String, _ descriptor: Descriptor) -> String {
        "\(path)/blobs/sha256/\(descriptor.digest.hex)"
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: Int(try file.info().size))
        var filled = 0
        while filled < bytes.count {
            let count = try bytes.withUnsafeMutableBytes {
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            guard count > 0 else { throw NoImage() }
            filled += count
        }
        return bytes
    }

    func layer(_ descriptor: Descriptor) async throws -> BlobFile {
        BlobFile(try FileDescriptor.open(Self.place(name, descriptor), O_RDONLY), size: Int64(descriptor.size))
    }
}
