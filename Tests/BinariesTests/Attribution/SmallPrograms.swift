@testable import Binaries

/// Programs of a few hundred bytes, written by hand.
enum SmallPrograms {
    struct Symbol {
        var name: String
        var address: UInt64
        var size: Int
        /// The section's number.
        var section: Int
    }

    static let functions: [FunctionTableBuilder.Function] = [
        .init(name: "internal/bytealg.Count", size: 41, file: 1),
        .init(name: "countbody", size: 90, file: 1),
        .init(name: "runtime.mallocgc", size: 250),
        .init(name: "type:.eq.struct { a string }", size: 30),
        .init(name: "example.org/lib%2ev2/text.Upper", size: 64),
        .init(name: "main.main", size: 200),
        .init(name: "x_cgo_init", size: 16, file: nil, isMeasured: false),
    ]
    static let files = ["/usr/lib/go/src/runtime/malloc.go", "/usr/lib/go/src/internal/bytealg/count_amd64.s"]
    /// Bytes of the functions with their padding.
    static let textSize = functions.reduce(0) { $0 + $1.extent }
    /// Code of C in front of the functions and behind them.
    static let foreign = 32

    /// A Go program: 32 bytes of other code before its functions and behind them, its table, its module data, and data.
    static func go(
        form: GoFunctionTable.Form = .go20, bits: Int = 64, isLittleEndian: Bool = true,
        tableSection: String = ".gopclntab",
        headerSaysTextStart: Bool = false, hasModuleData: Bool = true, hasSymbols: Bool = false,
        hasSectionTable: Bool = true
    ) -> [UInt8] {
        var elf = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        elf.hasSectionTable = hasSectionTable
        let text =
            elf.section(
                ".text", flags: 6, [UInt8](repeating: 0xcc, count: textSize + 2 * foreign)) + UInt64(foreign)
        var table = FunctionTableBuilder(
            form: form, isLittleEndian: isLittleEndian, wordSize: bits / 8, functions: functions, files: files)
        table.textStart = text
        table.headerSaysTextStart = headerSaysTextStart
        let bytes = table.bytes()
        let types = elf.section(".rodata", [UInt8](repeating: 7, count: 400))
        let address = elf.section(tableSection, bytes + [UInt8](repeating: 0, count: 16))
        elf.section(".go.buildinfo", flags: 3, [UInt8](repeating: 0, count: 16))
        let data = elf.section(".noptrdata", flags: 3, [UInt8](repeating: 1, count: 100))
        if hasModuleData {
            var words = [UInt64](repeating: 0, count: 44)
            words[0] = address
            if form == .go2 {
                (words[1], words[2]) = (UInt64(bytes.count), UInt64(bytes.count))
            } else {
                let names = address + UInt64(8 + (form == .go16 ? 7 : 8) * bits / 8)
                (words[1], words[2], words[3]) = (names, 100, 100)
                (words[13], words[14], words[15]) = (address + 1, UInt64(bytes.count) - 1, UInt64(bytes.count) - 1)
            }
            let (textIndex, typesIndex) = form == .go2 ? (12, 25) : (22, form == .go20 ? 37 : 35)
            (words[textIndex], words[textIndex + 1]) = (text, text + UInt64(textSize))
            (words[typesIndex], words[typesIndex + 1]) = (types, types + 300)
            var record = elf.writer
            for word in words { record.word(word) }
            elf.section(".data", flags: 3, [UInt8](repeating: 0, count: 24) + record.bytes)
        }
        if hasSymbols {
            symbols(
                [
                    .init(name: "runtime.text", address: text, size: 0, section: 1),
                    .init(name: "main.table", address: data, size: 60, section: 5),
                    .init(name: "example.org/lib%2ev2/text.words", address: data + 60, size: 30, section: 5),
                    .init(name: "c_helper", address: text - UInt64(foreign), size: 20, section: 1),
                ], in: &elf)
        }
        return elf.bytes()
    }

    static func symbols(_ list: [Symbol], in elf: inout ELFBuilder) {
        var names = NameTable()
        var table = elf.writer
        let wide = elf.bits == 64
        table.bytes = [UInt8](repeating: 0, count: wide ? 24 : 16)
        for symbol in list {
            table.int(names.add(symbol.name))
            if !wide {
                table.word(symbol.address)
                table.word(symbol.size)
            }
            table.byte(0x12)
            table.byte(0)
            table.half(symbol.section)
            if wide {
                table.word(symbol.address)
                table.word(symbol.size)
            }
        }
        elf.section(
            ".symtab", type: ELFFile.symbolTable, flags: 0, table.bytes, link: elf.sections.count + 1,
            entrySize: wide ? 24 : 16)
        elf.section(".strtab", type: ELFFile.stringTable, flags: 0, names.bytes)
    }
}
