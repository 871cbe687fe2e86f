import Core
import HostOS
import ImageAnalysis

/// An interactive look at an image: what is typed goes to the ``Browser``, what that wants done is begun here, and keys
/// are read while it goes on.
struct BrowserSession {
    private let inspection: Inspection

    init(_ inspection: Inspection) { self.inspection = inspection }

    /// Milliseconds to wait for a key; while work goes on, its end is looked for more often.
    private static let (calm, busy): (Int32, Int32) = (100, 20)

    /// Runs until the user quits, or the terminal goes away.
    func run() async throws {
        let screen = try FullScreen()
        defer { screen.close() }
        var browser = Browser(layers: inspection.image.layers.count)
        var jobs = BrowserJobs(inspection)
        defer { jobs.end() }
        var parser = KeyParser()
        var picture = Picture(image: inspection.image, screen: screen)
        var silence: Int32 = 0
        picture.draw(&browser, jobs)
        jobs.begin(.load(layer: browser.layer), &browser)
        while true {
            let (shown, resumed) = (picture.size, picture.resumptions)
            let patience = jobs.isBusy ? Self.busy : Self.calm
            var keys: [Key] = []
            var isChanged = jobs.isBusy
            switch try await BlockingPool.waiting.run({
                screen.next(showing: shown, resumed: resumed, milliseconds: patience)
            }) {
            case .end:
                try Task.checkCancellation()
                return
            case .redraw:
                picture.forget()
                isChanged = true
            case .idle:
                // Over a slow line the bytes of one key come one by one.
                silence += patience
                if silence >= Self.calm { keys = parser.flush() }
            case .bytes(let bytes):
                silence = 0
                keys = parser.parse(bytes)
            }
            for key in keys {
                guard let action = browser.handle(key) else { continue }
                switch action {
                case .quit: return
                case .suspend: screen.suspend()
                default: jobs.begin(action, &browser)
                }
            }
            if jobs.finish(&browser) || isChanged || !keys.isEmpty { picture.draw(&browser, jobs) }
        }
    }

    /// What is on the screen.
    private struct Picture {
        let image: AnalysedImage
        let screen: FullScreen
        private(set) var size = FullScreen.Size(columns: 0, rows: 0)
        private(set) var resumptions = 0
        private var lines: [String] = []

        init(image: AnalysedImage, screen: FullScreen) {
            self.image = image
            self.screen = screen
        }

        /// Something else may be there now.
        mutating func forget() { lines = [] }

        mutating func draw(_ browser: inout Browser, _ jobs: BrowserJobs) {
            if case .waiting = browser.mode, jobs.isAboutToShow, !lines.isEmpty { return }
            size = screen.size
            resumptions = screen.resumptions
            browser.height = BrowserScreen.height(size)
            let new = BrowserScreen(
                image: image, size: size, color: Console.shared.outputUsesColor, elapsed: jobs.elapsed
            ).lines(browser)
            guard new != lines else { return }
            lines = new
            screen.draw(new)
        }
    }
}
