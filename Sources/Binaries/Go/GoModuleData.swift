// Layout: struct moduledata in runtime/symtab.go of Go's sources, which the linker fills; it grew with the releases.

/// Bounds of a Go program's parts, which its runtime reads from one record.
struct GoModuleData: Sendable, Hashable {
    /// Addresses of Go's code, from the first function to the end of the last.
    var text: Range<UInt64>
    /// Addresses of the descriptions of types; empty where they aren't known.
    var types: Range<UInt64>
    /// Bytes of the table of functions from its header on.
    var tableSize: UInt64

    private static let words = 40
    private static let chunk = 1 << 20
    private static let scanLimit: Int64 = 256 << 20

    /// Looks for the record that points to the table: first in the section of its own (since Go 1.26), then in the data.
    /// - Returns: nil when there is none to be found.
    static func find(in file: ELFFile, table: GoFunctionTable, at address: UInt64) throws -> GoModuleData? {
        let parts = parts(of: file)
        var looked: Int64 = 0
        for (range, start) in parts where looked < scanLimit {
            looked += Int64(range.count)
            if let found = try scan(file, range, start, table, address) { return found }
        }
        // Where linkers leave addresses to the loader, the table of relocations has them.
        let relocations = try GoRelocations(file)
        for place in relocations.places(of: address) {
            let words = (0..<UInt64(words)).map {
                relocations.value(at: place &+ $0 &* UInt64(table.fields.wordSize))
            }
            guard let stored = try? file.bytes(atAddress: place, count: Self.words * table.fields.wordSize) else {
                continue
            }
            let fields = Fields(stored, isLittleEndian: file.isLittleEndian, wordSize: table.fields.wordSize)
            let all = words.enumerated().map { $1 ?? fields.word(at: $0 * table.fields.wordSize) ?? 0 }
            if let found = GoModuleData(all, table, address) { return found }
        }
        return nil
    }

    private static func parts(of file: ELFFile) -> [(Range<Int64>, UInt64)] {
        let own = file.sections.filter { $0.name == ".go.module" }
        let data = file.sections.filter { $0.isLoaded && $0.isWritable && $0.type == 1 && $0.name != ".go.module" }
        let sections = (own + data).map { ($0.fileRange, $0.address) }
        if !sections.isEmpty { return sections }
        return file.segments.filter { $0.type == ELFFile.load && $0.isWritable }.map { ($0.fileRange, $0.address) }
    }

    private static func scan(
        _ file: ELFFile, _ range: Range<Int64>, _ start: UInt64, _ table: GoFunctionTable, _ address: UInt64
    ) throws -> GoModuleData? {
        let step = table.fields.wordSize
        let record = words * step
        var offset = range.lowerBound + Int64((UInt64(step) - start % UInt64(step)) % UInt64(step))
        while offset < range.upperBound {
            let count = Int(min(Int64(chunk + record), range.upperBound - offset))
            let bytes = try file.bytes.bytes(at: offset, count: count)
            let fields = Fields(bytes, isLittleEndian: file.isLittleEndian, wordSize: step)
            for position in stride(from: 0, to: min(chunk, max(0, bytes.count - step + 1)), by: step)
            where fields.word(at: position) == address {
                let values = (0..<words).map { fields.word(at: position + $0 * step) ?? 0 }
                if let found = GoModuleData(values, table, address) { return found }
            }
            offset += Int64(chunk)
        }
        return nil
    }

    /// - Parameter words: the record's, zeros after its end.
    private init?(_ words: [UInt64], _ table: GoFunctionTable, _ address: UInt64) {
        guard words.count >= Self.words, words[0] == address else { return nil }
        let (textIndex, typesIndex): (Int, [Int])
        switch table.form {
        case .go2:
            // The slice of the whole table, then that of its functions.
            guard words[1] == words[2] else { return nil }
            tableSize = words[1]
            (textIndex, typesIndex) = (12, [25, 26])
        case .go16, .go18, .go20:
            // The header, then slices of names, units, files, positions, records and functions.
            guard words[1] == address &+ UInt64(table.nameOffset), words[2] == words[3], words[13] >= address else {
                return nil
            }
            tableSize = (words[13] - address).addingReportingOverflow(words[14]).partialValue
            // Counters of coverage came with 1.20, and 1.27 put a length between the two bounds.
            (textIndex, typesIndex) =
                table.form == .go20 ? (22, words[38] > words[37] ? [37, 38] : [37, 39]) : (22, [35, 36])
        }
        guard words[textIndex] < words[textIndex + 1] else { return nil }
        text = words[textIndex]..<words[textIndex + 1]
        let (first, last) = (words[typesIndex[0]], words[typesIndex[1]])
        types = first < last ? first..<last : 0..<0
    }
}
