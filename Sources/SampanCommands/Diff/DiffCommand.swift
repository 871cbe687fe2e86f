package import ArgumentParser
import Core
import HostOS
import ImageAnalysis

/// `sampan diff`.
package struct DiffCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract:
            "Show what changed from one image to another: size, configuration, packages, files, and by which lines.")

    @Argument(help: "The image before: a name of the store, else of a registry; or any TRANSPORT:NAME.")
    var before: String

    @Argument(help: "The image after.")
    var after: String

    @Flag(help: "Every file that changed, in the order of paths; else those that count most.")
    var files = false

    @Option(help: "How to show it: table or json.")
    var format: DisplayFormat = .table

    @Option(help: "The images of indexes for this platform, as os/architecture[/variant]. (default: this machine's)")
    var platform: String?

    @OptionGroup
    var transfer: TransferOptions

    package init() {}

    package func run() async throws {
        let (one, other) = (try ImageArgument(before), try ImageArgument(after))
        let platform = try platform.map(PlatformOptions.parse)
        let diff = try await Transfer.run(transfer) { transfer in
            // One after the other: each uses all cores, and only their facts stay in memory.
            let before = try await Inspection.open(one, platform: platform, transfer).explanation()
            let after = try await Inspection.open(other, platform: platform, transfer).explanation()
            return try await BlockingPool.compute.run { try ImageDiff.between(before, after) }
        }
        switch format {
        case .json: Console.shared.output(SafeText.json(DiffJSON.document(diff)))
        case .table:
            let view = DiffView(diff: diff, page: .output, showsAllFiles: files)
            Console.shared.output(Inspection.text(view.lines))
        }
    }
}
