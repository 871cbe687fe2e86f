@testable import Binaries

/// Numbers written in a byte order and word size.
struct FieldWriter {
    var bytes: [UInt8] = []
    let isLittleEndian: Bool
    let wordSize: Int

    init(isLittleEndian: Bool = true, wordSize: Int = 8) {
        self.isLittleEndian = isLittleEndian
        self.wordSize = wordSize
    }

    mutating func byte(_ value: UInt8) { bytes.append(value) }
    mutating func half(_ value: Int) { integer(UInt16(value)) }
    mutating func int(_ value: Int) { integer(UInt32(value)) }
    mutating func word(_ value: UInt64) {
        if wordSize == 8 { integer(value) } else { integer(UInt32(value)) }
    }
    mutating func word(_ value: Int) { word(UInt64(value)) }

    private mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: isLittleEndian ? value.littleEndian : value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Makes ELF files, right ones and wrong ones. One segment maps the whole file, so that the address of a section is the base
/// plus its offset.
struct ELFBuilder {
    static let base: UInt64 = 0x10000

    struct Section {
        var name: String
        var type: UInt32
        var flags: Int
        var content: [UInt8]
        var link: Int
        var entrySize: Int
        var offset: Int
    }

    var bits = 64
    var isLittleEndian = true
    var type = ELFFile.executableFile
    var machine = 62
    var flags = 0
    /// The first is the empty one that each table begins with.
    private(set) var sections: [Section] = []
    private var segments: [(type: UInt32, flags: Int, offset: Int, size: Int, alignment: Int)] = []
    private var end: Int
    var hasSectionTable = true
    /// Writes the counts of tables where those go that don't fit the header.
    var hasLargeCounts = false

    init(bits: Int = 64, isLittleEndian: Bool = true, type: UInt16 = ELFFile.executableFile, machine: Int = 62) {
        self.bits = bits
        self.isLittleEndian = isLittleEndian
        self.type = type
        self.machine = machine
        end = bits == 64 ? 64 : 52
        sections = [Section(name: "", type: 0, flags: 0, content: [], link: 0, entrySize: 0, offset: 0)]
    }

    var writer: FieldWriter { FieldWriter(isLittleEndian: isLittleEndian, wordSize: bits / 8) }

    /// - Returns: the address.
    @discardableResult
    mutating func section(
        _ name: String, type: UInt32 = 1, flags: Int = 2, _ content: [UInt8], link: Int = 0, entrySize: Int = 0
    ) -> UInt64 {
        end = (end + 15) / 16 * 16
        sections.append(
            Section(
                name: name, type: type, flags: flags, content: content, link: link, entrySize: entrySize, offset: end))
        let address = Self.base + UInt64(end)
        if type != ELFFile.noBits { end += content.count }
        return address
    }

    /// A segment of the section that was added last.
    mutating func segment(_ type: UInt32, flags: Int = 4, alignment: Int = 4) {
        let last = sections[sections.count - 1]
        segments.append((type, flags, last.offset, last.content.count, alignment))
    }

    /// A segment of nothing, which tells by its flags alone.
    mutating func emptySegment(_ type: UInt32, flags: Int) { segments.append((type, flags, 0, 0, 16)) }

    func bytes() -> [UInt8] {
        var all = sections
        var names: [UInt8] = [0]
        var nameOffsets: [Int] = []
        for section in all + [
            Section(name: ".shstrtab", type: 3, flags: 0, content: [], link: 0, entrySize: 0, offset: 0)
        ] {
            nameOffsets.append(section.name.isEmpty ? 0 : names.count)
            if !section.name.isEmpty { names += Array(section.name.utf8) + [0] }
        }
        let namesOffset = (end + 15) / 16 * 16
        all.append(
            Section(name: ".shstrtab", type: 3, flags: 0, content: names, link: 0, entrySize: 0, offset: namesOffset))
        let segmentOffset = (namesOffset + names.count + 15) / 16 * 16
        let segmentSize = bits == 64 ? 56 : 32
        let sectionSize = bits == 64 ? 64 : 40
        let segmentCount = segments.count + 1
        let sectionOffset = segmentOffset + segmentCount * segmentSize
        let total = hasSectionTable ? sectionOffset + all.count * sectionSize : sectionOffset

        var out = writer
        out.bytes = ELFFile.magic + [bits == 64 ? 2 : 1, isLittleEndian ? 1 : 2, 1] + [UInt8](repeating: 0, count: 9)
        out.half(Int(type))
        out.half(machine)
        out.int(1)
        out.word(Self.base + 0x40)
        out.word(segmentOffset)
        out.word(hasSectionTable ? sectionOffset : 0)
        out.int(flags)
        out.half(bits == 64 ? 64 : 52)
        out.half(segmentSize)
        out.half(hasLargeCounts ? 0xffff : segmentCount)
        out.half(sectionSize)
        out.half(hasSectionTable && !hasLargeCounts ? all.count : 0)
        out.half(hasLargeCounts ? 0xffff : hasSectionTable ? all.count - 1 : 0)
        for section in all where section.type != ELFFile.noBits && !section.content.isEmpty {
            out.bytes += [UInt8](repeating: 0, count: section.offset - out.bytes.count) + section.content
        }
        out.bytes += [UInt8](repeating: 0, count: segmentOffset - out.bytes.count)
        for segment in [(type: ELFFile.load, flags: 6, offset: 0, size: total, alignment: 4096)] + segments {
            out.int(Int(segment.type))
            if bits == 64 { out.int(segment.flags) }
            out.word(segment.offset)
            out.word(Self.base + UInt64(segment.offset))
            out.word(Self.base + UInt64(segment.offset))
            out.word(segment.size)
            out.word(segment.size)
            if bits == 32 { out.int(segment.flags) }
            out.word(segment.alignment)
        }
        guard hasSectionTable else { return out.bytes }
        for (index, section) in all.enumerated() {
            let counts = hasLargeCounts && index == 0
            out.int(nameOffsets[index])
            out.int(Int(section.type))
            out.word(section.flags)
            out.word(section.flags & 2 != 0 ? Self.base + UInt64(section.offset) : 0)
            out.word(section.offset)
            out.word(counts ? all.count : section.content.count)
            out.int(counts ? all.count - 1 : section.link)
            out.int(counts ? segmentCount : 0)
            out.word(section.type == 0 ? 0 : 1)
            out.word(section.entrySize)
        }
        return out.bytes
    }
}
