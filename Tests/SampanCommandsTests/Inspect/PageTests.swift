import Core
import ImageAnalysis
import Testing

@testable import SampanCommands

@Suite("the room that lists take")
struct PageTests {
    private static let path = "/usr/share/" + String(repeating: "long/", count: 30) + "name"

    private func grid(_ text: String) -> Grid {
        var grid = Grid([.right, .path, .flexible, .left], header: ["N", "PATH", "", "END"])
        grid.add(["1", Grid.Cell(text), "", "x"])
        return grid
    }

    @Test(
        "a terminal has its own, COLUMNS says otherwise, and nothing is cut where there is no terminal",
        arguments: [
            (nil, 80, 80), (nil, nil, .max), ("120", 80, 120), ("50", nil, 50), ("", 80, 80), ("0", 80, 80),
            ("-5", nil, .max), ("wide", 80, 80), ("99999999999999999999", 80, 80),
        ] as [(String?, Int?, Int)])
    func columns(variable: String?, terminal: Int?, width: Int) {
        #expect(Page.columns(variable: variable, terminal: terminal) == width)
    }

    @Test("a list in a file has whole paths, and a short row is not padded to the longest")
    func whole() {
        var grid = grid(Self.path)
        grid.add(["10", "/a", "", "y"])
        let lines = grid.lines(Page(width: .max, color: false))
        #expect(lines[1] == " 1  \(Self.path)  x")
        #expect(lines[2] == "10  /a" + String(repeating: " ", count: 60) + "y")
    }

    @Test("on a terminal no line is longer than it, and paths are cut in the middle")
    func cut() {
        let lines = grid(Self.path).lines(Page(width: 40, color: false))
        #expect(lines == ["N  PATH                              END", "1  /usr/share…g/long/long/long/name  x"])
    }

    @Test("one screen has 100 columns in a file, but whole paths")
    func screen() {
        let page = Page(width: .max, color: false).screen
        #expect(page.width == 100)
        #expect(grid(Self.path).lines(page)[1].hasPrefix("1  " + Self.path))
        #expect(Page(width: 70, color: true).screen.width == 70)
        var texts = Grid([.flexible])
        texts.add([Grid.Cell(String(repeating: "x", count: 300))])
        #expect(texts.lines(page) == [String(repeating: "x", count: 99) + "…"])
    }

    @Test("a column without text takes no room")
    func empty() {
        var grid = Grid([.left, .left, .right], header: ["A", "", "B"])
        grid.add(["1", "", "2"])
        #expect(grid.lines(Page(width: 80, color: false)) == ["A  B", "1  2"])
    }
}
