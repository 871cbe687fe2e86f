internal import Binaries
internal import Core
internal import Layers

extension Waste {
    /// Finds what travels for nothing. Each byte is in one item: files that are gone by what became of them, those that
    /// the tree shows by what they are, and what remains by whether the same bytes are there twice.
    static func of(_ census: FileCensus, _ owners: PackageOwners) -> Waste {
        var items: [Item] = []
        var remaining: [FileCensus.Record] = []
        for record in census.records {
            let entry = census.entry(record)
            guard entry.size > 0 else { continue }
            let layer = Int(record.layer)
            switch record.fate {
            case .alive:
                if let kind = NeedlessKind.of(entry, census.facts(record), owners.owner(record, entry.path)) {
                    items.append(Item(kind: kind, path: census.path(record), bytes: entry.size, layer: layer))
                } else {
                    remaining.append(record)
                }
            case .replaced, .copied, .removed:
                let kind: Kind =
                    record.fate == .removed ? .deleted : record.fate == .copied ? .metadataCopy : .rewritten
                items.append(
                    Item(
                        kind: kind, path: entry.path, bytes: entry.size, layer: layer,
                        replacedBy: Int(record.gone)))
            }
        }
        let copies = duplicates(remaining, census, &items)
        for (index, record) in remaining.enumerated() where !copies.contains(index) {
            addSymbols(of: record, census, &items)
        }
        addOverwritten(census, &items)
        items.sort {
            ($1.bytes, $0.path, $0.layer, $0.kind.rawValue) < ($0.bytes, $1.path, $1.layer, $1.kind.rawValue)
        }
        let dive = DiveEfficiency(census)
        return Waste(items: items, diveEfficiency: dive.efficiency, diveWastedBytes: dive.wastedBytes)
    }

    /// Adds all but the first of files with the same bytes, and says which they are. First is the one of the lowest
    /// layer, then path.
    private static func duplicates(
        _ records: [FileCensus.Record], _ census: FileCensus, _ items: inout [Item]
    ) -> Set<Int> {
        var first: [Digest: Int] = [:]
        var copies: Set<Int> = []
        for (index, record) in records.enumerated() {
            guard let digest = census.facts(record)?.digest else { continue }
            guard let original = first[digest] else {
                first[digest] = index
                continue
            }
            let entry = census.entry(record)
            copies.insert(index)
            items.append(
                Item(
                    kind: .duplicate, path: census.path(record), bytes: entry.size, layer: Int(record.layer),
                    original: census.path(records[original])))
        }
        return copies
    }

    /// Adds what an archive has for paths that come in it again: the last one counts. Which they were is not known any
    /// more, so that the item is the root's.
    private static func addOverwritten(_ census: FileCensus, _ items: inout [Item]) {
        for (layer, facts) in census.image.layers.map(\.facts).enumerated() {
            let bytes = facts.contentBytes - facts.contents.entries.reduce(0) { $0 + ($1.isFile ? $1.size : 0) }
            guard bytes > 0 else { continue }
            items.append(Item(kind: .rewritten, path: BytePath(), bytes: bytes, layer: layer, replacedBy: layer))
        }
    }

    /// Adds what no run of a program reads. Object files and modules of the kernel want their symbols.
    private static func addSymbols(of record: FileCensus.Record, _ census: FileCensus, _ items: inout [Item]) {
        guard let binary = census.facts(record)?.binary, binary.isProgram || binary.kind == .sharedLibrary else {
            return
        }
        let entry = census.entry(record)
        var left = entry.size
        for (kind, bytes) in [(Kind.debugInfo, binary.debugBytes), (.symbols, binary.symbolBytes)] {
            let bytes = min(max(bytes, 0), left)
            guard bytes > 0 else { continue }
            left -= bytes
            items.append(Item(kind: kind, path: census.path(record), bytes: bytes, layer: Int(record.layer)))
        }
    }
}
