import Binaries
import ContentStore
import Core
import ImageAnalysis
import Layers
import OCI
import Policy
import YAML

/// An image as rules see it, put together by hand.
struct TestImage {
    var config = ContainerConfig(user: "65532", entrypoint: ["/app"])
    var history: [ImageConfig.History] = []
    var layers: [(instruction: String, entries: [Entry], facts: [BytePath: ContentFacts])] = []
    /// Bytes of each layer's blob.
    var sizes: [Int: Int] = [:]
    var waste = Waste(items: [], diveEfficiency: 1, diveWastedBytes: 0)
    var programs = [ProgramVerdict(path: "app", isEntrypoint: true, start: .isStatic)]
    var created: [Int: String] = [:]
    var baseLayers = 0
    var context = PolicyContext(
        today: CivilDate(year: 2030, month: 6, day: 15), platforms: [Platform(os: "linux", architecture: "amd64")])

    init() { layers = [("COPY app /app", [.file("app", bytes: [1, 2, 3], mode: 0o755)], [:])] }

    mutating func layer(_ instruction: String, _ entries: Entry...) { layers.append((instruction, entries, [:])) }

    mutating func add(_ entry: Entry, secrets: [SecretFinding] = [], captured: String? = nil) {
        let last = layers.count - 1
        layers[last].entries.append(entry)
        guard entry.isFile else { return }
        var facts = ContentFacts(kind: .text)
        facts.secrets = secrets
        facts.captured = captured.map { Array($0.utf8) }
        layers[last].facts[entry.path] = facts
    }

    /// Layer n stands in line n + 2 of the Dockerfile; those of a base have no place.
    var explanation: Explanation {
        var made: [AnalysedImage.Layer] = []
        for (index, layer) in layers.enumerated() {
            let contents = LayerContents(layer.entries)
            let bytes = contents.entries.reduce(Int64(0)) { $0 + $1.size }
            let place = LayerCause.Place(file: "Dockerfile", firstLine: index + 2, lastLine: index + 2, stage: "0")
            made.append(
                AnalysedImage.Layer(
                    descriptor: Descriptor(
                        mediaType: .ociLayerGzip, digest: SHA256.digest(of: "\(index)"),
                        size: sizes[index] ?? Int(bytes)),
                    cause: LayerCause(
                        instruction: layer.instruction, place: index < baseLayers ? nil : place,
                        created: created[index]),
                    facts: LayerFacts(
                        diffID: SHA256.digest(of: "diff\(index)"), archiveSize: bytes, contentBytes: bytes,
                        contents: contents, facts: contents.entries.map { layer.facts[$0.path] })))
        }
        let platform = Platform(os: "linux", architecture: "amd64")
        var image = AnalysedImage(
            name: "web:1",
            manifest: Descriptor(mediaType: .ociManifest, digest: SHA256.digest(of: "manifest"), size: 1),
            config: ImageConfig(platform: platform, config: config, history: history), platform: platform, layers: made)
        image.instructions = [
            "FROM": .init(file: "Dockerfile", firstLine: 1, lastLine: 1, stage: "0"),
            "USER": .init(file: "Dockerfile", firstLine: 9, lastLine: 9, stage: "0"),
        ]
        return Explanation(
            image: image, kinds: [], packages: [], waste: waste, programs: programs, bases: [], advice: [])
    }

    func judge(_ policy: String) async throws -> PolicyVerdict {
        try await PolicyRules.judge(explanation, by: try readPolicy(policy), context)
    }

    /// The messages of what does not hold.
    func findings(_ policy: String) async throws -> [String] {
        try await judge(policy).results.filter { $0.outcome != .passed }.map(\.message)
    }
}

/// A policy as its section stands in a file.
func readPolicy(_ text: String) throws -> PolicyFile {
    let report = YAMLReport()
    let policy = report.parse(SourceFile(name: "sampan.yaml", text: text)).flatMap { root in
        report.mapping(root, "the settings") { reader in
            reader.node("policy").map { PolicyReader(report, directory: ".").policy($0) }
        }
    }
    try report.check()
    return policy ?? PolicyFile()
}

/// The mistakes of a policy: `line: message`.
func mistakes(_ text: String) -> [String] {
    do {
        _ = try readPolicy(text)
        return []
    } catch let list as DiagnosticList {
        return list.diagnostics.map { diagnostic in
            let line = diagnostic.span.map { $0.file.position(at: $0.range.start).line } ?? 0
            return "\(line): \(diagnostic.message)"
        }
    } catch {
        return ["\(error)"]
    }
}
