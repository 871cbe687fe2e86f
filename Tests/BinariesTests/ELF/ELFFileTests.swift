import Core
import Testing

@testable import Binaries

@Suite("headers of ELF files")
struct ELFFileTests {
    @Test("sections and segments are read in each byte order and width", arguments: ELFBuilder.forms)
    func forms(bits: Int, isLittleEndian: Bool) throws {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        builder.flags = 0x0500_0400
        let address = builder.section(".text", flags: 6, Array("code".utf8))
        builder.section(".bss", type: ELFFile.noBits, flags: 3, [UInt8](repeating: 0, count: 100))
        builder.section(".comment", flags: 0, Array("made by hand\0".utf8))
        builder.segment(ELFFile.note, alignment: 8)
        let bytes = builder.bytes()
        let file = try #require(try ELFFile(MemoryBytes(bytes)))
        #expect(file.bits == bits)
        #expect(file.isLittleEndian == isLittleEndian)
        #expect(file.type == ELFFile.executableFile)
        #expect(file.machine == 62)
        #expect(file.flags == 0x0500_0400)
        #expect(file.entry == 0x10040)
        #expect(!file.isCutOff)
        #expect(file.sections.map(\.name) == ["", ".text", ".bss", ".comment", ".shstrtab"])
        #expect(file.sections.map(\.index) == [0, 1, 2, 3, 4])

        let text = try #require(file.section(".text"))
        #expect(text.address == address)
        #expect(text.size == 4)
        #expect(text.isLoaded && text.isExecutable && !text.isWritable && !text.isCompressed)
        #expect(try file.bytes(in: text.fileRange, limit: 100) == Array("code".utf8))
        #expect(try file.bytes(in: text.fileRange, limit: 2) == Array("co".utf8))
        #expect(try file.bytes(atAddress: address, count: 4) == Array("code".utf8))
        let bss = try #require(file.section(".bss"))
        #expect(bss.size == 100 && bss.fileRange.isEmpty)

        #expect(file.segments.map(\.type) == [ELFFile.load, ELFFile.note])
        #expect(file.segments[0].isWritable && !file.segments[0].isExecutable)
        #expect(file.segments[1].alignment == 8)
        #expect(try file.text(at: file.segments[1].fileRange.lowerBound) == "made by hand")
        #expect(file.section(".data") == nil)
        #expect(file.headerRanges.count == 3)
        #expect(file.headerRanges.allSatisfy { $0.upperBound <= Int64(bytes.count) })
        let sizes = bits == 64 ? [64, 112, 320] : [52, 64, 200]
        #expect(file.headerRanges.map(\.count) == sizes)
    }

    @Test("addresses become places in the file, and those that aren't loaded from it none")
    func addresses() throws {
        var builder = ELFBuilder()
        builder.section(".text", flags: 6, Array("code".utf8))
        let bytes = builder.bytes()
        let file = try #require(try ELFFile(MemoryBytes(bytes)))
        #expect(file.fileOffset(ofAddress: ELFBuilder.base) == 0)
        #expect(file.fileRange(ofAddress: ELFBuilder.base + 5) == 5..<Int64(bytes.count))
        #expect(file.fileOffset(ofAddress: ELFBuilder.base - 1) == nil)
        #expect(file.fileOffset(ofAddress: ELFBuilder.base + UInt64(bytes.count)) == nil)
        #expect(file.fileOffset(ofAddress: .max) == nil)
        #expect(file.fileOffset(ofAddress: 0) == nil)
        #expect(try file.bytes(atAddress: 0, count: 10) == [])
        #expect(try file.bytes(atAddress: ELFBuilder.base, count: .max).count == bytes.count)
    }

    @Test("counts that don't fit the header are read from the first section", arguments: ELFBuilder.forms)
    func largeCounts(bits: Int, isLittleEndian: Bool) throws {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        builder.section(".text", flags: 6, Array("code".utf8))
        builder.segment(ELFFile.note)
        builder.hasLargeCounts = true
        let file = try #require(try ELFFile(MemoryBytes(builder.bytes())))
        #expect(file.sections.map(\.name) == ["", ".text", ".shstrtab"])
        #expect(file.segments.count == 2)
    }

    @Test("a file without a table of sections has segments")
    func withoutSections() throws {
        var builder = ELFBuilder()
        builder.section(".text", Array("code".utf8))
        builder.hasSectionTable = false
        let file = try #require(try ELFFile(MemoryBytes(builder.bytes())))
        #expect(file.sections.isEmpty)
        #expect(file.segments.count == 1)
        #expect(!file.isCutOff)
    }

    @Test("what isn't ELF is nothing", arguments: ["", "\u{7f}EL", "#!/bin/sh\n", "MZ"])
    func noELF(text: String) throws {
        let file = try ELFFile(MemoryBytes(Array(text.utf8)))
        #expect(file == nil)
        #expect(try BinaryFacts.read(MemoryBytes(Array(text.utf8))) == nil)
        #expect(Array(text.utf8).withUnsafeBytes { !ELFFile.isELF(head: $0) })
    }

    @Test("a file cut anywhere is an error, or is said to be cut")
    func cut() throws {
        var builder = ELFBuilder()
        builder.section(".text", flags: 6, [UInt8](repeating: 0x90, count: 200))
        let bytes = builder.bytes()
        for count in 4..<bytes.count {
            do {
                let file = try #require(try ELFFile(MemoryBytes(Array(bytes[..<count]))))
                #expect(file.isCutOff)
                #expect(file.sections.isEmpty)
            } catch let error as BinaryError {
                let isHeader = count < 64
                #expect(error == .truncated(isHeader ? "header" : "table of segments"))
            }
        }
    }

    @Test("headers that no tool writes are refused")
    func malformed() throws {
        let bytes = ELFBuilder().bytes()
        func error(_ change: (inout [UInt8]) -> Void) -> BinaryError? {
            var copy = bytes
            change(&copy)
            do {
                _ = try ELFFile(MemoryBytes(copy))
                return nil
            } catch { return error as? BinaryError }
        }
        #expect(error { $0[4] = 3 } == .malformed("header"))
        #expect(error { $0[5] = 0 } == .malformed("header"))
        #expect(error { $0[54] = 55 } == .malformed("table of segments"))
        #expect(error { $0[54] = 57 } == .malformed("table of segments"))
        #expect(error { ($0[56], $0[57]) = (0xfe, 0xff) } == .malformed("table of segments"))
        #expect(error { $0[58] = 0xff } == .malformed("table of sections"))
        #expect(error { $0[39] = 0x7f } == .truncated("table of segments"))
        #expect(error { $0[39] = 0xff } == .truncated("table of segments"))
        #expect(error { $0[47] = 0xff } == nil)
        #expect(BinaryError.truncated("header").diagnostic.code == "binary.truncated")
        #expect(BinaryError.malformed("header").diagnostic.hint != nil)
    }

    @Test("names of sections end with their table, and are bounded")
    func names() throws {
        var builder = ELFBuilder()
        builder.section(String(repeating: "n", count: 1000), [1])
        var bytes = builder.bytes()
        var file = try #require(try ELFFile(MemoryBytes(bytes)))
        #expect(file.sections[1].name.count == 256)
        // The number of the table of names points nowhere.
        (bytes[62], bytes[63]) = (0x77, 0x77)
        file = try #require(try ELFFile(MemoryBytes(bytes)))
        #expect(file.sections.map(\.name) == ["", "", ""])
    }

    @Test("notes are read in the order of the file, and damaged ones end the list")
    func notes() throws {
        var builder = ELFBuilder()
        builder.note("Go", type: 4, Array("id".utf8))
        builder.note("GNU", type: 3, [1, 2, 3])
        builder.section(".note.bad", type: ELFFile.noteSection, [9, 0, 0, 0, 255, 255, 255, 255, 1, 0, 0, 0, 0])
        builder.segment(ELFFile.note)
        let file = try #require(try ELFFile(MemoryBytes(builder.bytes())))
        #expect(
            try file.notes() == [
                .init(owner: "Go", type: 4, content: Array("id".utf8)),
                .init(owner: "GNU", type: 3, content: [1, 2, 3]),
            ])
    }

    @Test("symbols come with their names", arguments: ELFBuilder.forms)
    func symbols(bits: Int, isLittleEndian: Bool) throws {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        builder.symbolTable(["main", "helper"])
        let file = try #require(try ELFFile(MemoryBytes(builder.bytes())))
        let section = try #require(file.section(ofType: ELFFile.symbolTable))
        let symbols = try #require(try file.symbols(of: section, limit: 1000))
        #expect(symbols.count == 3)
        let main = try #require(symbols[1])
        #expect(symbols.name(of: main) == "main")
        #expect(main.type == 2 && main.binding == 1 && !main.isUndefined)
        #expect(symbols[2].map { symbols.name(of: $0) } == "helper")
        #expect(symbols[3] == nil && symbols[-1] == nil)
        #expect(try file.symbols(of: section, limit: 20) == nil)
    }
}
