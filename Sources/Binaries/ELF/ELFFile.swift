// https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
// https://docs.oracle.com/cd/E19683-01/816-1386/chapter6-94076/index.html (counts that don't fit the header)

/// The headers of an ELF file, and ways from names and addresses to bytes. Opening reads the two header tables and
/// nothing else; both are bounded, and all positions are checked against the file's size.
package struct ELFFile: Sendable {
    package let bytes: any BinaryBytes
    /// 32 or 64.
    package let bits: Int
    package let isLittleEndian: Bool
    /// `ET_…`, see ``ELFType``.
    package let type: UInt16
    /// `EM_…`.
    package let machine: UInt16
    /// What the machine makes of it, such as the float ABI of ARM.
    package let flags: UInt32
    package let entry: UInt64
    /// Bytes of the file that hold the header and its two tables, by their start; the parts don't overlap in good files.
    package let headerRanges: [Range<Int64>]
    /// In the order of the table; empty when there are none or the table is cut off.
    package let segments: [Segment]
    package let sections: [Section]
    /// Whether parts that the header speaks of lie beyond the end.
    package let isCutOff: Bool

    package static let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]

    /// Whether a file that starts so claims to be ELF.
    package static func isELF(head: UnsafeRawBufferPointer) -> Bool { head.starts(with: magic) }

    /// - Returns: nil when the bytes don't start as ELF does.
    /// - Throws: ``BinaryError`` when the header makes no sense, and what reading throws.
    package init?(_ bytes: any BinaryBytes) throws {
        let head = try bytes.bytes(at: 0, count: 64)
        guard head.starts(with: Self.magic) else { return nil }
        guard head.count >= 20 else { throw BinaryError.truncated("header") }
        guard (1...2).contains(head[4]), (1...2).contains(head[5]) else { throw BinaryError.malformed("header") }
        let wide = head[4] == 2
        let fields = Fields(head, isLittleEndian: head[5] == 1, wordSize: wide ? 8 : 4)
        self.bytes = bytes
        bits = wide ? 64 : 32
        isLittleEndian = fields.isLittleEndian
        guard let type = fields.half(at: 16), let machine = fields.half(at: 18),
            let entry = fields.word(at: 24), let segmentOffset = fields.word(at: wide ? 32 : 28),
            let sectionOffset = fields.word(at: wide ? 40 : 32), let flags = fields.int(at: wide ? 48 : 36),
            let headerSize = fields.half(at: wide ? 52 : 40), let segmentSize = fields.half(at: wide ? 54 : 42),
            let segmentCount = fields.half(at: wide ? 56 : 44), let sectionSize = fields.half(at: wide ? 58 : 46),
            let sectionCount = fields.half(at: wide ? 60 : 48), let nameIndex = fields.half(at: wide ? 62 : 50)
        else { throw BinaryError.truncated("header") }
        (self.type, self.machine, self.flags, self.entry) = (type, machine, flags, entry)

        var tables = ELFTables(bytes: bytes, isLittleEndian: isLittleEndian, wordSize: wide ? 8 : 4)
        let sections = try tables.readSections(
            at: sectionOffset, entrySize: sectionSize, count: sectionCount, nameIndex: nameIndex)
        // More segments than the header can tell: the first section knows.
        let count = segmentCount == 0xffff ? tables.segmentCount : UInt64(segmentCount)
        self.sections = sections
        segments = try tables.readSegments(at: segmentOffset, entrySize: segmentSize, count: count)
        let header = 0..<min(Int64(headerSize), bytes.size)
        headerRanges = ([header] + tables.ranges).filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
        isCutOff = tables.isCutOff
    }
}
