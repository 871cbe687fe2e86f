internal import ContentStore

extension Advice {
    /// What to change in an image, the largest gain first: a risk that is taken away counts as bytes do, much of it for
    /// 64 MiB and some for 4 MiB.
    static func advice(on explanation: Explanation) -> [Advice] {
        advice(on: explanation, DockerfileLines.read(for: explanation.image))
    }

    /// - Parameter dockerfile: the one that the image was built from, for edits of what it says; else the history has to do.
    static func advice(on explanation: Explanation, _ dockerfile: DockerfileLines?) -> [Advice] {
        let maker = AdviceMaker(explanation, dockerfile)
        var advice = maker.onStarting() + maker.onConfig() + maker.onStages() + maker.onLayers() + maker.onContent()
        advice.removeAll { $0.risk == 0 && $0.bytes < Self.threshold }
        // Instructions of the history are in both, with whatever was written there.
        for index in advice.indices {
            advice[index].before = advice[index].before.map { SecretText.redacted($0) }
            advice[index].after = advice[index].after.map { SecretText.redacted($0) }
        }
        return advice.sorted {
            ($1.gain, $0.rule, $0.place?.firstLine ?? 0, $0.title) < (
                $0.gain, $1.rule, $1.place?.firstLine ?? 0, $1.title
            )
        }
    }

    /// Bytes below which nothing is said: changing the Dockerfile costs more.
    private static let threshold: Int64 = 4096

    private var gain: Int64 {
        let (sum, overflow) = bytes.addingReportingOverflow(risk >= 2 ? 64 << 20 : risk == 1 ? 4 << 20 : 0)
        return overflow ? .max : sum
    }
}

/// Makes advice of what is known of an image.
struct AdviceMaker {
    let explanation: Explanation
    /// Of each layer the instruction that made it.
    let instructions: [HistoryInstruction]
    /// Whether any layer has a line in a Dockerfile: then the others are the base's.
    let hasPlaces: Bool
    let dockerfile: DockerfileLines?
    /// Which layer wrote what others copied.
    let origins: ContentOrigins
    /// The waste, of which what came by copies is that of the layer that wrote it.
    private(set) var items: [Waste.Item] = []
    /// Indexes in ``items``: every rule asks for a kind or two of what may be tens of thousands.
    private var byKind: [Waste.Kind: [Int]] = [:]

    init(_ explanation: Explanation, _ dockerfile: DockerfileLines? = nil) {
        self.explanation = explanation
        self.dockerfile = dockerfile
        instructions = explanation.image.layers.map { layer in
            HistoryInstruction(layer.cause.instruction, written: dockerfile?.text(layer.cause.place))
        }
        hasPlaces = explanation.image.layers.contains { $0.cause.place != nil }
        let origins = ContentOrigins(explanation.waste)
        self.origins = origins
        items = explanation.waste.items.map { item in
            let origin = origins.layer(of: item.path, in: item.layer)
            guard origin != item.layer, isOwn(origin) else { return item }
            var item = item
            item.layer = origin
            return item
        }
        byKind = Dictionary(grouping: items.indices) { items[$0].kind }
    }

    var image: AnalysedImage { explanation.image }

    /// Whether an edit of the Dockerfile changes the layer: those of the base are out of its reach. Where no line is
    /// known, layers are the base's when the history has no instruction for them.
    func isOwn(_ layer: Int) -> Bool {
        guard image.layers.indices.contains(layer) else { return false }
        if hasPlaces { return image.layers[layer].cause.place != nil }
        switch instructions[layer].kind {
        case .run: return true
        // The root file system of a base, in docker's words.
        case .copy(_, let sources, let destination):
            return !(layer == 0 && destination == "/" && sources.contains { $0.hasPrefix("file:") })
        case .other: return false
        }
    }

    func place(_ layer: Int) -> LayerCause.Place? {
        image.layers.indices.contains(layer) ? image.layers[layer].cause.place : nil
    }

    /// The items of some kinds, in their order.
    func items(of kinds: Set<Waste.Kind>) -> [Waste.Item] {
        kinds.flatMap { byKind[$0] ?? [] }.sorted().map { items[$0] }
    }

    /// The items of some kinds by a key, in the order of the keys.
    func group<Key: Hashable & Comparable>(
        _ kinds: Set<Waste.Kind>, by key: (Waste.Item) -> Key
    ) -> [(key: Key, items: [Waste.Item])] {
        Dictionary(grouping: items(of: kinds), by: key).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    static func bytes(_ items: [Waste.Item]) -> Int64 { items.reduce(0) { $0 + $1.bytes } }
}

/// A layer, and the one that made its bytes needless.
struct LayerPair: Hashable, Comparable {
    var layer: Int
    var gone: Int

    static func < (left: LayerPair, right: LayerPair) -> Bool {
        (left.layer, left.gone) < (right.layer, right.gone)
    }
}
