import Archive
import Core
import HostOS
import ImageAnalysis
import Layers

/// What is being done for an interactive look: the tree of a layer, a page, and a file, side by side.
struct BrowserJobs {
    private let inspection: Inspection
    private var layer: (job: BrowserJob<TreeListing>, number: Int)?
    private var page: BrowserJob<Pager>?
    private var file: (job: BrowserJob<String>, target: ExtractedFile)?
    /// Made once, however often it is asked for and left.
    private var explanation: Task<Explanation, any Error>?

    init(_ inspection: Inspection) { self.inspection = inspection }

    var isBusy: Bool { layer != nil || page != nil || file != nil }

    var elapsed: BrowserScreen.Elapsed {
        BrowserScreen.Elapsed(
            layer: layer?.job.seconds ?? 0, page: page?.seconds ?? 0, file: file?.job.seconds ?? 0)
    }

    /// Whether a page is about to come: to show that it is waited for would only flicker.
    var isAboutToShow: Bool { page.map { !$0.isLong } ?? false }

    // MARK: - Beginning and ending

    mutating func begin(_ action: Browser.Action, _ browser: inout Browser) {
        let (inspection, listing) = (inspection, browser.listing)
        switch action {
        case .quit, .suspend: break
        case .leave:
            page?.cancel()
            page = nil
        case .load(let number):
            // One at a time: whoever runs through the layers wants the last one only.
            if layer == nil { load(number) }
        case .show(.help): browser.take(Pager(title: Browser.Document.help.title, lines: BrowserHelp.lines))
        case .show(let document):
            let explanation = explained()
            page = BrowserJob {
                let explanation = try await explanation.value
                return try await BlockingPool.compute.run { BrowserPages.document(document, explanation) }
            }
        case .view(let index): page = BrowserJob { try await BrowserPages.view(inspection, listing, index) }
        case .binary(let index): page = BrowserJob { try await BrowserPages.binary(inspection, listing, index) }
        case .extract(let index, let name):
            let target = ExtractedFile(name)
            let job = BrowserJob {
                try await BrowserPages.extract(inspection, listing, index, to: target)
                return "wrote \(SafeText.text(name))"
            }
            file = (job, target)
        }
    }

    /// Hands over what is done.
    /// - Returns: whether there was something.
    mutating func finish(_ browser: inout Browser) -> Bool {
        var isChanged = false
        if let (job, number) = layer, let outcome = job.outcome {
            isChanged = true
            layer = nil
            switch outcome {
            case .success(let listing): browser.take(listing, of: number)
            case .failure(let failure): browser.fail(failure.text)
            }
            if number != browser.layer { load(browser.layer) }
        }
        if let outcome = page?.outcome {
            isChanged = true
            page = nil
            switch outcome {
            case .success(let pager): browser.take(pager)
            case .failure(let failure): browser.fail(failure.text)
            }
        }
        if let outcome = file?.job.outcome {
            isChanged = true
            file = nil
            switch outcome {
            case .success(let text): browser.endWriting(text)
            case .failure(let failure): browser.endWriting(failure.text)
            }
        }
        return isChanged
    }

    /// Nothing is wanted any more; half a file does not stay.
    func end() {
        layer?.job.cancel()
        page?.cancel()
        file?.job.cancel()
        file?.target.abandon()
    }

    private mutating func load(_ number: Int) {
        let layers = inspection.image.tree.layers
        let job = BrowserJob {
            try await BlockingPool.compute.run { try TreeListing(layers: Array(layers.prefix(number + 1))) }
        }
        layer = (job, number)
    }

    private mutating func explained() -> Task<Explanation, any Error> {
        if let explanation { return explanation }
        let inspection = inspection
        let task = Task { try await inspection.explanation() }
        explanation = task
        return task
    }
}
