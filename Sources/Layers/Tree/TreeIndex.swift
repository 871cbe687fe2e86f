internal import Core

/// What is visible in a stack of layers: references to entries in path order, closed under parents.
struct TreeIndex: Sendable {
    private let layers: [LayerContents]
    /// Directories that no layer mentions.
    private let implied: [Entry]
    private let visible: [Reference]

    /// An entry of a layer, or of `implied` when the layer is negative.
    struct Reference {
        var layer: Int32
        var entry: Int32
    }

    init(_ layers: [LayerContents]) {
        self.layers = layers
        var merger = TreeMerger(layers)
        for layer in layers.indices { merger.apply(layer) }
        implied = merger.implied
        visible = merger.visible
    }

    var count: Int { visible.count }

    func layer(_ position: Int) -> Int { Int(visible[position].layer) }

    func entry(_ position: Int) -> Entry {
        let reference = visible[position]
        return reference.layer < 0
            ? implied[Int(reference.entry)] : layers[Int(reference.layer)].entries[Int(reference.entry)]
    }

    private func bytes(_ position: Int) -> [UInt8] {
        let reference = visible[position]
        return reference.layer < 0
            ? implied[Int(reference.entry)].path.bytes
            : layers[Int(reference.layer)].entries[Int(reference.entry)].path.bytes
    }

    /// The position of exactly this path.
    func find(_ path: [UInt8]) -> Int? {
        let position = PathOrder.lowerBound(visible.count, path, bytes)
        return position < visible.count && bytes(position) == path ? position : nil
    }

    func range(below directory: BytePath) -> Range<Int> {
        PathOrder.range(below: directory, visible.count, bytes)
    }
}
