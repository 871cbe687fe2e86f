package import ArgumentParser
import ContentStore
import Core
import HostOS
import Sandbox

/// `sampan cache`.
package struct CacheCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Show or free what the store takes up.",
        subcommands: [UsageCommand.self, PruneCommand.self])

    package init() {}
}

/// `sampan cache du`.
package struct UsageCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "du", abstract: "Account for every byte of the store.")

    @Flag(name: .shortAndLong, help: "A line for each thing, not for each kind.")
    var verbose = false

    @Option(help: "How to show it: table or json.")
    var format: DisplayFormat = .table

    package init() {}

    private struct Row: Encodable {
        var kind: String
        var id: String
        var description: String
        var bytes: Int64
        var leased: Bool
    }

    package func run() throws {
        // Directories of subordinate ids may be closed to the user, but not to the namespace's root.
        try? RootlessEntry.enter()
        let store = try StoreAccess.open()
        defer { store.close() }
        let report = try store.usage()
        if format == .json {
            return try JSONOutput.print(
                report.items.map {
                    Row(
                        kind: $0.kind.rawValue, id: $0.id, description: $0.description, bytes: $0.bytes,
                        leased: $0.isLeased)
                })
        }
        var table: Table
        if verbose {
            table = Table(["KIND", "ID", "SIZE", "LAST USED", "WHAT"], alignments: [.left, .left, .right])
            let now = FileTime.now().seconds
            for item in report.items.sorted(by: { $0.bytes > $1.bytes }) {
                table.add([
                    CacheText.name(item.kind), String(item.id.prefix(12)), Human.bytes(item.bytes),
                    item.lastUsed.map { Human.ago(seconds: now - $0.seconds) } ?? "-",
                    String(item.description.prefix(60)),
                ])
            }
        } else {
            table = Table(["KIND", "COUNT", "SIZE"], alignments: [.left, .right, .right])
            for kind in UsageKind.allCases where report.bytes(kind) > 0 {
                table.add([
                    CacheText.name(kind), String(report.items.count { $0.kind == kind }),
                    Human.bytes(report.bytes(kind)),
                ])
            }
        }
        Console.shared.output(table.text)
        Console.shared.output("total \(Human.bytes(report.total)) in \(store.location.home)")
    }
}

/// `sampan cache prune`.
package struct PruneCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Free what is not needed, the longest unused first.",
        discussion: "Images with a name stay unless --all is given; what a running build uses always stays.")

    @Option(help: "Stop when no more than this is left, such as 10GB.")
    var keep: String?

    @Option(help: "Only what was not used for this long, such as 7d or 12h.")
    var olderThan: String?

    @Flag(name: .shortAndLong, help: "Images too, whether they have names or not.")
    var all = false

    @Flag(help: "Show what would go, and remove nothing.")
    var dryRun = false

    package init() {}

    package func run() throws {
        // Unpacked layers of an ordinary user hold files of subordinate ids, which only the namespace's root may remove;
        // where there is no namespace there are no such files.
        try? RootlessEntry.enter()
        let store = try StoreAccess.open()
        defer { store.close() }
        var options = PruneOptions()
        options.keepBytes = try keep.map { try BuildOptions.size("keep", $0) }
        options.olderThan = try olderThan.map(CacheText.duration)
        options.all = all
        options.dryRun = dryRun
        let report = try store.prune(options)
        for item in report.removed where item.bytes > 0 {
            Console.shared.output(
                "\(dryRun ? "would free" : "freed") \(Human.bytes(item.bytes))  \(CacheText.name(item.kind))  \(item.description.isEmpty ? String(item.id.prefix(12)) : SafeText.text(item.description))"
            )
        }
        let left = report.kept > 0 ? ", \(Human.bytes(report.kept)) kept" : ""
        Console.shared.output("\(dryRun ? "would free" : "freed") \(Human.bytes(report.bytes))\(left)")
    }
}

/// Words for what the store keeps.
enum CacheText {
    static func name(_ kind: UsageKind) -> String {
        switch kind {
        case .imageBlob: "image"
        case .cacheBlob: "build cache"
        case .unreferencedBlob: "unreferenced blob"
        case .layer: "unpacked layer"
        case .layerTar: "layer tar"
        case .cacheMount: "cache mount"
        case .analysis: "known layer"
        case .partial: "partial download"
        case .index: "index"
        case .liveTemporary: "in use"
        case .deadTemporary: "left behind"
        case .log: "log"
        case .overhead: "directories"
        }
    }

    /// `30s`, `15m`, `12h`, `7d` or `2w`.
    static func duration(_ text: String) throws -> Duration {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
        guard let last = text.last, let unit = units[last], let number = Int64(text.dropLast()), number >= 0,
            number < 1_000_000
        else { throw BuildOptions.usage("older-than", text, "a number and s, m, h, d or w, such as 7d") }
        return .seconds(number * unit)
    }
}
