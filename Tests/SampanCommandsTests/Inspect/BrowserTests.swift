import Core
import ImageAnalysis
import Layers
import SampanTestSupport
import Testing

@testable import SampanCommands

@Suite("looking around in an image")
struct BrowserTests {
    private static let image = SampleTree.image(SampleTree.changing)

    private static func load(_ browser: inout Browser) throws {
        let layers = image.tree.layers
        browser.take(try TreeListing(layers: Array(layers.prefix(browser.layer + 1))), of: browser.layer)
    }

    private func started() throws -> Browser {
        var browser = Browser(layers: 2)
        try Self.load(&browser)
        return browser
    }

    private func paths(_ browser: Browser) -> [String] {
        browser.rows.map { browser.listing.items[$0.index].path.description }
    }

    private func press(_ browser: inout Browser, _ keys: Key...) -> [Browser.Action] {
        keys.compactMap { browser.handle($0) }
    }

    @Test("it begins at the top layer, and other layers are asked for")
    func layers() throws {
        var browser = try started()
        #expect(browser.layer == 1)
        #expect(press(&browser, .down) == [])
        #expect(press(&browser, .up) == [.load(layer: 0)])
        #expect(!browser.isLoaded)
        try Self.load(&browser)
        #expect(paths(browser) == ["usr", "etc", "etc-more"])
        #expect(press(&browser, .up, .home, .pageUp) == [])
        #expect(press(&browser, .character("G")) == [.load(layer: 1)])
    }

    @Test("directories open and close, and the cursor stays where it was")
    func tree() throws {
        var browser = try started()
        #expect(paths(browser) == ["usr", "srv", "etc", "etc-more"])
        _ = press(&browser, .tab, .enter)
        #expect(paths(browser) == ["usr", "usr/bin", "usr/lib", "srv", "etc", "etc-more"])
        _ = press(&browser, .end, .character("s"))
        #expect(paths(browser) == ["etc", "etc-more", "srv", "usr", "usr/bin", "usr/lib"])
        #expect(browser.selected?.path == "etc-more")
        _ = press(&browser, .end, .left)
        #expect(browser.selected?.path == "usr")
        _ = press(&browser, .left)
        #expect(paths(browser) == ["etc", "etc-more", "srv", "usr"])
        _ = press(&browser, .left)
        #expect(browser.pane == .layers)
    }

    @Test("only what changed, removed files among it")
    func changes() throws {
        var browser = try started()
        _ = press(&browser, .tab, .character("c"), .character("s"), .home, .enter)
        #expect(paths(browser) == ["etc", "etc/hosts", "etc/old", "srv", "usr"])
        _ = press(&browser, .character("c"))
        #expect(paths(browser).contains("etc-more"))
    }

    @Test("a filter opens what it finds, and goes away again")
    func filter() throws {
        var browser = try started()
        _ = press(
            &browser, .character("/"), .character("L"), .character("i"), .character("b"), .character("/"),
            .character("c"))
        #expect(paths(browser) == ["usr", "usr/lib", "usr/lib/c"])
        _ = press(&browser, .enter)
        #expect(browser.filter == "Lib/c")
        #expect(press(&browser, .escape) == [])
        #expect(browser.filter.isEmpty)
        #expect(press(&browser, .escape) == [.quit])
        _ = press(&browser, .character("/"), .character("z"), .character("z"))
        #expect(browser.rows.isEmpty)
        #expect(press(&browser, .enter, .enter, .character("v"), .left) == [])
    }

    @Test("files are viewed and extracted, directories are not")
    func actions() throws {
        var browser = try started()
        _ = press(&browser, .tab, .character("v"))
        #expect(browser.message == "/usr is a directory")
        _ = press(
            &browser, .character("/"), .character("t"), .character("o"), .character("o"), .character("l"), .enter, .end)
        let index = try #require(browser.listing.index(of: "usr/bin/tool"))
        #expect(press(&browser, .enter, .escape) == [.view(index: index), .leave])
        #expect(press(&browser, .character("b"), .character("q")) == [.binary(index: index), .leave])
        #expect(press(&browser, .character("e"), .enter) == [.extract(index: index, to: "tool")])
        #expect(browser.writing == "tool")
        #expect(press(&browser, .character("e"), .enter, .escape) == [.view(index: index), .leave])
        browser.endWriting("wrote tool")
        #expect(browser.writing == nil && browser.message == "wrote tool")
        #expect(
            press(&browser, .character("e"), .control("u"), .character("x"), .enter) == [
                .extract(index: index, to: "x")
            ])
        browser.endWriting("no room")
        #expect(press(&browser, .character("e"), .control("u"), .enter) == [])
        #expect(press(&browser, .character("e"), .character("q"), .escape) == [])
        #expect(press(&browser, .character("q")) == [.quit])
    }

    @Test("what is waited for is shown when it comes, or left; keys do nothing else meanwhile")
    func waiting() throws {
        var browser = try started()
        let page = Pager(title: "t", lines: ["a"])
        func isWaiting() -> Bool { if case .waiting = browser.mode { true } else { false } }
        func isPager() -> Bool { if case .pager = browser.mode { true } else { false } }
        #expect(press(&browser, .character("w"), .character("i"), .up, .tab, .enter) == [.show(.waste)])
        #expect(isWaiting())
        browser.take(page)
        #expect(isPager())
        #expect(press(&browser, .character("q")) == [])
        #expect(press(&browser, .character("i"), .escape) == [.show(.summary), .leave])
        // It comes too late.
        browser.take(page)
        #expect(!isPager())
        _ = press(&browser, .character("i"))
        browser.fail("no")
        #expect(!isWaiting() && browser.message == "no")
        #expect(press(&browser, .character("i"), .control("c")) == [.show(.summary), .quit])
    }

    @Test("while a layer is loaded its files can't be acted on, and other layers can be gone to")
    func loading() throws {
        var browser = try started()
        #expect(press(&browser, .up, .tab, .character("v"), .character("e"), .enter, .down) == [.load(layer: 0)])
        #expect(press(&browser, .left, .down) == [.load(layer: 1)])
        // The other layer's files come, which nobody wants any more.
        browser.take(try TreeListing(layers: Array(Self.image.tree.layers.prefix(1))), of: 0)
        #expect(!browser.isLoaded)
        try Self.load(&browser)
        #expect(browser.isLoaded && paths(browser).contains("srv"))
    }

    @Test("what goes on is on the screen, with the seconds once there are some")
    func elapsed() throws {
        var browser = try started()
        let size = FullScreen.Size(columns: 100, rows: 10)
        func text(_ elapsed: BrowserScreen.Elapsed) -> String {
            BrowserScreen(image: Self.image, size: size, color: false, elapsed: elapsed).lines(browser)
                .joined(separator: "\n")
        }
        _ = press(&browser, .character("w"))
        #expect(text(.init()).contains("  reading…\n"))
        #expect(text(.init(page: 3)).contains("  reading… 3 s\n") && text(.init()).contains("esc back"))
        _ = press(&browser, .escape, .up)
        #expect(text(.init(layer: 12)).contains("reading… 12 s"))
        _ = press(&browser, .down)
        try Self.load(&browser)
        _ = press(&browser, .character("/"), .character("b"), .character("/"), .character("c"), .enter, .end)
        _ = press(&browser, .character("e"), .enter)
        #expect(text(.init(file: 2)).contains("writing c… 2 s"))
    }

    @Test(
        "the name that is offered for a file is no option and has nothing hidden",
        arguments: [("usr/-rf", "rf"), ("a\u{1b}b", "a_b"), ("--", "file"), ("d/文.txt", "文.txt")])
    func names(path: String, name: String) { #expect(Browser.suggestedName(BytePath(cleaning: path)) == name) }

    @Test("a text is paged within its bounds")
    func pager() {
        var pager = Pager(title: "t", lines: (0..<100).map { "line \($0)" })
        for key in [Key.pageDown, .down, .down] { pager.handle(key, height: 10) }
        #expect(pager.visible(height: 2, width: 80) == ["line 12", "line 13"])
        pager.handle(.end, height: 10)
        #expect(pager.visible(height: 10, width: 6).first == "line …")
        pager.handle(.pageDown, height: 10)
        #expect(pager.visible(height: 20, width: 80).count == 10)
        pager.handle(.right, height: 10)
        #expect(pager.visible(height: 1, width: 80) == [""])
    }

    @Test("files are shown as text where they are, else byte by byte")
    func contents() {
        let text = Pager.file("/a", Array("a\tb\r\n\u{1b}[2Jc\n".utf8), size: 11)
        #expect(text.lines == ["a    b", "\\x1b[2Jc"])
        let bytes = Pager.file("/b", [0, 1, 0x41, 0xff], size: 4)
        #expect(bytes.lines == ["00000000  00 01 41 ff                                       ..A."])
        #expect(Pager.file("/c", [], size: 0).lines == ["(empty)"])
        // A character that is cut by the limit does not make bytes of a text.
        let cut = Pager.file("/d", Array("abc文".utf8.dropLast()), size: 2_000_005)
        #expect(cut.lines.first?.hasPrefix("abc") ?? false)
        #expect(cut.lines.last == "… 2.00 MB more; extract the file to see all")
    }

    @Test("whatever is typed at whatever size, the screen is full and nothing sticks out of it")
    func fuzz() throws {
        var hostile = SampleTree.changing
        hostile[1] += [
            SampleTree.file("a\u{1b}[2J\u{202e}", 1), SampleTree.file(String(repeating: "d/", count: 60) + "文件", 2),
        ]
        let image = SampleTree.image(hostile, name: "evil\u{1b}]0;x\u{7}", instructions: ["RUN \u{9b}2J", "COPY 文件 /"])
        var random = SeededGenerator(seed: 11)
        let keys: [Key] = [
            .up, .down, .left, .right, .enter, .tab, .escape, .pageUp, .pageDown, .home, .end, .backspace,
            .control("u"),
            .character("c"), .character("s"), .character("/"), .character("e"), .character("i"), .character("文"),
            .character(" "), .character("v"), .character("b"),
        ]
        var browser = Browser(layers: 2)
        for _ in 0..<3000 {
            let size = FullScreen.Size(
                columns: Int.random(in: 1...140, using: &random), rows: Int.random(in: 1...40, using: &random))
            browser.height = BrowserScreen.height(size)
            switch browser.handle(keys.randomElement(using: &random) ?? .up) {
            case .load(let layer):
                browser.take(try TreeListing(layers: Array(image.tree.layers.prefix(layer + 1))), of: layer)
            case .show: browser.take(Pager(title: "t", lines: ["文件", "x"]))
            case .view: browser.take(Pager.file("f", [1, 2, 0], size: 3))
            case .extract: if Bool.random(using: &random) { browser.endWriting("done") }
            default: break
            }
            let lines = BrowserScreen(image: image, size: size, color: true).lines(browser)
            #expect(lines.count == size.rows)
            for line in lines {
                let shown = Self.withoutColors(line)
                #expect(TextColumns.width(shown) <= size.columns, "\(size) \(line.debugDescription)")
                #expect(!shown.unicodeScalars.contains(where: SafeText.isHidden))
            }
        }
    }

    /// A line without the sequences that set colours.
    static func withoutColors(_ line: String) -> String {
        var out = ""
        var rest = Substring(line)
        while let escape = rest.firstIndex(of: "\u{1b}") {
            out += rest[..<escape]
            guard let end = rest[escape...].firstIndex(of: "m") else { break }
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }
}
