import Core
import ImageAnalysis

/// What to change, with the edit.
struct AdviceView {
    let advice: [Advice]
    let page: Page
    var limit = Int.max

    var lines: [String] {
        guard !advice.isEmpty else { return limit == .max ? ["nothing to advise"] : [] }
        var lines = [
            page.heading("Advice", advice.count > limit ? "the first \(limit) of \(advice.count); all: --advice" : "")
        ]
        for item in advice.prefix(limit) {
            var facts: [String] = []
            if item.bytes > 0 { facts.append("saves \(Human.bytes(item.bytes))") }
            if item.risk > 0 { facts.append(item.risk > 1 ? "takes away much risk" : "takes away risk") }
            if let place = CauseText.place(item.place) { facts.append(place) }
            let title = "  " + page.paint("•", .cyan) + " " + SafeText.text(item.title)
            lines.append(facts.isEmpty ? title : title + "  " + page.paint(facts.joined(separator: ", "), .dim))
            lines += edit("-", item.before, .red) + edit("+", item.after, .green)
        }
        return lines
    }

    /// An instruction with its sign, line by line.
    private func edit(_ sign: String, _ text: String?, _ ink: Page.Ink) -> [String] {
        guard let text else { return [] }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { SafeText.text(String($0)) }
        // Who asks for advice alone wants to follow it.
        if limit == .max { return lines.map { "      " + page.paint("\(sign) \($0)", ink) } }
        let shown = lines.prefix(4).map { line in
            "      " + page.paint(TextColumns.clipped("\(sign) \(line)", to: max(20, page.width - 6)), ink)
        }
        return shown + (lines.count > 4 ? ["      \(sign) …"] : [])
    }
}
