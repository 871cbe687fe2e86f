@testable import Binaries

/// Names behind each other, each ended by NUL.
struct NameTable {
    private(set) var bytes: [UInt8] = [0]

    mutating func add(_ name: String) -> Int {
        let offset = bytes.count
        bytes += Array(name.utf8) + [0]
        return offset
    }
}

/// What a loader is told.
struct DynamicContent {
    var needed: [String] = []
    var soname: String?
    var rpath: String?
    var runpath: String?
    /// Flags by tag, such as 30 (DT_FLAGS).
    var flags: [(tag: Int, value: Int)] = []
    var imports: [String] = []
    var exports: [String] = []
    var versionNeeds: [(library: String, versions: [(name: String, isWeak: Bool)])] = []
    /// The first is the file's own.
    var versionDefinitions: [String] = []
}

extension ELFBuilder {
    mutating func interpreter(_ path: String) {
        section(".interp", Array(path.utf8) + [0])
        segment(ELFFile.interpreter)
    }

    mutating func dynamic(_ content: DynamicContent) {
        var names = NameTable()
        var symbols = writer
        symbols.bytes = [UInt8](repeating: 0, count: bits == 64 ? 24 : 16)
        for (list, section) in [(content.imports, 0), (content.exports, 1)] {
            for name in list { symbol(names.add(name), section: section, into: &symbols) }
        }
        var needs = writer
        for (index, need) in content.versionNeeds.enumerated() {
            let size = 16 * (1 + need.versions.count)
            needs.half(1)
            needs.half(need.versions.count)
            needs.int(names.add(need.library))
            needs.int(16)
            needs.int(index == content.versionNeeds.count - 1 ? 0 : size)
            for (number, version) in need.versions.enumerated() {
                needs.int(0)
                needs.half(version.isWeak ? 2 : 0)
                needs.half(number + 2)
                needs.int(names.add(version.name))
                needs.int(number == need.versions.count - 1 ? 0 : 16)
            }
        }
        var definitions = writer
        for (index, name) in content.versionDefinitions.enumerated() {
            definitions.half(1)
            definitions.half(index == 0 ? 1 : 0)
            definitions.half(index + 1)
            definitions.half(1)
            definitions.int(0)
            definitions.int(20)
            definitions.int(index == content.versionDefinitions.count - 1 ? 0 : 28)
            definitions.int(names.add(name))
            definitions.int(0)
        }
        let needed = content.needed.map { names.add($0) }
        let soname = content.soname.map { names.add($0) }
        let rpath = content.rpath.map { names.add($0) }
        let runpath = content.runpath.map { names.add($0) }

        let symbolAddress = section(
            ".dynsym", type: ELFFile.dynamicSymbolTable, symbols.bytes, link: sections.count + 1,
            entrySize: bits == 64 ? 24 : 16)
        let nameAddress = section(".dynstr", type: ELFFile.stringTable, names.bytes)
        var table = writer
        func entry(_ tag: Int, _ value: UInt64) {
            table.word(tag)
            table.word(value)
        }
        for offset in needed { entry(1, UInt64(offset)) }
        if let soname { entry(14, UInt64(soname)) }
        if let rpath { entry(15, UInt64(rpath)) }
        if let runpath { entry(29, UInt64(runpath)) }
        entry(5, nameAddress)
        entry(10, UInt64(names.bytes.count))
        entry(6, symbolAddress)
        for (tag, value) in content.flags { entry(tag, UInt64(value)) }
        if !content.versionNeeds.isEmpty {
            entry(0x6fff_fffe, section(".gnu.version_r", type: 0x6fff_fffe, needs.bytes))
            entry(0x6fff_ffff, UInt64(content.versionNeeds.count))
        }
        if !content.versionDefinitions.isEmpty {
            entry(0x6fff_fffc, section(".gnu.version_d", type: 0x6fff_fffd, definitions.bytes))
        }
        entry(0, 0)
        section(".dynamic", type: ELFFile.dynamicSection, flags: 3, table.bytes)
        segment(ELFFile.dynamic, flags: 6)
    }

    /// A table of symbols that are the file's own, as `strip` removes it.
    mutating func symbolTable(_ names: [String]) {
        var table = NameTable()
        var symbols = writer
        symbols.bytes = [UInt8](repeating: 0, count: bits == 64 ? 24 : 16)
        for name in names { symbol(table.add(name), section: 1, into: &symbols) }
        section(
            ".symtab", type: ELFFile.symbolTable, flags: 0, symbols.bytes, link: sections.count + 1,
            entrySize: bits == 64 ? 24 : 16)
        section(".strtab", type: ELFFile.stringTable, flags: 0, table.bytes)
    }

    private func symbol(_ name: Int, section: Int, into symbols: inout FieldWriter) {
        symbols.int(name)
        if bits == 32 {
            symbols.word(0)
            symbols.word(0)
        }
        symbols.byte(0x12)
        symbols.byte(0)
        symbols.half(section)
        if bits == 64 {
            symbols.word(0x1234)
            symbols.word(8)
        }
    }

    mutating func note(_ owner: String, type: Int, _ content: [UInt8]) {
        var note = writer
        note.int(owner.utf8.count + 1)
        note.int(content.count)
        note.int(type)
        note.bytes += Array(owner.utf8) + [0]
        while note.bytes.count % 4 != 0 { note.byte(0) }
        note.bytes += content
        while note.bytes.count % 4 != 0 { note.byte(0) }
        section(".note", type: ELFFile.noteSection, note.bytes)
        segment(ELFFile.note)
    }
}

extension ELFBuilder {
    /// The four forms of ELF.
    static let forms: [(bits: Int, isLittleEndian: Bool)] = [(64, true), (64, false), (32, true), (32, false)]

    func facts() throws -> BinaryFacts? { try BinaryFacts.read(MemoryBytes(bytes())) }
}
