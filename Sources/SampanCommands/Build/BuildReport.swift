import BuildGraph
import Core
import FoundationEssentials
import HostOS
import OCI

/// What a build tells at its end: files that were asked for, a line for people, the digest for pipes.
struct BuildReport {
    let options: BuildCommand
    let tags: [Reference]
    let outputs: OutputPlan
    let checks: BuildChecks

    private struct Metadata: Encodable {
        var config: String?
        var descriptor: Descriptor
        var digest: String
        var name: String?

        enum CodingKeys: String, CodingKey {
            case config = "containerimage.config.digest"
            case descriptor = "containerimage.descriptor"
            case digest = "containerimage.digest"
            case name = "image.name"
        }
    }

    func tell(_ result: BuildResult, took: Duration) throws {
        let digest = result.root.digest.description
        if let path = options.iidfile { try AtomicFile.write(Array(digest.utf8), to: path) }
        if let path = options.metadataFile { try writeMetadata(result, to: path) }
        if !options.quiet, options.progress != .quiet, options.progress != .rawjson {
            if let summary = checks.summary { Console.shared.message(summary) }
            let name = tags.first?.familiar ?? String(result.root.digest.short)
            let made =
                result.parts.count == 1
                ? Self.count(result.parts[0].image.layers.count, "layer") : Self.count(result.parts.count, "platform")
            Console.shared.message(
                "built \(name): \(made), \(Human.bytes(result.size)) compressed, in \(Human.seconds(took))")
        }
        if !outputs.usesStandardOutput { Console.shared.output(digest) }
    }

    private static func count(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

    /// https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file
    private func writeMetadata(_ result: BuildResult, to path: String) throws {
        let metadata = Metadata(
            config: result.parts.count == 1 ? result.parts[0].image.configDescriptor.digest.description : nil,
            descriptor: result.root, digest: result.root.digest.description,
            name: tags.isEmpty ? nil : tags.map(\.description).joined(separator: ","))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try AtomicFile.write(Array(encoder.encode(metadata)) + [UInt8(ascii: "\n")], to: path)
    }
}
