internal import Core
internal import Layers

/// Writes and reads paths as numbers of the entries that have them in an image's layers: most paths that something is
/// found out about are there, one often behind the other, and reading a number makes no copy of the path.
struct RecordPaths {
    private let layers: [LayerContents]
    /// The number of each layer's first entry, and behind them the number of all.
    private let starts: [Int]
    /// The number and layer of the last path.
    private var last = 0
    private var layer = 0

    init(_ image: AnalysedImage) {
        layers = image.layers.map(\.facts.contents)
        var starts = [0]
        for layer in layers { starts.append((starts.last ?? 0) + layer.entries.count) }
        self.starts = starts
    }

    mutating func write(_ path: BytePath, to writer: inout RecordWriter) {
        guard let number = number(path) else {
            writer.write(UInt64(0))
            writer.write(path.bytes)
            return
        }
        // By how much it goes on: 1 for the last path again, and so on up and down in turns.
        let step = number - last
        writer.write(1 + UInt64(bitPattern: Int64(step << 1 ^ step >> 63)))
        last = number
    }

    mutating func read(_ reader: inout RecordReader) throws(RecordDamage) -> BytePath {
        let code = try reader.number()
        if code == 0 { return BytePath(normalized: try reader.data()) }
        let step = Int64(bitPattern: (code - 1) >> 1) ^ -Int64(bitPattern: (code - 1) & 1)
        let (number, overflow) = last.addingReportingOverflow(Int(step))
        guard !overflow, number >= 0, number < starts[layers.count] else { throw RecordDamage() }
        last = number
        if !(starts[layer]..<starts[layer + 1]).contains(number) { layer = layerOf(number) }
        return layers[layer].entries[number - starts[layer]].path
    }

    /// The place of a layer that there is.
    func layer(_ reader: inout RecordReader) throws(RecordDamage) -> Int {
        let layer = try reader.int()
        guard layers.indices.contains(layer) else { throw RecordDamage() }
        return layer
    }

    private mutating func number(_ path: BytePath) -> Int? {
        if layers.isEmpty { return nil }
        if let index = layers[layer].index(of: path) { return starts[layer] + index }
        for other in layers.indices where other != layer {
            guard let index = layers[other].index(of: path) else { continue }
            layer = other
            return starts[other] + index
        }
        return nil
    }

    /// The layer of an entry that there is.
    private func layerOf(_ number: Int) -> Int {
        var (low, high) = (0, layers.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= number { low = middle } else { high = middle }
        }
        // Layers without entries start where the one behind them does, and come before it.
        return low
    }
}
