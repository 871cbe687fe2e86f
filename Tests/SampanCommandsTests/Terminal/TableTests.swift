import Testing

@testable import SampanCommands

@Suite("tables")
struct TableTests {
    @Test("columns are as wide as their widest cell, and no line ends in spaces")
    func columns() {
        var table = Table(["A", "SIZE", "B"], alignments: [.left, .right])
        table.add(["long name", "1", ""])
        table.add(["x", "1000", "y"])
        #expect(table.text == "A          SIZE  B\nlong name     1\nx          1000  y")
    }

    @Test("what moves the cursor, hides or turns text in a cell is escaped, and counts as it is shown")
    func hidden() {
        var table = Table(["A", "B"])
        table.add(["a\u{1b}[2J\u{202e}", "b\u{200b}"])
        table.add(["a\nb", "é漢"])
        #expect(table.text == "A                 B\na\\x1b[2J\\u{202e}  b\\u{200b}\na\\nb              é漢")
    }
}
