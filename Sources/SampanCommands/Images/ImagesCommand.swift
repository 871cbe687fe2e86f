package import ArgumentParser
import ContentStore
import Core
import FoundationEssentials
import HostOS
import OCI

/// How a command shows its result.
package enum DisplayFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json
}

/// `sampan images`.
package struct ImagesCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "images", abstract: "List the images in the store.")

    @Option(help: "How to show them: table or json.")
    var format: DisplayFormat = .table

    @Flag(name: .shortAndLong, help: "Print names alone; the digest where there is no name.")
    var quiet = false

    package init() {}

    private struct Row: Encodable {
        var name: String?
        var digest: String
        var platform: String?
        var layers: Int
        /// Bytes of all layer blobs.
        var size: Int64
        var created: Int64
    }

    /// Those of an index, separated by commas; nil for an image.
    private static func platforms(of descriptor: Descriptor, _ store: Store) -> String? {
        guard descriptor.mediaType.isIndex,
            let bytes = try? store.readBlob(descriptor.digest, limit: Manifest.byteLimit),
            case .index(let index)? = try? Manifest(decoding: bytes, mediaType: descriptor.mediaType)
        else { return nil }
        return index.platforms.map(\.description).joined(separator: ",")
    }

    package func run() throws {
        let store = try StoreAccess.open()
        defer { store.close() }
        let rows = try store.images().map { record in
            let image = try? StoredImage.read(record.manifest, store)
            return Row(
                name: record.name?.familiar, digest: record.manifest.digest.description,
                platform: Self.platforms(of: record.manifest, store) ?? image?.config.platform.description,
                layers: image?.manifest.layers.count ?? 0,
                size: image?.manifest.layers.reduce(0) { $0 + Int64($1.size) } ?? 0, created: record.created.seconds)
        }
        if quiet {
            for row in rows { Console.shared.output(row.name ?? row.digest) }
        } else if format == .json {
            try JSONOutput.print(rows)
        } else {
            var table = Table(
                ["NAME", "DIGEST", "PLATFORM", "LAYERS", "SIZE", "ADDED"],
                alignments: [.left, .left, .left, .right, .right])
            let now = FileTime.now().seconds
            for row in rows {
                table.add([
                    row.name ?? "-", String(row.digest.dropFirst("sha256:".count).prefix(12)), row.platform ?? "-",
                    String(row.layers), Human.bytes(row.size), Human.ago(seconds: now - row.created),
                ])
            }
            Console.shared.output(table.text)
        }
    }
}

/// Results as JSON for other programs.
enum JSONOutput {
    static func print(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        Console.shared.output(SafeText.json(Array(try encoder.encode(value))) + [UInt8(ascii: "\n")])
    }
}
