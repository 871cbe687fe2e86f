import Core

/// What a page of text is made for: how wide it is, and whether it has colours.
struct Page: Sendable {
    /// Columns; `Int.max` where nothing is cut.
    var width: Int
    var color: Bool
    /// Whether paths give way, too, where there is no room.
    var cutsPaths = true

    /// Standard output as lists are written to it: as wide as a terminal, and whole in files and pipes, so that what
    /// reads them finds each path. `COLUMNS` says otherwise.
    static var output: Page {
        Page(
            width: columns(variable: Console.environment("COLUMNS"), terminal: Console.shared.outputWidth),
            color: Console.shared.outputUsesColor)
    }

    /// - Parameters:
    ///   - variable: of the environment; what is no number of at least one column does not count.
    ///   - terminal: nil where the output is none.
    static func columns(variable: String?, terminal: Int?) -> Int {
        if let columns = variable.flatMap({ Int($0) }), columns > 0 { return columns }
        return terminal ?? .max
    }

    /// For what is one screen wherever it goes: 100 columns where there is no terminal, but paths are whole.
    var screen: Page { width == .max ? Page(width: 100, color: color, cutsPaths: false) : self }

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
        /// Cut at the end where there is no room.
        case flexible
        /// Cut in the middle: of a path the beginning and the name say most.
        case path
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
    /// Likewise where nothing is cut, for columns that would be.
    private static let wholeLimit = 60

    func lines(_ page: Page) -> [String] {
        let gives = fits.map { $0 == .flexible || $0 == .path && page.cutsPaths }
        var widths = fits.indices.map { column in
            let widest = rows.map { $0.count > column ? TextColumns.width($0[column].text) : 0 }.max() ?? 0
            if gives[column], page.width < .max { return widest }
            return min(widest, fits[column] == .flexible || fits[column] == .path ? Self.wholeLimit : Self.roomLimit)
        }
        // A column that is empty in all rows takes no room.
        let used = indent + widths.reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } - 2
        // The widest gives way first.
        for _ in 0..<max(0, used - page.width) {
            let wide = fits.indices.filter { gives[$0] && widths[$0] > 12 }
            guard let widest = wide.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return rows.map { row in
            var line = String(repeating: " ", count: indent)
            // Spaces at a line's end are left out; they are held back until something follows.
            var space = ""
            for (column, cell) in row.enumerated() where column < fits.count && widths[column] > 0 {
                let width = widths[column]
                let isCut = gives[column] && page.width < .max
                let text =
                    switch fits[column] {
                    case .flexible where isCut: TextColumns.clipped(cell.text, to: width)
                    case .path where isCut: TextColumns.clippedMiddle(cell.text, to: width)
                    default: cell.text
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
