import ContentStore
import Core
import HostOS
import ImageAnalysis

/// One image that is looked into.
struct Inspection: Sendable {
    let input: ImageInput
    let image: AnalysedImage
    let store: Store

    /// What one page can show.
    enum Kind: Sendable { case summary, layers, files, tree, waste, packages, advice }

    /// Finds an image and reads its layers, which shows its progress.
    static func open(
        _ argument: ImageArgument, platform: Platform? = nil, _ transfer: Transfer
    ) async throws -> Inspection {
        let input = try await ImageInput.open(argument, platform: platform, transfer)
        let store = try transfer.store()
        let progress = AnalysisSteps(transfer.reporter, input.name)
        var image: AnalysedImage
        do {
            image = try await ImageAnalyser(store: store).analyse(input) { progress.show($0) }
            progress.end()
        } catch {
            progress.fail(error)
            throw error
        }
        image.remarks = input.remarks + image.remarks
        return Inspection(input: input, image: image, store: store)
    }

    /// Everything that is concluded from the image.
    func explanation() async throws -> Explanation {
        let (image, store) = (image, store)
        return try await BlockingPool.compute.run { try Explanation.of(image, store: store) }
    }

    // MARK: - Pages

    func output(_ kind: Kind, _ format: DisplayFormat, _ page: Page, depth: Int) async throws -> [UInt8] {
        switch kind {
        case .files, .tree:
            let image = image
            return try await BlockingPool.compute.run {
                let listing = try TreeListing(image.tree)
                if format == .json { return SafeText.json(ImageJSON.files(image, listing)) }
                if kind == .tree { return Self.text(TreeView(listing: listing, page: page, depth: depth).lines) }
                return Self.text(FilesView(image: image, listing: listing, page: page).lines)
            }
        case .layers:
            if format == .json { return SafeText.json(ImageJSON.layers(image)) }
            return Self.text(LayersView(image: image, page: page).lines)
        case .summary, .waste, .packages, .advice:
            let explanation = try await explanation()
            switch (kind, format) {
            case (.waste, .json): return SafeText.json(ImageJSON.waste(explanation))
            case (.waste, .table): return Self.text(WasteView(explanation: explanation, page: page).lines)
            case (.packages, .json): return SafeText.json(ImageJSON.packages(explanation.packages))
            case (.packages, .table):
                return Self.text(PackagesView(packages: explanation.packages, page: page).lines)
            case (.advice, .json): return SafeText.json(ImageJSON.advice(explanation.advice))
            case (.advice, .table):
                return Self.text(AdviceView(advice: explanation.advice, page: page).lines)
            case (_, .json): return SafeText.json(ImageJSON.explanation(explanation))
            case (_, .table): return Self.text(SummaryView(explanation: explanation, page: page).lines)
            }
        }
    }

    static func text(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }
}
