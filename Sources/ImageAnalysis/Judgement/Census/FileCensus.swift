internal import Core
internal import Layers

/// Every file of every layer, once, and what becomes of it: whether the image's tree shows it under any of
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

    private struct Place: Hashable {
        var layer: Int
        var entry: Int
    }

    enum Fate: UInt8 {
        case alive
        /// Another file is at its path.
        case replaced
        /// The same bytes are at its path, from another layer.
        case copied
        case removed
    }

    let image: AnalysedImage
    /// By layer, then path.
    private(set) var records: [Record] = []
    /// Of files that the tree shows, but not under the name that their content has in the layer: the first name that it
    /// does show, by layer and entry.
    private let otherNames: [Place: BytePath]

    /// - Throws: what the tree throws: ``LayerError/danglingHardlink(path:target:)``.
    init(_ image: AnalysedImage) throws {
        self.image = image
        let (alive, otherNames) = try Self.alive(image)
        self.otherNames = otherNames
        var dead: [Int] = []
        for (layer, facts) in image.layers.map(\.facts).enumerated() {
            let entries = facts.contents.entries
            for index in entries.indices where entries[index].isFile {
                if !alive[layer][index] { dead.append(records.count) }
                records.append(Record(layer: Int32(layer), entry: Int32(index)))
            }
        }
        if !dead.isEmpty { judge(dead) }
    }

    func entry(_ record: Record) -> Entry {
        image.layers[Int(record.layer)].facts.contents.entries[Int(record.entry)]
    }

    /// What a file is called: where the tree shows it, else what it was called in its layer.
    func path(_ record: Record) -> BytePath {
        guard record.fate == .alive, !otherNames.isEmpty else { return entry(record).path }
        return otherNames[Place(layer: Int(record.layer), entry: Int(record.entry))] ?? entry(record).path
    }

    func facts(_ record: Record) -> ContentFacts? {
        let facts = image.layers[Int(record.layer)].facts.facts
        return facts.indices.contains(Int(record.entry)) ? facts[Int(record.entry)] : nil
    }

    /// The files that the tree shows, by layer and path: each once, whatever it is called there.
    var living: some Sequence<Record> { records.lazy.filter { $0.fate == .alive } }

    // MARK: What is alive

    /// For each entry of each layer whether the tree shows it under any name, and the names of those whose own is not
    /// among them.
    private static func alive(_ image: AnalysedImage) throws -> (alive: [[Bool]], otherNames: [Place: BytePath]) {
        let layers = image.layers.map(\.facts.contents)
        var alive = layers.map { [Bool](repeating: false, count: $0.entries.count) }
        /// Files by a name that is a link in their layer; which of them have their own, too, is known at the end.
        var linked: [Place: BytePath] = [:]
        // The tree and the layers are in one order, so that finding an entry is going on from the last one.
        var cursors = [Int](repeating: 0, count: layers.count)
        try image.tree.forEachNode { node in
            guard node.entry.isFile, layers.indices.contains(node.layer) else { return }
            let layer = node.layer
            if let first = node.hardlink {
                guard let index = layers[layer].index(of: first) else { return }
                alive[layer][index] = true
                // In path order, so that the first one stays.
                let place = Place(layer: layer, entry: index)
                if linked[place] == nil { linked[place] = node.path }
                return
            }
            let entries = layers[layer].entries
            var cursor = cursors[layer]
            while cursor < entries.count, entries[cursor].path < node.path { cursor += 1 }
            cursors[layer] = cursor
            if cursor < entries.count, entries[cursor].path == node.path { alive[layer][cursor] = true }
        }
        let otherNames = linked.filter { place, _ in
            let own = layers[place.layer].entries[place.entry].path
            guard let node = try? image.tree.lookup(own, followLinks: false) else { return true }
            return node.layer != place.layer || node.path != own
        }
        return (alive, otherNames)
    }

    // MARK: What took the others away

    /// - Parameter dead: places of records that the tree does not show.
    private mutating func judge(_ dead: [Int]) {
        // A file that its own layer hides has no other to blame.
        for index in dead {
            records[index].gone = records[index].layer
            records[index].fate = .removed
        }
        let layers = image.layers.map(\.facts)
        var removals: [(record: Int, by: Int, replacement: Int?)] = []
        image.tree.forEachRemoval { removal in
            let contents = layers[removal.layer].contents
            var entry = removal.entry
            switch contents.entries[entry].kind {
            case .file: break
            case .hardlink(let target):
                guard let file = contents.index(of: target) else { return }
                entry = file
            default: return
            }
            guard let record = self.position(removal.layer, entry) else { return }
            removals.append((record, removal.by, removal.replacement))
        }
        // They come in the order of layers, so that of several names the one that lasted longest counts.
        for removal in removals where records[removal.record].fate != .alive {
            records[removal.record].gone = Int32(removal.by)
            records[removal.record].fate =
                removal.replacement.map { fate(of: records[removal.record], at: $0, of: layers[removal.by]) }
                ?? .removed
        }
    }

    /// The place of the record of an entry.
    private func position(_ layer: Int, _ entry: Int) -> Int? {
        var (low, high) = (0, records.count)
        while low < high {
            let middle = low + (high - low) / 2
            let here = (Int(records[middle].layer), Int(records[middle].entry))
            if here < (layer, entry) { low = middle + 1 } else { high = middle }
        }
        guard low < records.count, records[low].layer == layer, records[low].entry == entry else { return nil }
        return low
    }

    private func fate(of record: Record, at index: Int, of facts: LayerFacts) -> Fate {
        var index = index
        let entry = facts.contents.entries[index]
        switch entry.kind {
        case .hardlink(let target):
            guard let file = facts.contents.index(of: target) else { return .removed }
            index = file
        case .file: break
        default: return .removed
        }
        guard facts.facts.indices.contains(index), let digest = facts.facts[index]?.digest,
            digest == self.facts(record)?.digest
        else { return .replaced }
        return .copied
    }
}
