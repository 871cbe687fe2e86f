// https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
internal import Core

/// Lays one layer after another on what is visible so far. Linear in the number of entries of each step.
struct TreeMerger {
    private let layers: [LayerContents]
    /// Directories that no layer mentions.
    private(set) var implied: [Entry] = []
    /// In path order, closed under parents, without whiteouts.
    private(set) var visible: [TreeIndex.Reference] = []

    /// Told of each entry that a layer takes away, and of what the layer has at its path.
    private let onRemoval: ((TreeIndex.Reference, _ layer: Int, TreeIndex.Reference?) -> Void)?

    init(
        _ layers: [LayerContents],
        onRemoval: ((TreeIndex.Reference, _ layer: Int, TreeIndex.Reference?) -> Void)? = nil
    ) {
        self.layers = layers
        self.onRemoval = onRemoval
    }

    /// One path of the merged order: what is there below, above, or both.
    private struct Step {
        var lower: Int?
        var upper: TreeIndex.Reference?
        /// A directory that the layer only implies leaves the one below as it is, unless that one is hidden.
        var prefersLower = false
    }

    mutating func apply(_ layer: Int) {
        let upper = references(of: layer)
        if visible.isEmpty {
            visible = upper.filter { !isWhiteout($0) }
            return
        }
        // Where the contents of directories that the layer hides start (+1) and end (-1).
        var edges = [Int32](repeating: 0, count: visible.count + 1)
        var steps: [Step] = []
        steps.reserveCapacity(visible.count + upper.count)
        var low = 0
        for reference in upper {
            let upperPath = path(reference)
            while low < visible.count, path(visible[low]) < upperPath {
                steps.append(Step(lower: low))
                low += 1
            }
            guard low < visible.count, path(visible[low]) == upperPath else {
                steps.append(Step(upper: reference))
                continue
            }
            let above = entry(reference)
            let below = entry(visible[low])
            if below.isDirectory, !above.isDirectory || above.isOpaque {
                let range = PathOrder.range(below: below.path, visible.count) { path(visible[$0]).bytes }
                edges[range.lowerBound] += 1
                edges[range.upperBound] -= 1
            }
            let isImplied = reference.layer < 0 && !above.isOpaque
            steps.append(Step(lower: low, upper: reference, prefersLower: isImplied && below.isDirectory))
            low += 1
        }
        while low < visible.count {
            steps.append(Step(lower: low))
            low += 1
        }
        join(steps, hiddenBetween: edges, layer)
    }

    private mutating func join(_ steps: [Step], hiddenBetween edges: [Int32], _ layer: Int) {
        var next: [TreeIndex.Reference] = []
        next.reserveCapacity(steps.count)
        var depth: Int32 = 0
        for step in steps {
            var isHidden = false
            if let lower = step.lower {
                depth += edges[lower]
                isHidden = depth > 0
            }
            if let lower = step.lower, !isHidden, step.upper == nil || step.prefersLower {
                next.append(visible[lower])
                continue
            }
            if let onRemoval, let lower = step.lower { onRemoval(visible[lower], layer, step.upper) }
            if let upper = step.upper, !isWhiteout(upper) {
                next.append(upper)
            }
        }
        visible = next
    }

    private func entry(_ reference: TreeIndex.Reference) -> Entry {
        reference.layer < 0
            ? implied[Int(reference.entry)] : layers[Int(reference.layer)].entries[Int(reference.entry)]
    }

    // Entries are large: most of them are not copied to be asked.
    private func isWhiteout(_ reference: TreeIndex.Reference) -> Bool {
        reference.layer >= 0 && layers[Int(reference.layer)].entries[Int(reference.entry)].isWhiteout
    }

    private func path(_ reference: TreeIndex.Reference) -> BytePath {
        reference.layer < 0
            ? implied[Int(reference.entry)].path : layers[Int(reference.layer)].entries[Int(reference.entry)].path
    }

    /// The entries of one layer made well-formed: what is below a file or link of the same layer is left out, missing
    /// parents are implied, and a whiteout with something below it becomes an opaque directory.
    private mutating func references(of layer: Int) -> [TreeIndex.Reference] {
        let entries = layers[layer].entries
        var isVisible: [BytePath: Bool] = [:]
        var made: [BytePath: Entry] = [:]
        var out: [TreeIndex.Reference] = []
        out.reserveCapacity(entries.count)
        var lastParent: ArraySlice<UInt8> = []
        var lastVerdict = true
        for position in entries.indices {
            let bytes = entries[position].path.bytes
            let parent = bytes[..<(bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0)]
            if parent != lastParent {
                lastParent = parent
                lastVerdict = verdict(Array(parent), layers[layer], &isVisible, &made)
            }
            if lastVerdict { out.append(TreeIndex.Reference(layer: Int32(layer), entry: Int32(position))) }
        }
        guard !made.isEmpty else { return out }
        out.removeAll { made[path($0)] != nil }
        for (_, entry) in made {
            out.append(TreeIndex.Reference(layer: -1, entry: Int32(implied.count)))
            implied.append(entry)
        }
        return out.sorted { path($0) < path($1) }
    }

    /// Whether a directory can be one in this layer; adds what must be made up for it.
    private func verdict(
        _ directory: [UInt8], _ contents: LayerContents, _ known: inout [BytePath: Bool],
        _ made: inout [BytePath: Entry]
    ) -> Bool {
        var chain: [BytePath] = []
        var path = BytePath(normalized: directory)
        while !path.isRoot, known[path] == nil {
            chain.append(path)
            path = path.parent
        }
        var isVisible = path.isRoot ? true : known[path] ?? true
        for path in chain.reversed() {
            if isVisible {
                switch contents.entry(at: path)?.kind {
                case .directory: break
                case .whiteout: made[path] = Entry(path, .directory(opaque: true), mode: 0o755)
                case nil: made[path] = .directory(path)
                default: isVisible = false
                }
            }
            known[path] = isVisible
        }
        return isVisible
    }
}
