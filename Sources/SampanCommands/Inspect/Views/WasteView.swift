import Core
import ImageAnalysis

/// Bytes that travel for nothing.
struct WasteView {
    let explanation: Explanation
    let page: Page

    /// A line for each kind: its bytes, how many files, and the line that is guilty of most.
    var kinds: [String] {
        var grid = Grid([.left, .right, .right, .path, .flexible], indent: 2)
        for group in Self.groups(explanation.waste) {
            let cause =
                explanation.image.layers.indices.contains(group.layer)
                ? explanation.image.layers[group.layer].cause : nil
            grid.add([
                Grid.Cell(KindText.waste(group.kind)), Grid.Cell(Human.bytes(group.bytes), .yellow),
                Grid.Cell(VerdictText.count(group.count, "file", "files"), .dim),
                Grid.Cell(CauseText.place(cause?.place) ?? "layer \(group.layer + 1)", .cyan),
                Grid.Cell(cause.map { CauseText.instruction($0.instruction) } ?? ""),
            ])
        }
        return grid.lines(page)
    }

    /// A line for each item, largest first.
    var lines: [String] {
        let (waste, image) = (explanation.waste, explanation.image)
        var lines = [
            page.heading(
                "Waste",
                "\(Human.bytes(waste.bytes)) of \(Human.bytes(image.contentBytes)); efficiency as dive defines it "
                    + "\(SummaryView.percent(waste.diveEfficiency)), \(Human.bytes(waste.diveWastedBytes)) wasted")
        ]
        guard !waste.items.isEmpty else { return lines }
        let showsLines = image.showsLines(on: page)
        var grid = Grid(
            [.right, .left, .right, .left, .path, .path],
            header: ["SIZE", "WHY", "LAYER", showsLines ? "LINE" : "", "PATH", "DETAIL"])
        for item in waste.items {
            grid.add([
                Grid.Cell(Human.bytes(item.bytes)), Grid.Cell(KindText.waste(item.kind)),
                Grid.Cell(String(item.layer + 1), .dim),
                Grid.Cell(showsLines ? image.line(item.layer) ?? "" : "", .cyan),
                Grid.Cell(SafeText.path(item.path)), Grid.Cell(because(item), .dim),
            ])
        }
        lines += grid.lines(page)
        return lines
    }

    private func because(_ item: Waste.Item) -> String {
        if let original = item.original { return "as \(SafeText.path(original))" }
        return item.replacedBy.map { "by layer \($0 + 1)" } ?? ""
    }

    struct Group: Equatable {
        var kind: Waste.Kind
        var bytes: Int64
        var count: Int
        /// The layer with most of it.
        var layer: Int
    }

    /// Largest first.
    static func groups(_ waste: Waste) -> [Group] {
        var byKind: [Waste.Kind: [Waste.Item]] = [:]
        for item in waste.items { byKind[item.kind, default: []].append(item) }
        return byKind.map { kind, items in
            var layers: [Int: Int64] = [:]
            for item in items { layers[item.layer, default: 0] += item.bytes }
            let largest = layers.max { ($0.value, -$0.key) < ($1.value, -$1.key) }
            return Group(
                kind: kind, bytes: items.reduce(0) { $0 + $1.bytes }, count: items.count, layer: largest?.key ?? 0)
        }.sorted { ($1.bytes, $0.kind.rawValue) < ($0.bytes, $1.kind.rawValue) }
    }
}
