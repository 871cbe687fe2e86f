import Core
import ImageAnalysis
import OCI

/// The layers, lowest first: what made each, and what it weighs.
struct LayersView {
    let image: AnalysedImage
    let page: Page
    /// Rows at most; the largest layers are shown then.
    var limit = Int.max

    var lines: [String] {
        var grid = Grid(
            [.right, .right, .right, .path, .flexible],
            header: ["LAYER", "COMPRESSED", "CONTENT", image.hasPlaces ? "LINE" : "", "INSTRUCTION"])
        for index in shown {
            let layer = image.layers[index]
            grid.add([
                Grid.Cell(String(index + 1), .dim), Grid.Cell(Human.bytes(Int64(layer.descriptor.size))),
                Grid.Cell(Human.bytes(layer.facts.contentBytes)),
                Grid.Cell(CauseText.place(layer.cause.place) ?? "", .cyan),
                Grid.Cell(CauseText.instruction(layer.cause.instruction)),
            ])
        }
        return grid.lines(page)
    }

    /// How many layers are left out.
    var rest: Int { image.layers.count - shown.count }

    private var shown: [Int] {
        let all = Array(image.layers.indices)
        guard all.count > limit else { return all }
        let large = all.sorted {
            let (left, right) = (image.layers[$0].facts.contentBytes, image.layers[$1].facts.contentBytes)
            return left == right ? $0 < $1 : left > right
        }
        return large.prefix(limit).sorted()
    }
}
