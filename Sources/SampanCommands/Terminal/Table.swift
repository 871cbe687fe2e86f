import Core

/// Columns of text, each as wide as its widest cell. What is hidden in a cell or moves the cursor is shown as an escape.
package struct Table {
    package enum Alignment { case left, right }

    private let header: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    package init(_ header: [String], alignments: [Alignment] = []) {
        self.header = header
        self.alignments = alignments
    }

    package mutating func add(_ row: [String]) { rows.append(row.map(SafeText.text)) }

    package var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { index, cell -> String in
                let space = String(repeating: " ", count: max(0, widths[index] - cell.count))
                let right = index < alignments.count && alignments[index] == .right
                return right ? space + cell : cell + space
            }
            let line = cells.joined(separator: "  ")
            return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
        }.joined(separator: "\n")
    }
}
