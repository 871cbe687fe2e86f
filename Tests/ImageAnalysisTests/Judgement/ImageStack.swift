import Binaries
import ContentStore
import Core
import Inventory
import Layers
import OCI

@testable import ImageAnalysis

/// An image put together by hand, layer by layer, its files told by what they hold.
struct ImageStack {
    struct Layer {
        var instruction: String
        var line: Int?
        var lastLine: Int?
        var entries: [Entry] = []
        var facts: [BytePath: ContentFacts] = [:]
    }

    var config = ContainerConfig()
    var layers: [Layer] = []
    /// Bytes that archives have for paths that come in them again.
    var overwritten: Int64 = 0
    /// The lines of the last instruction of each keyword.
    var instructions: [String: Int] = [:]

    /// Starts a layer.
    /// - Parameter line: of the Dockerfile.
    mutating func layer(_ instruction: String = "RUN make", line: Int? = nil, to lastLine: Int? = nil) {
        layers.append(Layer(instruction: instruction, line: line, lastLine: lastLine))
    }

    /// Adds a file with some text in it, repeated up to a size.
    mutating func file(
        _ path: String, _ text: String = "x", size: Int = 10, mode: UInt32 = 0o644, uid: UInt32 = 0,
        edit: (inout ContentFacts) -> Void = { _ in }
    ) {
        let path = BytePath(cleaning: path)
        let unit = Array((text + ".").utf8)
        let bytes = (0..<size).map { unit[$0 % unit.count] }
        let kind = bytes.withUnsafeBytes { ContentKind.classify(path: path, mode: mode, head: $0) }
        var facts = ContentFacts(kind: kind, digest: bytes.isEmpty ? nil : SHA256.digest(of: bytes))
        edit(&facts)
        add(.file(path, bytes: bytes, mode: mode, uid: uid), facts)
    }

    /// Adds a file of a size that is told, and not made.
    mutating func large(_ path: String, size: Int64) {
        let path = BytePath(cleaning: path)
        var entry = Entry(path, .file, mode: 0o644)
        entry.size = size
        let kind = [UInt8]("x.".utf8).withUnsafeBytes { ContentKind.classify(path: path, mode: 0o644, head: $0) }
        add(entry, ContentFacts(kind: kind))
    }

    mutating func add(_ entry: Entry, _ facts: ContentFacts? = nil) {
        layers[layers.count - 1].entries.append(entry)
        layers[layers.count - 1].facts[entry.path] = facts
    }

    mutating func hardlink(_ path: String, to target: String) {
        add(Entry(BytePath(cleaning: path), .hardlink(target: BytePath(cleaning: target)), mode: 0o644))
    }

    mutating func whiteout(_ path: String) { add(.whiteout(BytePath(cleaning: path))) }

    mutating func opaque(_ path: String) {
        add(Entry(BytePath(cleaning: path), .directory(opaque: true), mode: 0o755))
    }

    var image: AnalysedImage {
        let digest = SHA256.digest(of: [])
        let descriptor = Descriptor(mediaType: .ociManifest, digest: digest, size: 0)
        let made = layers.map { layer in
            let contents = LayerContents(layer.entries)
            return AnalysedImage.Layer(
                descriptor: descriptor,
                cause: LayerCause(
                    instruction: layer.instruction,
                    place: layer.line.map {
                        LayerCause.Place(
                            file: "Dockerfile", firstLine: $0, lastLine: layer.lastLine ?? $0, stage: "0")
                    }),
                facts: LayerFacts(
                    diffID: SHA256.digest(of: Array(layer.instruction.utf8)), archiveSize: 0,
                    contentBytes: contents.entries.reduce(overwritten) { $0 + $1.size }, contents: contents,
                    facts: contents.entries.map { layer.facts[$0.path] }))
        }
        let platform = Platform(os: "linux", architecture: "amd64")
        var image = AnalysedImage(
            name: "stack", manifest: descriptor, config: ImageConfig(platform: platform, config: config),
            platform: platform, layers: made)
        image.instructions = instructions.mapValues {
            LayerCause.Place(file: "Dockerfile", firstLine: $0, lastLine: $0, stage: "0")
        }
        return image
    }

    /// - Parameter dockerfile: the text that the image was built from; nil when that is not known.
    func advice(dockerfile: String? = nil) throws -> [Advice] {
        Advice.advice(on: try explanation(), dockerfile.map { DockerfileLines($0) })
    }

    func explanation() throws -> Explanation { try Explanation.of(image) }

    func waste() throws -> Waste { try explanation().waste }

    /// Items in a short form: kind, path, bytes, layer and what replaced it.
    func items() throws -> [String] {
        try waste().items.map { item in
            let gone = item.replacedBy.map { " by \($0)" } ?? ""
            let original = item.original.map { " is \($0)" } ?? ""
            return "\(item.kind.rawValue) \(item.path) \(item.bytes) in \(item.layer)\(gone)\(original)"
        }
    }

    static func binary(_ kind: BinaryFacts.Kind = .executable, symbols: Int64 = 0, debug: Int64 = 0) -> BinaryFacts {
        var facts = BinaryFacts(kind: kind, bits: 64, isLittleEndian: true, architecture: "amd64", isDynamic: false)
        facts.symbolBytes = symbols
        facts.debugBytes = debug
        return facts
    }
}
