import Archive
import Core
import FoundationEssentials
import Glibc
import HostOS
import OCI
import Testing

/// What a tar says of one file.
struct FileFact: Equatable, CustomStringConvertible {
    var kind: TarHeader.Kind
    var mode: UInt32
    var uid: UInt32
    var gid: UInt32
    var text: String
    var link: String
    var seconds: Int64

    var description: String { "\(kind) \(String(mode, radix: 8)) \(uid):\(gid) '\(text.prefix(60))' \(link)" }
    /// `mode uid:gid`, the mode in octal.
    var access: String { "\(String(mode, radix: 8)) \(uid):\(gid)" }

    static func read(_ archive: String) throws -> [String: FileFact] {
        try read(DescriptorSource(try FileDescriptor.open(archive, O_RDONLY)))
    }

    /// Reads a tar, compressed or not; paths as text, content as UTF-8.
    static func read(_ source: any ByteSource) throws -> [String: FileFact] {
        let reader = TarReader(try Compression.open(source).source)
        var out: [String: FileFact] = [:]
        while let header = try reader.next() {
            var content: [UInt8] = []
            // Programs in it are of no interest to any test.
            if header.size < 1 << 20 { try reader.forEachPiece { content.append(contentsOf: $0) } }
            out[try header.checkedPath().description] = FileFact(
                kind: header.kind, mode: header.mode, uid: header.uid, gid: header.gid,
                text: String(decoding: content, as: UTF8.self), link: String(decoding: header.linkName, as: UTF8.self),
                seconds: header.modified.seconds)
        }
        return out
    }
}

/// An image in an OCI layout: its manifest, config and the files of each layer.
struct ImageFacts {
    var manifest: ImageManifest
    var image: ImageConfig
    /// The files of each layer by path; whiteouts under their names.
    var layers: [[String: FileFact]]
    var config: ContainerConfig { image.config }

    /// The paths that a layer names, sorted.
    func paths(_ layer: Int) -> [String] { layers[layer].keys.sorted() }

    init(layout: String) throws {
        func blob(_ digest: Digest) throws -> [UInt8] { try WholeFile.read("\(layout)/blobs/sha256/\(digest.hex)") }
        let index = try JSONDecoder().decode(
            ImageIndex.self, from: Data(try WholeFile.read(layout + "/index.json")))
        let entry = try #require(index.manifests.first)
        manifest = try JSONDecoder().decode(ImageManifest.self, from: Data(try blob(entry.digest)))
        image = try JSONDecoder().decode(ImageConfig.self, from: Data(try blob(manifest.config.digest)))
        layers = try manifest.layers.map { layer in
            let bytes = try blob(layer.digest)
            #expect(SHA256.digest(of: bytes) == layer.digest)
            return try FileFact.read(BytesSource(bytes))
        }
    }
}
