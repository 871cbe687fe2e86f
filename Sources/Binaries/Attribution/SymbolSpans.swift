// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.symtab.html

/// The symbols of a program that have bytes in its file.
struct SymbolSpans {
    struct Entry: Sendable, Hashable {
        var range: Range<Int64>
        var section: Int
        /// Where the name starts.
        var name: UInt32
        var isLocal: Bool
    }

    /// By start; of those that start together the largest first, and global ones before local ones.
    let entries: [Entry]
    private let symbols: ELFFile.Symbols

    /// Bytes of a table of symbols, and of its names, that are held.
    private static let limit = 128 << 20
    private static let nameLimit = 4096
    private static let firstReserved: UInt16 = 0xff00
    private static let sectionType: UInt8 = 3
    /// Their values count from the start of a thread's storage.
    private static let threadLocal: UInt8 = 6

    /// - Returns: nil when there are none.
    init?(_ file: ELFFile) throws {
        guard let section = file.section(ofType: ELFFile.symbolTable),
            let symbols = try file.symbols(of: section, limit: Self.limit)
        else { return nil }
        self.symbols = symbols
        var entries: [Entry] = []
        for index in 1..<max(1, symbols.count) {
            guard let symbol = symbols[index], symbol.size > 0, symbol.section < Self.firstReserved,
                symbol.type != Self.sectionType, symbol.type != Self.threadLocal,
                file.sections.indices.contains(Int(symbol.section))
            else { continue }
            let section = file.sections[Int(symbol.section)]
            guard section.isLoaded, !section.fileRange.isEmpty else { continue }
            // Before linking values count from the section.
            let isRelative = file.type == ELFFile.objectFile
            let (distance, below) = symbol.value.subtractingReportingOverflow(isRelative ? 0 : section.address)
            let space = UInt64(section.fileRange.count)
            guard !below, distance < space else { continue }
            let start = section.fileRange.lowerBound + Int64(distance)
            entries.append(
                Entry(
                    range: start..<start + Int64(min(symbol.size, space - distance)), section: Int(symbol.section),
                    name: symbol.name, isLocal: symbol.binding == 0))
        }
        guard !entries.isEmpty else { return nil }
        self.entries = entries.sorted { left, right in
            if left.range.lowerBound != right.range.lowerBound { return left.range.lowerBound < right.range.lowerBound }
            if left.range.upperBound != right.range.upperBound { return left.range.upperBound > right.range.upperBound }
            return (left.isLocal ? 1 : 0, left.name) < (right.isLocal ? 1 : 0, right.name)
        }
    }

    func withName<Result>(of entry: Entry, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        symbols.names.bytes.withUnsafeBytes { all in
            let start = min(Int(entry.name), all.count)
            let part = all[start..<min(all.count, start + Self.nameLimit)]
            return body(UnsafeRawBufferPointer(rebasing: part[..<(part.firstIndex(of: 0) ?? part.endIndex)]))
        }
    }

    /// The address of a symbol of any size, by its exact name.
    func address(ofSymbol name: String) -> UInt64? {
        for index in 0..<symbols.count {
            guard let symbol = symbols[index], !symbol.isUndefined else { continue }
            let start = Int(symbol.name)
            let bytes = symbols.names.bytes
            guard start + name.utf8.count < bytes.count, bytes[start + name.utf8.count] == 0,
                bytes[start...].starts(with: name.utf8)
            else { continue }
            return symbol.value
        }
        return nil
    }
}
