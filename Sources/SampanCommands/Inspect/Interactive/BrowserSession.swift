import Archive
import Core
import Glibc
import HostOS
import ImageAnalysis
import Layers

/// An interactive look at an image: what is typed goes to the ``Browser``, what that wants done is done here.
struct BrowserSession {
    private let inspection: Inspection

    init(_ inspection: Inspection) { self.inspection = inspection }

    /// Runs until the user quits, or the terminal goes away.
    func run() async throws {
        let image = inspection.image
        let screen = try FullScreen()
        defer { screen.close() }
        var browser = Browser(layers: image.layers.count)
        var parser = KeyParser()
        var shown = FullScreen.Size(columns: 0, rows: 0)
        var resumed = screen.resumptions
        func draw() {
            shown = screen.size
            resumed = screen.resumptions
            browser.height = BrowserScreen.height(shown)
            screen.draw(
                BrowserScreen(image: image, size: shown, color: Console.shared.outputUsesColor).lines(browser))
        }
        draw()
        await perform(.load(layer: browser.layer), &browser, screen)
        draw()
        while true {
            let (last, count) = (shown, resumed)
            var keys: [Key] = []
            switch try await BlockingPool.waiting.run({ screen.next(showing: last, resumed: count) }) {
            case .end:
                try Task.checkCancellation()
                return
            case .redraw: draw()
            case .idle: keys = parser.flush()
            case .bytes(let bytes): keys = parser.parse(bytes)
            }
            for key in keys {
                guard let action = browser.handle(key) else { continue }
                if action == .quit { return }
                draw()
                await perform(action, &browser, screen)
            }
            if !keys.isEmpty { draw() }
        }
    }

    /// Does what the browser wants. What goes wrong is told on the screen.
    private func perform(_ action: Browser.Action, _ browser: inout Browser, _ screen: FullScreen) async {
        do {
            switch action {
            case .quit: break
            case .suspend: screen.suspend()
            case .load(let layer): browser.take(try await listing(layer), of: layer)
            case .view(let index): browser.mode = .pager(try await view(browser.listing, index))
            case .binary(let index): browser.mode = .pager(try await binary(browser.listing, index))
            case .extract(let index, let name):
                try await extract(browser.listing, index, to: name)
                browser.message = "wrote \(SafeText.text(name))"
            case .show(let document):
                browser.mode = .pager(Pager(title: Self.title(document), lines: try await lines(document)))
            }
        } catch {
            browser.message = SafeText.text(Diagnostic(explaining: error).message)
        }
    }

    private func listing(_ layer: Int) async throws -> TreeListing {
        let layers = inspection.image.tree.layers
        return try await BlockingPool.compute.run { try TreeListing(layers: Array(layers.prefix(layer + 1))) }
    }

    private func node(_ listing: TreeListing, _ index: Int) throws -> FileTree.Node {
        guard listing.items.indices.contains(index), let node = try listing.node(index) else {
            throw InspectionError.noFile(BytePath(), near: nil)
        }
        return node
    }

    private func view(_ listing: TreeListing, _ index: Int) async throws -> Pager {
        let node = try node(listing, index)
        nonisolated(unsafe) let source = try await ImageFiles(inspection.image, source: inspection.input).open(node)
        let bytes = try await BlockingPool.waiting.run {
            let wanted = Int(min(node.entry.size, Int64(Pager.textLimit)))
            return try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                count = try source.fill(UnsafeMutableRawBufferPointer(buffer))
            }
        }
        return Pager.file(SafeText.path(node.path), bytes, size: node.entry.size)
    }

    private func binary(_ listing: TreeListing, _ index: Int) async throws -> Pager {
        let binary = try await inspection.binary(node(listing, index))
        let page = Page(width: 200, color: false)
        return Pager(
            title: SafeText.path(binary.path),
            lines: BinaryView(
                path: binary.path, size: binary.size, facts: binary.facts, sizes: binary.sizes, page: page
            ).lines)
    }

    /// Writes a file that must not be there yet. Who may read and run it is as in the image; what lets others write, or
    /// lends rights, stays behind.
    private func extract(_ listing: TreeListing, _ index: Int, to name: String) async throws {
        let node = try node(listing, index)
        nonisolated(unsafe) let source = try await ImageFiles(inspection.image, source: inspection.input).open(node)
        try await BlockingPool.waiting.run {
            let mode = node.entry.mode & 0o755 | 0o600
            let file = try FileDescriptor.open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
            do {
                try source.forEachPiece { try file.write($0) }
            } catch {
                unlink(name)
                throw error
            }
        }
    }

    // MARK: - Texts

    private static func title(_ document: Browser.Document) -> String {
        switch document {
        case .help: "Keys"
        case .summary: "Summary"
        case .waste: "Waste"
        }
    }

    private func lines(_ document: Browser.Document) async throws -> [String] {
        let page = Page(width: 200, color: false)
        switch document {
        case .help: return Self.help
        case .summary: return SummaryView(explanation: try await inspection.explanation(), page: page).lines
        case .waste: return WasteView(explanation: try await inspection.explanation(), page: page).lines
        }
    }

    private static let help = [
        "tab          go from the layers to the files and back", "↑ ↓ j k      move; page up and down, g and G go far",
        "→ enter      open a directory, view a file", "← esc        close, go up, go back", "",
        "c            only what the layer changed, or all",
        "             + added   ~ changed   - removed   · something inside changed", "s            by size or by name",
        "/            only paths that have a text in them", "", "v            view a file, as text or bytes",
        "b            look inside of a program: linking, build, sizes", "e            extract a file to this machine",
        "",
        "i            the summary of the image", "w            what is waste, and why", "ctrl-z       stop; fg goes on",
        "q            quit",
    ]
}
