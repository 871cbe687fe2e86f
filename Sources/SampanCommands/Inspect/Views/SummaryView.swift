import Cataloging
import Core
import ImageAnalysis
import Inventory
import Layers
import OCI
import Reports

/// An image on one screen.
struct SummaryView {
    let explanation: Explanation
    let page: Page

    init(explanation: Explanation, page: Page) {
        self.explanation = explanation
        self.page = page.screen
    }

    private var image: AnalysedImage { explanation.image }

    var lines: [String] {
        var sections = [head, layers, waste, contents, packages, programs, advice]
        if !image.remarks.isEmpty {
            sections.append([page.heading("Remarks")] + image.remarks.prefix(5).map { "  " + SafeText.text($0) })
        }
        return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    // MARK: - What it is

    private var head: [String] {
        let files = image.tree.layers.reduce(0) { $0 + $1.entries.count { $0.isFile } }
        var lines = [
            page.paint(SafeText.text(image.name), .bold) + "  " + SafeText.text(image.platform.description) + "  "
                + page.paint(image.manifest.digest.short, .dim),
            "\(Human.bytes(image.compressedSize)) compressed, \(Human.bytes(image.contentBytes)) of files: "
                + "\(VerdictText.count(files, "file", "files")) in "
                + VerdictText.count(image.layers.count, "layer", "layers"),
        ]
        let config = image.config.config
        let command = config.entrypoint + config.cmd
        var facts = [command.isEmpty ? "starts nothing by itself" : "starts \(Self.words(command))"]
        facts.append(config.user.map { "as \(SafeText.text($0))" } ?? "as root")
        if let directory = config.workingDir, directory != "/" { facts.append("in \(SafeText.text(directory))") }
        if !config.exposedPorts.isEmpty {
            facts.append("ports " + config.exposedPorts.sorted().map(SafeText.text).joined(separator: " "))
        }
        lines.append(TextColumns.clipped(facts.joined(separator: ", "), to: page.width))
        return lines
    }

    /// A command as a shell would take it.
    static func words(_ words: [String]) -> String {
        SecretText.redacted(words: words).map { word in
            let plain = word.utf8.allSatisfy { byte in
                byte >= 0x2b && byte <= 0x3a || byte >= 0x40 && byte <= 0x5a || byte >= 0x61 && byte <= 0x7a
                    || byte == 0x5f
                    || byte == 0x3d || byte == 0x25
            }
            if plain, !word.isEmpty { return word }
            return "'"
                + SafeText.text(word).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
                + "'"
        }.joined(separator: " ")
    }

    // MARK: - Where bytes are

    private var layers: [String] {
        let view = LayersView(image: image, page: page, limit: 10)
        let rest = view.rest > 0 ? "the largest, and \(view.rest) more: --layers" : ""
        return [page.heading("Layers", rest)] + view.lines
    }

    private var waste: [String] {
        let waste = explanation.waste
        guard !waste.items.isEmpty else { return [page.heading("Waste", "none found")] }
        let share = image.contentBytes > 0 ? Double(waste.bytes) / Double(image.contentBytes) : 0
        let measure = "\(Self.percent(share)) of all bytes; efficiency \(Self.percent(waste.diveEfficiency))"
        var lines = [page.heading("Waste", "\(Human.bytes(waste.bytes)), \(measure)")]
        lines += WasteView(explanation: explanation, page: page).kinds
        return lines
    }

    private var contents: [String] {
        let kinds = explanation.kinds.filter { $0.bytes > 0 }
        let total = kinds.reduce(0) { $0 + $1.bytes }
        guard total > 0 else { return [] }
        var grid = Grid([.left, .right, .right, .left], indent: 2)
        for share in kinds.prefix(7) {
            let part = Double(share.bytes) / Double(total)
            grid.add([
                Grid.Cell(KindText.content(share.kind)), Grid.Cell(Human.bytes(share.bytes)),
                Grid.Cell(Self.percent(part)), Grid.Cell(Self.bar(part), .cyan),
            ])
        }
        let more = kinds.dropFirst(7).reduce(0) { $0 + $1.bytes }
        if more > 0 {
            grid.add([
                Grid.Cell("other", .dim), Grid.Cell(Human.bytes(more)),
                Grid.Cell(Self.percent(Double(more) / Double(total))),
            ])
        }
        return [page.heading("Contents", "\(Human.bytes(total)) in the final tree")] + grid.lines(page)
    }

    private var packages: [String] {
        let packages = explanation.packages
        guard !packages.isEmpty else { return [] }
        let bytes = packages.reduce(0) { $0 + $1.bytes }
        var grid = Grid([.flexible, .left, .right], indent: 2)
        let large = packages.sorted { ($1.bytes, $0.package.component.name) < ($0.bytes, $1.package.component.name) }
        for share in large.prefix(5) {
            let component = share.package.component
            grid.add([
                Grid.Cell(SafeText.text(PackageText.name(component))),
                Grid.Cell(SafeText.text(component.version), .dim),
                Grid.Cell(share.bytes > 0 ? Human.bytes(share.bytes) : ""),
            ])
        }
        let rest = packages.count > 5 ? "; all: --packages" : ""
        return [page.heading("Packages", "\(packages.count), with \(Human.bytes(bytes)) of files\(rest)")]
            + grid.lines(page)
    }

    // MARK: - What it does and should

    private var programs: [String] { ProgramsView(explanation: explanation, page: page).lines }

    private var advice: [String] { AdviceView(advice: explanation.advice, page: page, limit: 5).lines }

    static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "0 %" }
        let value = share * 100
        return
            (value > 0 && value < 10 || value > 99 && value < 100 ? Human.decimal(value, 1) : Human.decimal(value, 0))
            + " %"
    }

    static func bar(_ share: Double) -> String {
        guard share.isFinite else { return "" }
        return String(repeating: "█", count: min(20, max(0, Int((share * 20).rounded()))))
    }
}
