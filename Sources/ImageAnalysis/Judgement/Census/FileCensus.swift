internal import Core
internal import Layers

/// Every file of every layer that has bytes, once, and what becomes of it: whether the image's tree shows it under any of
/// its names, else which layer took the last of them away. Costs a few bytes a file; time is linear in entries, but for
/// sorting.
struct FileCensus {
    struct Record {
        var layer: Int32
        /// Its place among the layer's entries.
        var entry: Int32
        /// The layer that took its last name away; -1 while the tree shows it.
        var gone: Int32 = -1
        var fate = Fate.alive
    }

    enum Fate: UInt8 {
        case alive
        /// Something else is at its path.
        case replaced
        /// The same bytes are at its path, from another layer.
        case copied
        case removed
    }

    let image: AnalysedImage
    /// By layer, then path.
    private(set) var records: [Record] = []

    /// - Throws: what the tree throws: ``LayerError/danglingHardlink(path:target:)``.
    init(_ image: AnalysedImage) throws {
        self.image = image
        let alive = try Self.alive(image)
        var dead: [Int] = []
        for (layer, facts) in image.layers.map(\.facts).enumerated() {
            let entries = facts.contents.entries
            for index in entries.indices where entries[index].isFile && entries[index].size > 0 {
                if !alive[layer][index] { dead.append(records.count) }
                records.append(Record(layer: Int32(layer), entry: Int32(index)))
            }
        }
        if !dead.isEmpty { judge(dead) }
    }

    func entry(_ record: Record) -> Entry {
        image.layers[Int(record.layer)].facts.contents.entries[Int(record.entry)]
    }

    func facts(_ record: Record) -> ContentFacts? {
        let facts = image.layers[Int(record.layer)].facts.facts
        return facts.indices.contains(Int(record.entry)) ? facts[Int(record.entry)] : nil
    }

    /// The files that the tree shows, by layer and path: each once, whatever it is called there.
    var living: some Sequence<Record> { records.lazy.filter { $0.fate == .alive } }

    // MARK: What is alive

    /// For each entry of each layer whether the tree shows it under any name.
    private static func alive(_ image: AnalysedImage) throws -> [[Bool]] {
        let layers = image.layers.map(\.facts.contents)
        var alive = layers.map { [Bool](repeating: false, count: $0.entries.count) }
        // The tree and the layers are in one order, so that finding an entry is going on from the last one.
        var cursors = [Int](repeating: 0, count: layers.count)
        try image.tree.forEachNode { node in
            guard node.entry.isFile, layers.indices.contains(node.layer) else { return }
            let layer = node.layer
            if let first = node.hardlink {
                if let index = layers[layer].index(of: first) { alive[layer][index] = true }
                return
            }
            let entries = layers[layer].entries
            var cursor = cursors[layer]
            while cursor < entries.count, entries[cursor].path < node.path { cursor += 1 }
            cursors[layer] = cursor
            if cursor < entries.count, entries[cursor].path == node.path { alive[layer][cursor] = true }
        }
        return alive
    }

    // MARK: What took the others away

    /// One name of a file that is gone.
    private struct Name {
        var path: BytePath
        var record: Int
        /// The layer with the next entry at just this path, and what that makes of the file.
        var next: Int32 = .max
        var fate = Fate.removed
    }

    private mutating func judge(_ dead: [Int]) {
        var names = names(of: dead)
        findReplacements(&names)
        let hiding = HidingDirectories(image.layers.map(\.facts.contents))
        for name in names {
            let layer = records[name.record].layer
            let hidden = hiding.first(above: name.path, after: layer)
            var (gone, fate) = (name.next, name.fate)
            if let hidden, hidden < gone { (gone, fate) = (hidden, .removed) }
            // A file that its own layer hides has no other to blame.
            if gone == .max { (gone, fate) = (layer, .removed) }
            // What counts is the name that lasted longest.
            if gone > records[name.record].gone {
                records[name.record].gone = gone
                records[name.record].fate = fate
            }
        }
    }

    private func names(of dead: [Int]) -> [Name] {
        var names = dead.map { Name(path: entry(records[$0]).path, record: $0) }
        var byEntry: [Int32: [Int32: Int]] = [:]
        for record in dead { byEntry[records[record].layer, default: [:]][records[record].entry] = record }
        for (layer, files) in byEntry.sorted(by: { $0.key < $1.key }) {
            let contents = image.layers[Int(layer)].facts.contents
            for entry in contents.entries {
                guard case .hardlink(let target) = entry.kind, let index = contents.index(of: target),
                    let record = files[Int32(index)]
                else { continue }
                names.append(Name(path: entry.path, record: record))
            }
        }
        return names
    }

    /// Finds for each name the next layer that has an entry at the same path.
    private func findReplacements(_ names: inout [Name]) {
        var starting: [Int32: [Int]] = [:]
        for index in names.indices { starting[records[names[index].record].layer, default: []].append(index) }
        var waiting: [BytePath: [Int]] = [:]
        for layer in image.layers.indices {
            let facts = image.layers[layer].facts
            if !waiting.isEmpty {
                for index in facts.contents.entries.indices {
                    let path = facts.contents.entries[index].path
                    guard let found = waiting.removeValue(forKey: path) else { continue }
                    for name in found {
                        names[name].next = Int32(layer)
                        names[name].fate = fate(of: records[names[name].record], at: index, of: facts)
                    }
                }
            }
            for name in starting[Int32(layer)] ?? [] { waiting[names[name].path, default: []].append(name) }
        }
    }

    private func fate(of record: Record, at index: Int, of facts: LayerFacts) -> Fate {
        var index = index
        let entry = facts.contents.entries[index]
        switch entry.kind {
        case .whiteout: return .removed
        case .hardlink(let target):
            guard let file = facts.contents.index(of: target) else { return .replaced }
            index = file
        case .file: break
        default: return .replaced
        }
        guard facts.facts.indices.contains(index), let digest = facts.facts[index]?.digest,
            digest == self.facts(record)?.digest
        else { return .replaced }
        return .copied
    }
}
