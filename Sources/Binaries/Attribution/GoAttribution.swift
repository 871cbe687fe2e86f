/// Where the bytes of a Go program go: code by its table of functions, data by symbols where there are any.
struct GoAttribution {
    private let file: ELFFile
    private let place: GoTablePlace
    private let table: GoFunctionTable
    private let module: GoModuleData?
    private let symbols: SymbolSpans?
    private let modules: GoModules
    /// Whether parts of it may be C.
    private let hasC: Bool

    /// - Returns: nil when it is no program of Go, or its table can't be read.
    init?(_ file: ELFFile) throws {
        guard let place = try GoTablePlace.find(in: file), place.fileRange.count <= SizeAttribution.tableLimit,
            let table = GoFunctionTable(
                try file.bytes(in: place.fileRange, limit: SizeAttribution.tableLimit),
                isLittleEndian: file.isLittleEndian)
        else { return nil }
        self.file = file
        self.place = place
        self.table = table
        module = try GoModuleData.find(in: file, table: table, at: place.address)
        symbols = try SymbolSpans(file)
        let build = try GoBuildInfo.read(file)
        modules = GoModules(build)
        hasC = build?["CGO_ENABLED"] != "0"
    }

    func attribution() throws -> SizeAttribution {
        var builder = AttributionBuilder(file)
        claimFunctions(&builder)
        claimTables(&builder)
        claimSymbols(&builder)
        let (parts, _) = builder.finish { section in
            // Between the functions nothing is left: it is what the C linker added.
            section.sizeKind == .code && hasC ? .init(module: "C", package: section.name, kind: .code) : nil
        }
        return SizeAttribution(method: .goFunctions, parts: parts)
    }

    /// The address that the table counts from.
    private var textStart: UInt64 {
        guard table.form.isRelative else { return 0 }
        if let module { return module.text.lowerBound }
        if let start = table.textStart, isCode(start) { return start }
        if let start = symbols?.address(ofSymbol: "runtime.text"), isCode(start) { return start }
        return file.section(".text")?.address
            ?? file.segments.first { $0.type == ELFFile.load && $0.isExecutable }?.address ?? 0
    }

    private func isCode(_ address: UInt64) -> Bool {
        file.sections.isEmpty
            ? file.segments.contains {
                $0.isExecutable && $0.address <= address && address - $0.address < $0.memorySize
            }
            : file.sections.contains { $0.isExecutable && $0.address <= address && address - $0.address < $0.size }
    }

    private func claimFunctions(_ builder: inout AttributionBuilder) {
        let base = textStart
        let padding = builder.owner("", "padding of functions", .other)
        var spans: [ByteClaims.Span] = []
        spans.reserveCapacity(table.functions.count * 2)
        var last: (prefix: [UInt8], owner: Int)?
        for function in table.functions {
            let (start, overflow) = base.addingReportingOverflow(function.start)
            let (end, tooFar) = start.addingReportingOverflow(function.extent)
            guard !overflow, !tooFar, let range = builder.fileRange(start..<end) else { continue }
            let owner = table.withName(at: function.name) { name in
                // Functions of a package stand together.
                if let last, name.starts(with: last.prefix), GoFunctionName.prefix(name).elementsEqual(last.prefix) {
                    return last.owner
                }
                let owner = self.owner(of: function, name, &builder)
                let prefix = [UInt8](GoFunctionName.prefix(name))
                last = prefix.isEmpty || GoFunctionName.isMade(name) ? nil : (prefix, owner)
                return owner
            }
            let middle = range.lowerBound + min(Int64(range.count), Int64(clamping: function.size))
            spans.append(.init(range.lowerBound..<middle, owner: owner))
            if middle < range.upperBound { spans.append(.init(middle..<range.upperBound, owner: padding)) }
        }
        // Damaged tables are in no order.
        spans.sort { ($0.start, $0.end) < ($1.start, $1.end) }
        builder.claims.claim(spans)
    }

    private func owner(
        of function: GoFunctionTable.Function, _ name: UnsafeRawBufferPointer, _ builder: inout AttributionBuilder
    ) -> Int {
        switch GoFunctionName.origin(name) {
        case .package(let path): return builder.owner(modules.module(ofPackage: path), path, .code)
        case .generated(let path):
            return builder.owner(path.map(modules.module(ofPackage:)) ?? "", Self.generated, .code)
        case .foreign:
            // Names that assembly keeps to itself have no package; the file has.
            guard let path = table.path(of: function) else { return builder.owner("C", "C", .code) }
            guard let package = GoSourcePath.package(path) else { return builder.owner("", Self.assembly, .code) }
            return builder.owner(modules.module(ofPackage: package), package, .code)
        }
    }

    private static let generated = "generated by the compiler"
    /// What assembly names for itself alone, without a package.
    private static let assembly = "assembly"

    /// The table of functions and the descriptions of types, where they share a section with others.
    private func claimTables(_ builder: inout AttributionBuilder) {
        var spans: [ByteClaims.Span] = []
        let size = min(module.map { Int64(clamping: $0.tableSize) } ?? .max, Int64(place.fileRange.count))
        spans.append(
            .init(
                place.fileRange.lowerBound..<place.fileRange.lowerBound + size,
                owner: builder.owner("", ".gopclntab", .tables)))
        if let types = module?.types, !types.isEmpty, let range = builder.fileRange(types) {
            let section = file.sections.first { $0.isLoaded && $0.fileRange.contains(range.lowerBound) }?.name
            // Up to Go 1.25 texts and the maps of stacks may follow within the same bounds.
            let name = section == ".rodata" ? "types and strings" : ".go.type"
            spans.append(.init(range, owner: builder.owner("", name, .tables)))
        }
        builder.claims.claim(spans.sorted { $0.start < $1.start })
    }

    private func claimSymbols(_ builder: inout AttributionBuilder) {
        guard let symbols else { return }
        var spans: [ByteClaims.Span] = []
        for entry in symbols.entries {
            let section = file.sections[entry.section]
            let kind = section.sizeKind
            guard kind == .code || kind == .data else { continue }
            let owner = symbols.withName(of: entry) { name in
                switch (GoFunctionName.origin(name), kind) {
                case (.package(let path), _): builder.owner(modules.module(ofPackage: path), path, kind)
                case (.generated(let path), .code):
                    builder.owner(path.map(modules.module(ofPackage:)) ?? "", Self.generated, .code)
                case (.generated, _): builder.owner("", section.name, .tables)
                case (.foreign, _):
                    hasC ? builder.owner("C", "C", kind) : builder.owner("", Self.assembly, kind)
                }
            }
            spans.append(.init(entry.range, owner: owner))
        }
        builder.claims.claim(spans)
    }
}
