package import ArgumentParser
import Core
import Distribution
import HostOS
import ImageAnalysis

/// `sampan inspect`.
package struct InspectCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Explain an image, wherever it is: what made its bytes, what is waste, whether it starts.",
        discussion: """
            Without a flag one screen says the most important. Nothing is unpacked to disk; what was found out about a \
            layer is kept in the store, so that the next look is quick.
            """)

    @Argument(help: "The image: a name of the store, else of a registry; or any TRANSPORT:NAME.")
    var image: String

    @Flag(help: "Every layer with the line that made it.")
    var layers = false

    @Flag(help: "Every file, largest first.")
    var files = false

    @Flag(help: "The tree of directories with what they hold.")
    var tree = false

    @Flag(help: "Every byte that travels for nothing, and why.")
    var waste = false

    @Flag(help: "Every package with its files' bytes.")
    var packages = false

    @Flag(help: "Everything to change, with the whole edits.")
    var advice = false

    @Option(help: "One program or library of the image: its linking, its build, and where its bytes go.")
    var binary: String?

    @Flag(name: .shortAndLong, help: "Look around in a terminal: layers, files, what changed.")
    var interactive = false

    @Option(help: "Write a page of HTML to this file.")
    var report: String?

    @Option(help: "Levels of --tree; 0 for all.")
    var depth = 3

    @Option(help: "How to show it: table or json.")
    var format: DisplayFormat = .table

    @Option(help: "The image of an index for this platform, as os/architecture[/variant]. (default: this machine's)")
    var platform: String?

    @OptionGroup
    var transfer: TransferOptions

    package init() {}

    package func run() async throws {
        let view = try chosenView()
        let argument = try ImageArgument(image)
        let platform = try platform.map(PlatformOptions.parse)
        switch view {
        case .interactive: try FullScreen.require()
        case .report(let path): try AtomicFile.probe(path)
        case .page, .binary: break
        }
        let page = Page.output
        let (format, depth) = (format, max(0, depth))
        let output = try await Transfer.run(transfer) { transfer -> [UInt8] in
            let inspection = try await Inspection.open(argument, platform: platform, transfer)
            switch view {
            case .interactive:
                transfer.endProgress()
                try await BrowserSession(inspection).run()
                return []
            case .binary(let path):
                let file = try await inspection.binary(path)
                return file.output(format, page)
            case .report(let path):
                try await inspection.report(to: path)
                return []
            case .page(let kind):
                return try await inspection.output(kind, format, page, depth: depth)
            }
        }
        Console.shared.output(output)
    }

    /// What one call shows.
    private enum View {
        case page(Inspection.Kind)
        case binary(String)
        case report(String)
        case interactive
    }

    private func chosenView() throws -> View {
        let pages: [(Bool, String, View)] = [
            (layers, "--layers", .page(.layers)), (files, "--files", .page(.files)), (tree, "--tree", .page(.tree)),
            (waste, "--waste", .page(.waste)), (packages, "--packages", .page(.packages)),
            (advice, "--advice", .page(.advice)),
            (interactive, "--interactive", .interactive),
        ]
        var chosen = pages.filter(\.0).map { (name: $0.1, view: $0.2) }
        if let binary { chosen.append(("--binary", .binary(binary))) }
        if let report { chosen.append(("--report", .report(report))) }
        guard chosen.count < 2 else {
            throw Diagnostic(
                code: "usage.view", "\(chosen[0].name) and \(chosen[1].name) exclude each other",
                hint: "ask for one at a time; the second look is quick", exitCode: 64)
        }
        if interactive || report != nil, format == .json {
            throw Diagnostic(
                code: "usage.view", "\(chosen[0].name) shows nothing as JSON", hint: "leave out --format", exitCode: 64)
        }
        return chosen.first?.view ?? .page(.summary)
    }
}
