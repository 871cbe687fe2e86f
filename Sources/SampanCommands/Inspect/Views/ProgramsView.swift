import Core
import ImageAnalysis

/// Whether the image's programs start, and where else its own would.
struct ProgramsView {
    let explanation: Explanation
    let page: Page
    /// Rows at most for programs that the image doesn't start and that can't start; those of one reason share one.
    var limit = 6

    var lines: [String] {
        let programs = explanation.programs
        guard !programs.isEmpty || !explanation.bases.isEmpty else { return [] }
        let failing = programs.filter { VerdictText.isFailure($0.start) }
        let all = VerdictText.count(programs.count, "program", "programs")
        let summary =
            failing.isEmpty
            ? "\(all), nothing is missing"
            : failing.count == programs.count ? "\(all), none can start" : "\(failing.count) of \(all) can't start"
        var lines = [page.heading("Will it start?", programs.isEmpty ? "" : summary)]
        for verdict in programs.filter(\.isEntrypoint) {
            let mark = mark(verdict.start)
            lines.append("  \(mark) " + page.paint(SafeText.path(verdict.path), .bold) + startText(verdict.start))
            lines += missing(verdict.start) + gaps(verdict.gaps)
        }
        return lines + bases + others(failing.filter { !$0.isEntrypoint })
    }

    private func startText(_ start: ProgramVerdict.Start) -> String {
        VerdictText.isFailure(start) ? "" : "  " + page.paint(VerdictText.start(start), .dim)
    }

    private func missing(_ start: ProgramVerdict.Start) -> [String] {
        guard case .fails(let missing) = start else { return [] }
        let shown = missing.prefix(4).map { "      " + page.paint(VerdictText.text($0), .red) }
        return shown + (missing.count > 4 ? ["      and \(missing.count - 4) more"] : [])
    }

    /// Programs that can't start, by the first thing that they lack; what most lack first.
    private func others(_ programs: [ProgramVerdict]) -> [String] {
        var reasons: [String: [ProgramVerdict]] = [:]
        for verdict in programs {
            // The reason may name the program itself, which would make as many reasons as programs.
            let text = VerdictText.start(verdict.start).replacing(SafeText.path(verdict.path), with: "it")
            reasons[text, default: []].append(verdict)
        }
        let sorted = reasons.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        var grid = Grid([.left, .path, .flexible], indent: 2)
        for (reason, verdicts) in sorted.prefix(limit) {
            let paths = verdicts.map(\.path).sorted()
            let name = paths.count == 1 ? SafeText.path(paths[0]) : "\(paths.count) programs"
            grid.add([
                Grid.Cell("✗", .red), Grid.Cell(name),
                Grid.Cell(paths.count == 1 ? reason : "\(reason); first \(SafeText.path(paths[0]))", .dim),
            ])
        }
        let rest = sorted.dropFirst(limit).reduce(0) { $0 + $1.value.count }
        return grid.lines(page) + (rest > 0 ? ["    and \(rest) more: --format json"] : [])
    }

    private var bases: [String] {
        explanation.bases.isEmpty ? [] : grid().lines(page)
    }

    private func grid() -> Grid {
        var grid = Grid([.left, .flexible], indent: 2)
        for verdict in explanation.bases {
            let fails = VerdictText.isFailure(verdict.start)
            let wants = verdict.gaps.map { SafeText.text($0.missing) }
            let text =
                fails
                ? VerdictText.start(verdict.start)
                : "starts" + (wants.isEmpty ? "" : "; will miss " + wants.joined(separator: ", "))
            let place = "on " + SafeText.text(verdict.base)
            grid.add([
                fails ? Grid.Cell("✗ " + place, .red) : Grid.Cell("✓ " + place, .green), Grid.Cell(text, .dim),
            ])
        }
        return grid
    }

    private func gaps(_ gaps: [ProgramVerdict.RuntimeGap]) -> [String] {
        gaps.map { gap in
            "      "
                + page.paint("will want \(VerdictText.need(gap.need)); missing: \(SafeText.text(gap.missing))", .yellow)
        }
    }

    private func mark(_ start: ProgramVerdict.Start) -> String {
        VerdictText.isFailure(start) ? page.paint("✗", .red) : page.paint("✓", .green)
    }
}
