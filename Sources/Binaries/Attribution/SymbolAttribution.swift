/// Where the bytes of a program or library go that has symbols.
struct SymbolAttribution {
    private let file: ELFFile
    private let symbols: SymbolSpans

    /// So many symbols are named, the largest; the others are added up by module.
    static let namedLimit = 20_000

    /// - Returns: nil when there are no symbols.
    init?(_ file: ELFFile) throws {
        guard let symbols = try SymbolSpans(file) else { return nil }
        self.file = file
        self.symbols = symbols
    }

    func attribution() -> SizeAttribution {
        var builder = AttributionBuilder(file, reserved: symbols.entries.count)
        var spans: [ByteClaims.Span] = []
        for (index, entry) in symbols.entries.enumerated() {
            let kind = file.sections[entry.section].sizeKind
            // What tools and loaders look up has symbols here and there; sections tell more of it.
            if kind == .code || kind == .data { spans.append(.init(entry.range, owner: index)) }
        }
        builder.claims.claim(spans)
        let (parts, totals) = builder.finish()
        return SizeAttribution(method: .symbols, parts: parts + named(totals))
    }

    private func named(_ totals: [Int64]) -> [SizeAttribution.Part] {
        let order = totals.indices.filter { totals[$0] > 0 }.sorted { (-totals[$0], $0) < (-totals[$1], $1) }
        var sums: [AttributionBuilder.Owner: Int64] = [:]
        for (rank, index) in order.enumerated() {
            let entry = symbols.entries[index]
            let section = file.sections[entry.section]
            let (module, name) = symbols.withName(of: entry) { name in
                (SymbolName.module(name), rank < Self.namedLimit ? String(decoding: name, as: UTF8.self) : "")
            }
            let owner = AttributionBuilder.Owner(
                module: module ?? section.name, package: name, kind: section.sizeKind)
            sums[owner, default: 0] += totals[index]
        }
        return sums.map { .init(module: $0.module, package: $0.package, kind: $0.kind, bytes: $1) }
    }
}
