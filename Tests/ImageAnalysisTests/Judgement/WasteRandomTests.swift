import Core
import Layers
import SampanTestSupport
import Testing

@testable import ImageAnalysis

@Suite("waste of random images")
struct WasteRandomTests {
    /// Layers over a few paths, so that everything meets everything.
    private static func stack(_ seed: UInt64) -> ImageStack {
        var random = SeededGenerator(seed: seed)
        let names = ["a", "b", "a/a", "a/b", "a/b/c", "a-b", "b/a", "b/a/x", "c", "c/d", "a/b/c/d"]
        var stack = ImageStack()
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            stack.layer()
            for name in names where Int.random(in: 0..<3, using: &random) == 0 {
                switch Int.random(in: 0..<12, using: &random) {
                case 0: stack.whiteout(name)
                case 1: stack.opaque(name)
                case 2: stack.add(.directory(BytePath(cleaning: name)))
                case 3: stack.add(.symlink(BytePath(cleaning: name), to: "b"))
                case 4:
                    let files = stack.layers[stack.layers.count - 1].entries.filter(\.isFile)
                    if let file = files.randomElement(using: &random) {
                        stack.hardlink(name, to: file.path.description)
                    }
                default:
                    let text = String(Int.random(in: 0..<4, using: &random))
                    stack.file(name, text, size: Int.random(in: 0..<40, using: &random))
                }
            }
        }
        return stack
    }

    /// The files that a part of the layers shows, by layer and first name.
    private static func shown(_ image: AnalysedImage, _ layers: Int) throws -> [String: Int64] {
        let tree = FileTree(layers: image.layers.prefix(layers).map(\.facts.contents))
        return try tree.nodes().filter(\.entry.isFile).reduce(into: [:]) { found, node in
            found["\(node.layer) \(node.hardlink ?? node.path)"] = node.entry.size
        }
    }

    @Test("each byte is either shown or told of, with the layer that took it away", arguments: 0..<400)
    func random(_ seed: Int) throws {
        let image = Self.stack(UInt64(seed)).image
        let explanation = try Explanation.of(image)
        let shown = try (0...image.layers.count).map { try Self.shown(image, $0) }
        let last = shown[image.layers.count]
        #expect(explanation.kinds.reduce(0) { $0 + $1.bytes } == last.values.reduce(0, +))
        #expect(explanation.kinds.reduce(0) { $0 + $1.files } == last.count)
        let gone = explanation.waste.items.filter { $0.replacedBy != nil }
        #expect(gone.reduce(0) { $0 + $1.bytes } == image.contentBytes - last.values.reduce(0, +))
        for item in gone {
            let id = "\(item.layer) \(item.path)"
            let by = try #require(item.replacedBy)
            #expect(shown[by + 1][id] == nil)
            #expect(by == item.layer || shown[by][id] == item.bytes)
        }
        let waste = explanation.waste
        #expect((0...1).contains(waste.diveEfficiency))
        #expect((0...image.contentBytes).contains(waste.diveWastedBytes))
        #expect(waste.bytes <= image.contentBytes)
        #expect(try Explanation.of(image).waste == waste)
    }
}
