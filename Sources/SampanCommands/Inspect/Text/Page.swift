import Core

/// What a page of text is made for: how wide it is, and whether it has colours.
struct Page: Sendable {
    var width: Int
    var color: Bool

    /// Standard output: a terminal's width, and a fixed one elsewhere, so that files don't depend on who writes them.
    static var output: Page {
        Page(width: Console.shared.outputWidth ?? 100, color: Console.shared.outputUsesColor)
    }

    enum Ink: String, Sendable {
        case plain = "0", bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36"
    }

    func paint(_ text: String, _ ink: Ink) -> String {
        color && ink != .plain && !text.isEmpty ? "\u{1b}[\(ink.rawValue)m\(text)\u{1b}[0m" : text
    }

    func heading(_ text: String, _ rest: String = "") -> String {
        paint(text, .bold) + (rest.isEmpty ? "" : "  " + paint(rest, .dim))
    }
}

/// Columns of cells. Flexible ones give way where the page is too narrow.
struct Grid {
    enum Fit {
        case left, right
        /// Cut at the end, or at the start, where there is no room.
        case flexible, flexibleStart

        var isFlexible: Bool { self == .flexible || self == .flexibleStart }
    }

    struct Cell: ExpressibleByStringLiteral {
        var text: String
        var ink: Page.Ink

        init(_ text: String, _ ink: Page.Ink = .plain) {
            self.text = text
            self.ink = ink
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    private let fits: [Fit]
    private var rows: [[Cell]] = []
    private let indent: Int

    /// - Parameter header: the columns' titles; empty for none.
    init(_ fits: [Fit], header: [String] = [], indent: Int = 0) {
        self.fits = fits
        self.indent = indent
        if !header.isEmpty { rows.append(header.map { Cell($0, .dim) }) }
    }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    /// Columns that all rows make room for; what is longer in one row pushes that row's other cells aside.
    private static let roomLimit = 200

    func lines(_ page: Page) -> [String] {
        var widths = fits.indices.map { column in
            let widest = rows.map { $0.count > column ? TextColumns.width($0[column].text) : 0 }.max() ?? 0
            return fits[column].isFlexible ? widest : min(widest, Self.roomLimit)
        }
        let used = indent + widths.reduce(0, +) + 2 * max(0, widths.count - 1)
        // The widest gives way first.
        for _ in 0..<max(0, used - page.width) {
            let wide = fits.indices.filter { fits[$0].isFlexible && widths[$0] > 12 }
            guard let widest = wide.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            // Spaces at a line's end are left out; they are held back until something follows.
            var space = ""
            for (column, cell) in row.enumerated() where column < fits.count {
                let width = widths[column]
                let text =
                    switch fits[column] {
                    case .left, .right: cell.text
                    case .flexible: TextColumns.clipped(cell.text, to: width)
                    case .flexibleStart: TextColumns.clippedStart(cell.text, to: width)
                    }
                let room = String(repeating: " ", count: max(0, width - TextColumns.width(text)))
                if fits[column] == .right {
                    line += text.isEmpty ? "" : space + room + page.paint(text, cell.ink)
                    space = text.isEmpty ? space + room : ""
                } else {
                    line += text.isEmpty ? "" : space + page.paint(text, cell.ink)
                    space = text.isEmpty ? space + room : room
                }
                space += "  "
            }
            return line
        }
    }
}
