import Core
import ImageAnalysis
import Layers

/// Draws a ``Browser``: the layers beside the tree, or on a narrow screen one of the two.
struct BrowserScreen {
    let image: AnalysedImage
    let size: FullScreen.Size
    let color: Bool
    var elapsed = Elapsed()

    /// For how many seconds work has been going on.
    struct Elapsed: Equatable, Sendable {
        var layer = 0
        var page = 0
        var file = 0
    }

    /// Columns from which on both panes are shown.
    private static let wide = 80

    /// Lines of a pane.
    static func height(_ size: FullScreen.Size) -> Int { max(1, size.rows - 4) }

    private var height: Int { Self.height(size) }
    private var page: Page { Page(width: size.columns, color: color) }

    /// Exactly as many lines as the screen has, none wider than it.
    func lines(_ browser: Browser) -> [String] {
        var lines: [String]
        switch browser.mode {
        case .pager(let pager):
            lines = [bar(pager.title)] + pager.visible(height: size.rows - 2, width: size.columns)
        case .waiting(let title): lines = [bar(title), "", clip(Self.going("  reading", elapsed.page))]
        case .browse, .filter, .extract:
            lines = [bar(title(browser)), page.paint(clip(subtitle(browser)), .dim)] + panes(browser)
        }
        lines = Array(lines.prefix(max(0, size.rows - 1)))
        lines += [String](repeating: "", count: max(0, size.rows - 1 - lines.count))
        return lines + [bottom(browser)]
    }

    /// What is being done, and for how long when that begins to matter.
    private static func going(_ what: String, _ seconds: Int) -> String {
        seconds == 0 ? what + "…" : "\(what)… \(seconds) s"
    }

    private func title(_ browser: Browser) -> String {
        "\(SafeText.text(image.name))  \(image.platform)  \(Human.bytes(image.contentBytes)) in "
            + VerdictText.count(image.layers.count, "layer", "layers")
    }

    private func subtitle(_ browser: Browser) -> String {
        guard image.layers.indices.contains(browser.layer) else { return "" }
        let cause = image.layers[browser.layer].cause
        let place = CauseText.place(cause.place).map { $0 + "  " } ?? ""
        return "layer \(browser.layer + 1): \(place)\(CauseText.instruction(cause.instruction))"
    }

    // MARK: - Panes

    private func panes(_ browser: Browser) -> [String] {
        guard size.columns >= Self.wide else {
            return browser.pane == .layers ? layers(browser, size.columns) : tree(browser, size.columns)
        }
        let left = min(48, max(32, size.columns / 3))
        let (one, other) = (layers(browser, left), tree(browser, size.columns - left - 3))
        return (0..<max(one.count, other.count)).map { row in
            (row < one.count ? one[row] : String(repeating: " ", count: left)) + page.paint(" │ ", .dim)
                + (row < other.count ? other[row] : "")
        }
    }

    /// Each line exactly as wide as asked for.
    private func layers(_ browser: Browser, _ width: Int) -> [String] {
        let heading = page.paint(fit("Layers", width), .bold)
        let top = Self.top(cursor: browser.layer, count: image.layers.count, height: height)
        return [heading]
            + image.layers.indices.dropFirst(top).prefix(height).map { index in
                let layer = image.layers[index]
                let text =
                    "\(pad(String(index + 1), 3)) \(pad(Human.bytes(layer.facts.contentBytes), 8)) "
                    + (CauseText.place(layer.cause.place).map { $0 + " " } ?? "")
                    + CauseText.instruction(layer.cause.instruction)
                return mark(text, width, isHere: index == browser.layer, isActive: browser.pane == .layers)
            }
    }

    private func tree(_ browser: Browser, _ width: Int) -> [String] {
        var what = browser.showsOnlyChanges ? "What changed" : "Files"
        if !browser.filter.isEmpty { what += " with '\(SafeText.text(browser.filter))'" }
        what += browser.sortsByName ? ", by name" : ", largest first"
        if browser.isCut { what += ", the first \(Browser.rowLimit)" }
        let heading = page.paint(fit(what, width), .bold)
        guard browser.isLoaded else { return [heading, fit(Self.going("reading", elapsed.layer), width)] }
        guard !browser.rows.isEmpty else { return [heading, fit("nothing", width)] }
        let top = Self.top(cursor: browser.cursor, count: browser.rows.count, height: height)
        return [heading]
            + browser.rows.indices.dropFirst(top).prefix(height).map { index in
                let row = browser.rows[index]
                let item = browser.listing.items[row.index]
                let text = line(row, item, browser.listing)
                let isHere = index == browser.cursor
                if !isHere, item.change != .none { return page.paint(fit("  " + text, width), Self.ink(item.change)) }
                return mark(text, width, isHere: isHere, isActive: browser.pane == .tree)
            }
    }

    private func line(_ row: Browser.Row, _ item: TreeListing.Item, _ listing: TreeListing) -> String {
        let isDirectory = item.entry.isDirectory
        let sign =
            switch item.change {
            case .added: "+"
            case .changed: "~"
            case .removed: "-"
            case .none: isDirectory && listing.isChanged(row.index) ? "·" : " "
            }
        // Very deep trees would push their names off the screen.
        let indent = String(repeating: "  ", count: min(row.depth, 20))
        let handle = isDirectory ? (row.isOpen ? "▾ " : "▸ ") : "  "
        let bytes = pad(Human.bytes(listing.bytes(row.index)), 8)
        let owner = size.columns >= 120 ? pad("\(item.entry.uid):\(item.entry.gid)", 11) + " " : ""
        let mode = size.columns >= 100 ? ModeText.text(item.entry) + " " : ""
        return "\(sign) \(mode)\(owner)\(bytes) \(indent)\(handle)"
            + SafeText.bytes(Array(item.path.name)) + (isDirectory ? "/" : "") + ModeText.target(item.entry)
    }

    private static func ink(_ change: TreeListing.Change) -> Page.Ink {
        switch change {
        case .none: .plain
        case .added: .green
        case .changed: .yellow
        case .removed: .red
        }
    }

    /// The first line that is shown so that the cursor stays in the middle where it can.
    static func top(cursor: Int, count: Int, height: Int) -> Int {
        max(0, min(cursor - height / 2, count - height))
    }

    // MARK: - Lines

    private func bottom(_ browser: Browser) -> String {
        if let message = browser.message { return bar(message) }
        if case .browse = browser.mode, let file = browser.writing {
            return bar(Self.going("writing \(file)", elapsed.file))
        }
        switch browser.mode {
        case .filter: return bar("paths with: \(SafeText.text(browser.filter))▏  enter keeps it, esc takes it away")
        case .extract(_, let name): return bar("write to: \(SafeText.text(name))▏  enter writes, esc does not")
        case .waiting: return bar("esc back, without it")
        case .pager: return bar("↑ ↓ ← → page g G  q back")
        case .browse:
            let keys =
                browser.pane == .layers
                ? "↑↓ layer  tab files  c changes  i summary  w waste  ? help  q quit"
                : "↑↓ → open  v view  b program  e extract  / filter  c changes  s sort  tab layers  ? help  q quit"
            return bar(keys)
        }
    }

    private func bar(_ text: String) -> String { "\u{1b}[7m" + fit(" " + text, size.columns) + "\u{1b}[0m" }

    private func mark(_ text: String, _ width: Int, isHere: Bool, isActive: Bool) -> String {
        guard isHere else { return fit("  " + text, width) }
        let line = fit("> " + text, width)
        return isActive ? "\u{1b}[7m\(line)\u{1b}[0m" : page.paint(line, .bold)
    }

    private func clip(_ text: String) -> String { TextColumns.clipped(text, to: size.columns) }
    private func fit(_ text: String, _ width: Int) -> String {
        TextColumns.padded(TextColumns.clipped(text, to: width), to: width)
    }
    private func pad(_ text: String, _ width: Int) -> String { TextColumns.padded(text, to: width, right: true) }
}
