import Core
import ImageAnalysis
import Layers
import OCI

/// Images made by hand.
enum SampleTree {
    static func file(_ path: String, _ size: Int64 = 0, mode: UInt32 = 0o644) -> Entry {
        Entry(BytePath(cleaning: path), .file, mode: mode, size: size)
    }

    static func link(_ path: String, to target: String) -> Entry {
        Entry(BytePath(cleaning: path), .hardlink(target: BytePath(cleaning: target)), mode: 0o644)
    }

    static func image(
        _ layers: [[Entry]], name: String = "web:1", instructions: [String] = [], kind: ContentKind = .data
    ) -> AnalysedImage {
        let platform = Platform(os: "linux", architecture: "amd64")
        return AnalysedImage(
            name: name, manifest: Descriptor(mediaType: .ociManifest, describing: Array("{}".utf8)),
            config: ImageConfig(platform: platform), platform: platform,
            layers: layers.enumerated().map { index, entries in
                let contents = LayerContents(entries)
                let bytes = contents.entries.reduce(Int64(0)) { $0 + $1.size }
                let text = instructions.indices.contains(index) ? instructions[index] : "COPY \(index) /"
                return AnalysedImage.Layer(
                    descriptor: Descriptor(mediaType: .ociLayer(.gzip), describing: Array(text.utf8)),
                    cause: LayerCause(instruction: text),
                    facts: LayerFacts(
                        diffID: SHA256.digest(of: text), archiveSize: bytes + 1024, contentBytes: bytes,
                        contents: contents,
                        facts: contents.entries.map { $0.isFile ? ContentFacts(kind: kind) : nil }))
            })
    }

    /// Two layers: the second adds, changes and removes.
    static let changing = [
        [
            Entry.directory("etc"), file("etc/hosts", 10), file("etc/old", 200), Entry.directory("etc-more"),
            file("etc-more/a", 5), file("usr/bin/tool", 3000), file("usr/lib/a", 7), file("usr/lib/b", 8),
        ],
        [
            Entry.directory("etc"), Entry.whiteout("etc/old"), file("etc/hosts", 12), file("srv/new", 40),
            Entry("usr/lib", .directory(opaque: true), mode: 0o755), file("usr/lib/c", 9),
        ],
    ]
}
