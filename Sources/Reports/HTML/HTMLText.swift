import Core

/// Text on its way into a page: everything from an image is untrusted, and nothing of it is markup.
enum HTMLText {
    /// For text and for attributes in double quotes. What can't be seen shows as escapes.
    static func escape(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if !out.isEmpty { out += "\n" }
            for scalar in SafeText.text(String(line)).unicodeScalars {
                switch scalar {
                case "&": out += "&amp;"
                case "<": out += "&lt;"
                case ">": out += "&gt;"
                case "\"": out += "&quot;"
                case "'": out += "&#39;"
                default: out.unicodeScalars.append(scalar)
                }
            }
        }
        return out
    }

    /// JSON for a script element, which ends at the first `</script` whatever the JSON says.
    static func script(_ json: String) -> String {
        json.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e").replacing("\u{2028}", with: "\\u2028")
            .replacing("\u{2029}", with: "\\u2029")
    }
}

/// A table of a page. Cells are HTML.
struct HTMLTable {
    struct Cell {
        var html: String
        /// What sorting goes by, when that is a number.
        var value: Int64?

        static func text(_ text: String) -> Cell { Cell(html: HTMLText.escape(text), value: nil) }
        static func code(_ text: String) -> Cell { Cell(html: "<code>\(HTMLText.escape(text))</code>", value: nil) }
        static func number(_ value: Int) -> Cell { Cell(html: String(value), value: Int64(value)) }
        static func bytes(_ value: Int64) -> Cell { Cell(html: Human.bytes(value), value: value) }
    }

    /// Columns whose cells are numbers stand right and sort from the largest on.
    let columns: [(title: String, isNumber: Bool)]
    private(set) var rows: [[Cell]] = []

    init(_ columns: [(title: String, isNumber: Bool)]) { self.columns = columns }

    mutating func add(_ row: [Cell]) { rows.append(row) }

    /// Rows that are printed; the style says the same.
    static let printLimit = 30

    /// - Parameter total: rows that there would be if all were shown.
    func html(label: String, total: Int? = nil) -> String {
        let heads = columns.map { "<th scope=\"col\"\($0.isNumber ? " class=\"number\"" : "")>\($0.title)</th>" }
        let body = rows.map { row in
            "<tr>"
                + zip(row, columns).map { cell, column in
                    let value = cell.value.map { " data-value=\"\($0)\"" } ?? ""
                    return "<td\(column.isNumber ? " class=\"number\"" : "")\(value)>\(cell.html)</td>"
                }.joined() + "</tr>"
        }
        let long = rows.count > 25 ? " long" : ""
        return """
            <div class="scroll\(long)" tabindex="0" role="region" aria-label="\(HTMLText.escape(label))">
            <table class="sortable"><thead><tr>\(heads.joined())</tr></thead>
            <tbody>
            \(body.joined(separator: "\n"))
            </tbody></table></div>
            """ + more(total ?? rows.count)
    }

    private func more(_ total: Int) -> String {
        var html = ""
        if total > rows.count { html += "\n<p class=\"soft shown\">and \(total - rows.count) more</p>" }
        if total > Self.printLimit, rows.count > Self.printLimit {
            let screen = rows.count == total ? "on the screen" : "\(rows.count - Self.printLimit) of them on the screen"
            html +=
                "\n<p class=\"soft printed\">and \(total - Self.printLimit) more"
                + (rows.count == total ? " " : ", ") + screen + "</p>"
        }
        return html
    }
}
