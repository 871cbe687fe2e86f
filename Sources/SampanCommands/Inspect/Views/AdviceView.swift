import Core
import ImageAnalysis
import Reports

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
            lines += head(item) + edit("-", item.before, .red) + edit("+", item.after, .green)
        }
        return lines
    }

    /// What to do, and behind it what that is good for, where there is room on its last line.
    private func head(_ item: Advice) -> [String] {
        let notes = AdviceNotes.all(item).joined(separator: ", ")
        var lines = TextColumns.wrapped(
            SafeText.text(item.title), to: max(20, page.width == .max ? .max : page.width - 4))
        let fits = TextColumns.width(lines[lines.count - 1]) + 6 + TextColumns.width(notes) <= page.width
        if fits, !notes.isEmpty { lines[lines.count - 1] += "  " + page.paint(notes, .dim) }
        if !fits { lines.append(page.paint(notes, .dim)) }
        return lines.enumerated().map { ($0 == 0 ? "  " + page.paint("•", .cyan) + " " : "    ") + $1 }
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
