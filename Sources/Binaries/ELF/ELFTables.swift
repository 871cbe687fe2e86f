/// Reads the two tables of headers. What lies beyond the end of the file is left out and noted; what no file needs is
/// refused.
struct ELFTables {
    /// Bounds on what one file may make us hold.
    static let sectionLimit: UInt64 = 1 << 16
    static let segmentLimit: UInt64 = 1 << 12
    static let nameLimit = 256
    static let nameTableLimit: Int64 = 16 << 20

    let bytes: any BinaryBytes
    let isLittleEndian: Bool
    let wordSize: Int

    /// Where the tables lie.
    private(set) var ranges: [Range<Int64>] = []
    private(set) var isCutOff = false
    /// The number of segments that the first section holds for files that have very many.
    private(set) var segmentCount: UInt64 = 0

    init(bytes: any BinaryBytes, isLittleEndian: Bool, wordSize: Int) {
        self.bytes = bytes
        self.isLittleEndian = isLittleEndian
        self.wordSize = wordSize
    }

    private func fields(_ bytes: [UInt8]) -> Fields {
        Fields(bytes, isLittleEndian: isLittleEndian, wordSize: wordSize)
    }

    /// The bytes of a table; nil when it isn't in the file as a whole.
    private mutating func table(at offset: UInt64, entrySize: Int, count: UInt64) throws -> Fields? {
        let (size, overflow) = UInt64(entrySize).multipliedReportingOverflow(by: count)
        guard !overflow, let range = fileRange(offset: offset, size: size), UInt64(range.count) == size else {
            isCutOff = true
            return nil
        }
        ranges.append(range)
        return fields(try bytes.bytes(at: range.lowerBound, count: range.count))
    }

    /// The part of the file that an offset and a size mean, cut at its end; nil when it starts beyond that.
    private func fileRange(offset: UInt64, size: UInt64) -> Range<Int64>? {
        guard let start = Int64(exactly: offset), start <= bytes.size else { return nil }
        return start..<start + Int64(min(size, UInt64(bytes.size - start)))
    }

    // MARK: - Segments

    mutating func readSegments(at offset: UInt64, entrySize: UInt16, count: UInt64) throws -> [ELFFile.Segment] {
        guard count > 0, offset > 0 else { return [] }
        let wide = wordSize == 8
        guard count <= Self.segmentLimit, Int(entrySize) == (wide ? 56 : 32) else {
            throw BinaryError.malformed("table of segments")
        }
        guard let table = try table(at: offset, entrySize: Int(entrySize), count: count) else {
            throw BinaryError.truncated("table of segments")
        }
        return try (0..<Int(count)).map { index in
            let start = index * Int(entrySize)
            guard let type = table.int(at: start), let flags = table.int(at: start + (wide ? 4 : 24)),
                let offset = table.word(at: start + (wide ? 8 : 4)),
                let address = table.word(at: start + (wide ? 16 : 8)),
                let fileSize = table.word(at: start + (wide ? 32 : 16)),
                let memorySize = table.word(at: start + (wide ? 40 : 20)),
                let alignment = table.word(at: start + (wide ? 48 : 28))
            else { throw BinaryError.truncated("table of segments") }
            let range = fileRange(offset: offset, size: fileSize)
            if fileSize > 0, UInt64(range?.count ?? 0) < fileSize { isCutOff = true }
            return ELFFile.Segment(
                type: type, flags: flags, fileRange: range ?? 0..<0, address: address, memorySize: memorySize,
                alignment: alignment)
        }
    }

    // MARK: - Sections

    mutating func readSections(
        at offset: UInt64, entrySize: UInt16, count: UInt16, nameIndex: UInt16
    ) throws -> [ELFFile.Section] {
        guard offset > 0 else { return [] }
        guard Int(entrySize) == (wordSize == 8 ? 64 : 40) else {
            guard count == 0 else { throw BinaryError.malformed("table of sections") }
            return []
        }
        // What doesn't fit the header stands in the first section.
        var realCount = UInt64(count)
        var names = UInt64(nameIndex)
        if let position = Int64(exactly: offset),
            let first = header(in: fields(try bytes.bytes(at: position, count: Int(entrySize))), at: 0)
        {
            if count == 0 { realCount = first.size }
            if nameIndex == 0xffff { names = UInt64(first.link) }
            segmentCount = UInt64(first.info)
        }
        guard realCount <= Self.sectionLimit else { throw BinaryError.malformed("table of sections") }
        guard let table = try table(at: offset, entrySize: Int(entrySize), count: realCount) else { return [] }
        let headers = (0..<Int(realCount)).compactMap { header(in: table, at: $0 * Int(entrySize)) }

        var nameTable = fields([])
        if let index = Int(exactly: names), headers.indices.contains(index), headers[index].type != ELFFile.noBits,
            let range = fileRange(offset: headers[index].offset, size: headers[index].size)
        {
            nameTable = fields(
                try bytes.bytes(at: range.lowerBound, count: Int(min(Int64(range.count), Self.nameTableLimit))))
        }
        return headers.enumerated().map { index, header in
            var range: Range<Int64>?
            if header.type != ELFFile.noBits, header.type != 0 {
                range = fileRange(offset: header.offset, size: header.size)
                if header.size > 0, UInt64(range?.count ?? 0) < header.size { isCutOff = true }
            }
            return ELFFile.Section(
                index: index, name: nameTable.text(at: UInt64(header.name), limit: Self.nameLimit) ?? "",
                type: header.type, flags: header.flags, address: header.address, size: header.size,
                fileRange: range ?? 0..<0, link: Int(header.link), info: header.info, alignment: header.alignment,
                entrySize: header.entrySize)
        }
    }

    private struct SectionHeader {
        var name, type, link, info: UInt32
        var flags, address, offset, size, alignment, entrySize: UInt64
    }

    private func header(in table: Fields, at start: Int) -> SectionHeader? {
        let word = wordSize
        guard let name = table.int(at: start), let type = table.int(at: start + 4),
            let flags = table.word(at: start + 8), let address = table.word(at: start + 8 + word),
            let offset = table.word(at: start + 8 + 2 * word), let size = table.word(at: start + 8 + 3 * word),
            let link = table.int(at: start + 8 + 4 * word), let info = table.int(at: start + 12 + 4 * word),
            let alignment = table.word(at: start + 16 + 4 * word),
            let entrySize = table.word(at: start + 16 + 5 * word)
        else { return nil }
        return SectionHeader(
            name: name, type: type, link: link, info: info, flags: flags, address: address, offset: offset,
            size: size, alignment: alignment, entrySize: entrySize)
    }
}
