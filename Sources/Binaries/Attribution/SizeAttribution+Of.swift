extension SizeAttribution {
    /// Bytes of a Go table of functions, and of a table of symbols, that are worth holding in memory; programs with more
    /// are told apart by their sections.
    static let tableLimit = 256 << 20

    /// Finds where the bytes of a program go: of Go by module and package, of others by symbol, else by section.
    /// - Throws: ``BinaryError`` when it is no ELF file or its headers make no sense, and what reading throws.
    package static func of(_ bytes: some BinaryBytes) throws -> SizeAttribution {
        guard let file = try ELFFile(bytes) else { throw BinaryError.malformed("header") }
        if let go = try GoAttribution(file) { return try go.attribution() }
        if let symbols = try SymbolAttribution(file) { return symbols.attribution() }
        var builder = AttributionBuilder(file)
        return SizeAttribution(method: .sections, parts: builder.finish().parts)
    }
}
