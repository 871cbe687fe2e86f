import Binaries
import Cataloging
import Core
import ImageAnalysis
import Inventory
import Layers
import OCI

/// The parts of a page, each empty when there is nothing to say.
enum HTMLSections {
    /// Rows that a table of files shows at most.
    static let rowLimit = 500

    static func facts(_ explanation: Explanation) -> String {
        let image = explanation.image
        // The kinds have each file of the tree once, whatever its names.
        let files = explanation.kinds.reduce(0) { $0 + $1.files }
        let size = explanation.kinds.reduce(Int64(0)) { $0 + $1.bytes }
        let user = image.config.config.user ?? ""
        let isRoot = ["", "0", "root"].contains(String(user.prefix { $0 != ":" }))
        let waste = explanation.waste.bytes
        let start = explanation.programs.first { $0.isEntrypoint }
        let starts = start.map { VerdictText.isFailure($0.start) ? ("bad", "no") : ("good", "yes") } ?? ("", "unknown")
        let facts: [(name: String, value: String, tone: String)] = [
            ("compressed", Human.bytes(image.compressedSize), ""),
            ("in the tree", Human.bytes(size), ""),
            ("files", String(files), ""),
            ("layers", String(image.layers.count), ""),
            ("waste", Human.bytes(waste), waste * 20 > image.contentBytes ? "warn" : ""),
            ("starts", starts.1, starts.0),
            ("user", isRoot ? "root" : HTMLText.escape(user), isRoot ? "warn" : "good"),
            ("packages", String(explanation.packages.count), ""),
        ]
        let items = facts.map { fact in
            "<div><dt>\(fact.name)</dt><dd\(fact.tone.isEmpty ? "" : " class=\"\(fact.tone)\"")>\(fact.value)</dd></div>"
        }
        return "<dl class=\"facts\">\(items.joined())</dl>"
    }

    static func advice(_ explanation: Explanation) -> String {
        guard !explanation.advice.isEmpty else { return "" }
        let items = explanation.advice.map { advice in
            let notes = AdviceNotes.all(advice).map { HTMLText.escape($0) }
            let note = notes.isEmpty ? "" : " <span class=\"soft\">\(notes.joined(separator: ", "))</span>"
            var lines: [String] = []
            for line in advice.before?.split(separator: "\n") ?? [] {
                lines.append("<del>- \(HTMLText.escape(String(line)))</del>")
            }
            for line in advice.after?.split(separator: "\n") ?? [] {
                lines.append("<ins>+ \(HTMLText.escape(String(line)))</ins>")
            }
            let edit = lines.isEmpty ? "" : "<pre>\(lines.joined(separator: "\n"))</pre>"
            return "<li>\(HTMLText.escape(advice.title))\(note)\(edit)</li>"
        }
        return "<ol class=\"advice\">\n\(items.joined(separator: "\n"))\n</ol>"
    }

    /// Filled by the page's script.
    static let map = """
        <div class="controls">
        <label>Group by <select id="group"><option value="directory">directory</option><option value="layer">layer</option>\
        <option value="package">package</option><option value="kind">kind</option></select></label>
        <label>Color by <select id="color"><option value="2">kind</option><option value="3">layer</option>\
        <option value="4">package</option></select></label>
        <button id="up" type="button">Up</button>
        <span class="soft">Click or Enter looks inside, Escape goes back, arrows move.</span>
        </div>
        <div id="crumbs" aria-live="polite"></div>
        <div id="map" role="group" aria-label="Treemap of the image's files"></div>
        <div id="detail" aria-live="polite"></div>
        <div id="legend"></div>
        <noscript><p class="soft">The treemap needs the page's script; everything else is in the tables.</p></noscript>
        """

    static func layers(_ explanation: Explanation) -> String {
        let hasPlaces = explanation.image.layers.contains { $0.cause.place != nil }
        let head = [("#", true), ("instruction", false)] + (hasPlaces ? [("line", false)] : [])
        var table = HTMLTable(head + [("compressed", true), ("contents", true), ("entries", true), ("waste", true)])
        var waste: [Int: Int64] = [:]
        for item in explanation.waste.items { waste[item.layer, default: 0] += item.bytes }
        for (number, layer) in explanation.image.layers.enumerated() {
            let place = hasPlaces ? [HTMLTable.Cell.text(CauseText.place(layer.cause.place) ?? "")] : []
            table.add(
                [.number(number + 1), .code(CauseText.instruction(layer.cause.instruction))] + place + [
                    .bytes(Int64(layer.descriptor.size)), .bytes(layer.facts.contentBytes),
                    .number(layer.facts.contents.entries.count), .bytes(waste[number] ?? 0),
                ])
        }
        return explanation.image.layers.isEmpty ? "" : table.html(label: "Layers")
    }

    static func programs(_ explanation: Explanation) -> String {
        guard !explanation.programs.isEmpty else { return "" }
        var table = HTMLTable([("program", false), ("starts", false), ("why", false), ("will want later", false)])
        // What the image starts, then what can't start.
        func rank(_ program: ProgramVerdict) -> Int {
            program.isEntrypoint ? 0 : VerdictText.isFailure(program.start) ? 1 : 2
        }
        let first = (0...2).flatMap { wanted in explanation.programs.filter { rank($0) == wanted } }
        for program in first.prefix(rowLimit) {
            let path = HTMLText.escape(SafeText.path(program.path))
            let title = "<code>\(path)</code>\(program.isEntrypoint ? " <b>entrypoint</b>" : "")"
            table.add([.init(html: title, value: nil)] + verdict(program.start, program.gaps))
        }
        var html = table.html(label: "Programs", total: explanation.programs.count)
        guard !explanation.bases.isEmpty else { return html }
        var bases = HTMLTable([("base", false), ("starts", false), ("why", false), ("will want later", false)])
        for base in explanation.bases { bases.add([.code(base.base)] + verdict(base.start, base.gaps)) }
        html += "\n<p>Its program on other bases:</p>\n" + bases.html(label: "Bases")
        return html
    }

    private static func verdict(_ start: ProgramVerdict.Start, _ gaps: [ProgramVerdict.RuntimeGap]) -> [HTMLTable.Cell]
    {
        let fails = VerdictText.isFailure(start)
        var reasons = [VerdictText.start(start)]
        if case .fails(let missing) = start { reasons = missing.map(VerdictText.text) }
        return [
            .init(html: "<b class=\"\(fails ? "bad" : "good")\">\(fails ? "no" : "yes")</b>", value: fails ? 0 : 1),
            .init(html: reasons.map(HTMLText.escape).joined(separator: "<br>"), value: nil),
            .init(
                html: gaps.map { HTMLText.escape("\($0.missing) (\(VerdictText.need($0.need)))") }
                    .joined(separator: "<br>"), value: nil),
        ]
    }

    static func sizes(_ programs: [ProgramSize]) -> String {
        programs.map { program in
            var table = HTMLTable([
                ("module", false), ("package", false), ("what", false), ("bytes", true), ("share", true),
            ])
            let total = max(1, program.attribution.total)
            for part in program.attribution.parts.prefix(rowLimit) {
                let share = Double(part.bytes) * 100 / Double(total)
                table.add([
                    .code(part.module), .code(part.package), .text(FileKindText.part(part.kind)), .bytes(part.bytes),
                    .init(html: Human.decimal(share, 1) + " %", value: part.bytes),
                ])
            }
            let path = SafeText.path(program.path)
            return "<p><code>\(HTMLText.escape(path))</code>, \(Human.bytes(program.attribution.total)):</p>\n"
                + table.html(label: path, total: program.attribution.parts.count)
        }.joined(separator: "\n")
    }

    static func waste(_ explanation: Explanation) -> String {
        let waste = explanation.waste
        let score = Human.decimal(waste.diveEfficiency * 100, 1)
        let head =
            "<p>\(Human.bytes(waste.bytes)) of \(Human.bytes(explanation.image.contentBytes)) travel for nothing; "
            + "efficiency as dive counts it: \(score) %.</p>"
        guard !waste.items.isEmpty else { return head }
        let hasPlaces = explanation.image.layers.contains { $0.cause.place != nil }
        var table = HTMLTable(
            [("what", false), ("path", false), ("bytes", true), ("layer", true)] + (hasPlaces ? [("line", false)] : []))
        for item in waste.items.prefix(rowLimit) {
            let layers = explanation.image.layers
            let place = layers.indices.contains(item.layer) ? layers[item.layer].cause.place : nil
            let note = item.original.map { "<br><span class=\"soft\">as \(HTMLText.escape(SafeText.path($0)))</span>" }
            table.add([
                .text(KindText.waste(item.kind)),
                .init(html: "<code>\(HTMLText.escape(SafeText.path(item.path)))</code>\(note ?? "")", value: nil),
                .bytes(item.bytes), .number(item.layer + 1), .text(CauseText.place(place) ?? ""),
            ])
        }
        return head + table.html(label: "Waste", total: waste.items.count)
    }

    static func kinds(_ explanation: Explanation) -> String {
        guard let most = explanation.kinds.map(\.bytes).max(), most > 0 else { return "" }
        var table = HTMLTable([("kind", false), ("files", true), ("bytes", true), ("", false)])
        for kind in explanation.kinds {
            let width = Human.decimal(Double(kind.bytes) * 100 / Double(most), 1)
            table.add([
                .text(KindText.content(kind.kind)), .number(kind.files), .bytes(kind.bytes),
                .init(html: "<div class=\"bar\" style=\"width:\(width)%\"></div>", value: kind.bytes),
            ])
        }
        return table.html(label: "Contents by kind")
    }

    static func packages(_ explanation: Explanation) -> String {
        guard !explanation.packages.isEmpty else { return "" }
        var table = HTMLTable([
            ("package", false), ("version", false), ("kind", false), ("files", true), ("bytes", true),
            ("said by", false),
        ])
        for share in explanation.packages {
            let component = share.package.component
            table.add([
                .code(PackageText.name(component)), .text(component.version),
                .text(PackageText.ecosystem(component.ecosystem)), .number(share.files),
                .bytes(share.bytes), .code(SafeText.path(share.package.evidence)),
            ])
        }
        return table.html(label: "Packages")
    }
}
