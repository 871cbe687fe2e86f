// https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets
internal import Core
internal import Layers
internal import OCI

/// Makes layers that were read each by itself fit each other, as unpacking them one on another would:
///
/// - A hard link to a file of a lower layer becomes a file with that content. One to nothing is left out, with a remark.
/// - A path through a symbolic link of a lower layer goes where that leads.
///
/// Most layers have neither, which is found out without making a tree.
struct TreeFitting {
    private var layers: [AnalysedImage.Layer]
    /// Paths at which some layer so far has a symbolic link.
    private var links: Set<BytePath> = []
    /// How many entries may still go into trees: an image may have many layers that want one of all below them.
    private var budget = 20_000_000

    /// - Throws: ``LayerError/tooManyEntries(limit:)`` when all layers together have too many.
    static func fit(_ layers: [AnalysedImage.Layer], _ limits: AnalysisLimits) throws -> [AnalysedImage.Layer] {
        guard layers.reduce(0, { $0 + $1.facts.contents.entries.count }) <= limits.entries else {
            throw LayerError.tooManyEntries(limit: limits.entries)
        }
        var fitting = TreeFitting(layers: layers)
        for number in layers.indices { fitting.fit(number) }
        return fitting.layers
    }

    private init(layers: [AnalysedImage.Layer]) { self.layers = layers }

    private mutating func fit(_ number: Int) {
        let contents = layers[number].facts.contents
        // Entries are large: they are asked where they are.
        let entries = contents.entries
        let hasDangling = entries.indices.contains {
            entries[$0].isHardlink && Self.isDangling(entries[$0], contents)
        }
        let goesThroughLinks = goesThroughLinks(contents)
        if hasDangling || goesThroughLinks {
            let below = layers[..<number].map(\.facts.contents)
            budget -= below.reduce(0) { $0 + $1.entries.count }
            let lower = FileTree(layers: budget > 0 ? below : [])
            if hasDangling { replaceDangling(number, lower) }
            if goesThroughLinks { complete(number, lower) }
        }
        let fitted = layers[number].facts.contents.entries
        for index in fitted.indices where fitted[index].isSymlink { links.insert(fitted[index].path) }
    }

    /// Whether a hard link's target is not in its layer, or no more than a link of a circle. A link to a dangling one
    /// becomes right with that.
    private static func isDangling(_ entry: Entry, _ contents: LayerContents) -> Bool {
        guard case .hardlink(var target) = entry.kind else { return false }
        for hop in 0..<16 {
            guard let next = contents.entry(at: target), !next.isDirectory, !next.isWhiteout else { return hop == 0 }
            guard case .hardlink(let further) = next.kind else { return false }
            target = further
        }
        return true
    }

    /// Whether a lower layer has a link where this one has things below and doesn't say that it is a directory.
    private func goesThroughLinks(_ contents: LayerContents) -> Bool {
        if links.isEmpty { return false }
        var last: ArraySlice<UInt8> = []
        var seen: Set<BytePath> = []
        for index in contents.entries.indices {
            let bytes = contents.entries[index].path.bytes
            let parent = bytes[..<(bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0)]
            if parent == last { continue }
            last = parent
            var above = BytePath(normalized: Array(parent))
            while !above.isRoot, seen.insert(above).inserted {
                if links.contains(above), contents.index(of: above) == nil { return true }
                above = above.parent
            }
        }
        return false
    }

    private mutating func replaceDangling(_ number: Int, _ lower: FileTree) {
        var facts = layers[number].facts
        var entries: [Entry] = []
        var contents: [ContentFacts?] = []
        entries.reserveCapacity(facts.contents.entries.count)
        for (entry, content) in zip(facts.contents.entries, facts.facts) {
            guard case .hardlink(let target) = entry.kind, Self.isDangling(entry, facts.contents) else {
                entries.append(entry)
                contents.append(content)
                continue
            }
            guard let node = try? lower.lookup(target, followLinks: false), !node.entry.isDirectory else {
                facts.remarks.append(
                    "\(entry.path.absolute) is a hard link to \(target.absolute), which does not exist")
                continue
            }
            var file = node.entry
            file.path = entry.path
            entries.append(file)
            contents.append(self.facts(of: node))
        }
        facts.contents = LayerContents(entries)
        facts.facts = contents
        layers[number].facts = facts
    }

    private func facts(of node: FileTree.Node) -> ContentFacts? {
        guard layers.indices.contains(node.layer) else { return nil }
        let facts = layers[node.layer].facts
        return facts.contents.index(of: node.hardlink ?? node.path).flatMap { facts.facts[$0] }
    }

    /// Where content lies: in the archive of which layer, and where in it.
    private struct ContentPlace: Hashable {
        var archive: ObjectIdentifier
        var offset: Int64

        init?(_ entry: Entry) {
            guard case .span(let span) = entry.content else { return nil }
            archive = ObjectIdentifier(span.file)
            offset = span.offset
        }
    }

    private mutating func complete(_ number: Int, _ lower: FileTree) {
        var facts = layers[number].facts
        do {
            let completed = try facts.contents.completed(over: lower)
            var known: [ContentPlace: ContentFacts] = [:]
            for (entry, content) in zip(facts.contents.entries, facts.facts) {
                if let place = ContentPlace(entry) { known[place] = content }
            }
            facts.facts = completed.entries.map { entry in
                guard entry.isFile else { return nil }
                guard let place = ContentPlace(entry) else { return ContentFacts(kind: .empty) }
                return known[place]
            }
            facts.contents = completed
        } catch {
            facts.remarks.append(
                "layer \(layers[number].descriptor.digest.short) does not fit those below it: "
                    + ContentExaminer.text(of: error))
        }
        layers[number].facts = facts
    }
}
