import Core
import ImageAnalysis

/// Whether the image's programs start, and where else its own would.
struct ProgramsView {
    let explanation: Explanation
    let page: Page
    /// Programs at most, those that the image starts and those that fail first.
    var limit = Int.max

    var lines: [String] {
        let programs = explanation.programs
        guard !programs.isEmpty || !explanation.bases.isEmpty else { return [] }
        let failing = programs.count { VerdictText.isFailure($0.start) }
        let summary =
            failing == 0
            ? "\(VerdictText.count(programs.count, "program", "programs")): nothing is missing"
            : "\(failing) of \(VerdictText.count(programs.count, "program", "programs")) can't"
        var lines = [page.heading("Will it start?", programs.isEmpty ? "" : summary)]
        var grid = Grid([.left, .flexible, .left], indent: 2)
        for verdict in programs.sorted(by: Self.precedes).prefix(limit) {
            let fails = VerdictText.isFailure(verdict.start)
            // One line for what is there; what the others lack takes lines of its own below.
            grid.add([
                Self.mark(fails), Grid.Cell(SafeText.path(verdict.path), verdict.isEntrypoint ? .bold : .plain),
                Grid.Cell(fails ? "" : VerdictText.start(verdict.start), .dim),
            ])
        }
        let rows = grid.lines(page)
        for (verdict, row) in zip(programs.sorted(by: Self.precedes).prefix(limit), rows) {
            lines.append(row)
            if case .fails(let missing) = verdict.start {
                lines += missing.prefix(4).map { "      " + page.paint(VerdictText.text($0), .red) }
                if missing.count > 4 { lines.append("      and \(missing.count - 4) more") }
            }
            if verdict.isEntrypoint || limit == .max { lines += gaps(verdict.gaps, indent: 6) }
        }
        return lines + bases
    }

    private var bases: [String] {
        explanation.bases.isEmpty ? [] : grid().lines(page)
    }

    private func grid() -> Grid {
        var grid = Grid([.left, .left, .flexible], indent: 2)
        for verdict in explanation.bases {
            let fails = VerdictText.isFailure(verdict.start)
            let wants = verdict.gaps.map { SafeText.text($0.missing) }
            let text =
                fails
                ? VerdictText.start(verdict.start)
                : "starts" + (wants.isEmpty ? "" : "; will miss " + wants.joined(separator: ", "))
            grid.add([Self.mark(fails), Grid.Cell("on " + SafeText.text(verdict.base)), Grid.Cell(text, .dim)])
        }
        return grid
    }

    private func gaps(_ gaps: [ProgramVerdict.RuntimeGap], indent: Int) -> [String] {
        gaps.map { gap in
            String(repeating: " ", count: indent)
                + page.paint("will want \(VerdictText.need(gap.need)): no \(SafeText.text(gap.missing))", .yellow)
        }
    }

    static func mark(_ fails: Bool) -> Grid.Cell { fails ? Grid.Cell("✗", .red) : Grid.Cell("✓", .green) }

    /// Those that the image starts keep their order and come first, then failing ones.
    private static func precedes(_ one: ProgramVerdict, _ other: ProgramVerdict) -> Bool {
        func rank(_ verdict: ProgramVerdict) -> Int {
            verdict.isEntrypoint ? 0 : VerdictText.isFailure(verdict.start) ? 1 : 2
        }
        return rank(one) == rank(other) ? rank(one) > 0 && one.path < other.path : rank(one) < rank(other)
    }
}
