package import ArgumentParser
import ContentStore
import Core
import ImageAnalysis
import OCI

/// `sampan history`.
package struct HistoryCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show how an image of the store was made, newest first.")

    @Argument(help: "The image: a name, a digest or the beginning of one.")
    var image: String

    @Option(help: "How to show it: table or json.")
    var format: DisplayFormat = .table

    @Flag(help: "Show instructions whole.")
    var noTrunc = false

    package init() {}

    private struct Row: Encodable {
        var createdBy: String
        var created: String?
        var comment: String?
        /// Bytes of the layer's blob; nil for an instruction without a layer.
        var size: Int64?
        var layer: String?
    }

    package func run() throws {
        let store = try StoreAccess.open()
        defer { store.close() }
        let found = try StoredImage.read(StoredImage.find(image, store).manifest, store)
        var layers = found.manifest.layers.makeIterator()
        let rows = found.config.history.map { step -> Row in
            let layer = step.emptyLayer ? nil : layers.next()
            return Row(
                createdBy: SecretText.redacted(step.createdBy ?? ""), created: step.created,
                comment: step.comment,
                size: layer.map { Int64($0.size) },
                layer: layer?.digest.description)
        }
        if format == .json { return try JSONOutput.print(Array(rows.reversed())) }
        var table = Table(["LAYER", "SIZE", "CREATED BY"], alignments: [.left, .right])
        let room = noTrunc ? Int.max : max(40, Console.shared.width - 28)
        for row in rows.reversed() {
            let text = row.createdBy.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "␤")
            table.add([
                row.layer.map { String($0.dropFirst("sha256:".count).prefix(12)) } ?? "-",
                row.size.map(Human.bytes) ?? "0 B",
                text.count <= room ? text : text.prefix(room - 1) + "…",
            ])
        }
        Console.shared.output(table.text)
    }
}
