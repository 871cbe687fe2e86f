import Testing

@testable import Binaries

@Suite("how a program is protected, and what is left of its names")
struct HardeningFactsTests {
    @Test(
        "relocations are made unwritable in part, or wholly when all is bound at the start",
        arguments: [
            (true, [(30, 8)], BinaryFacts.Relro.full), (true, [(0x6fff_fffb, 1)], .full), (true, [(24, 0)], .full),
            (true, [(30, 2)], .partial), (true, [], .partial), (false, [(30, 8)], .none),
        ] as [(Bool, [(tag: Int, value: Int)], BinaryFacts.Relro)])
    func relro(hasSegment: Bool, flags: [(tag: Int, value: Int)], expected: BinaryFacts.Relro) throws {
        var builder = ELFBuilder()
        builder.dynamic(DynamicContent(flags: flags))
        if hasSegment { builder.emptySegment(ELFFile.gnuRelro, flags: 4) }
        #expect(try builder.facts()?.relro == expected)
    }

    @Test(
        "a stack is executable when the file says so or says nothing", arguments: [(7, true), (6, false), (nil, true)])
    func stack(flags: Int?, isExecutable: Bool) throws {
        var builder = ELFBuilder()
        if let flags { builder.emptySegment(ELFFile.gnuStack, flags: flags) }
        #expect(try builder.facts()?.hasExecutableStack == isExecutable)
        builder.type = ELFFile.objectFile
        #expect(try builder.facts()?.hasExecutableStack == false)
    }

    @Test("a stack protector shows by its function")
    func stackProtector() throws {
        var builder = ELFBuilder()
        builder.dynamic(DynamicContent(needed: ["libc.so.6"], imports: ["puts", "__stack_chk_fail"]))
        #expect(try builder.facts()?.hasStackProtector == true)
        builder = ELFBuilder()
        builder.dynamic(DynamicContent(needed: ["libc.so.6"], imports: ["puts"]))
        #expect(try builder.facts()?.hasStackProtector == false)
        builder = ELFBuilder()
        builder.symbolTable(["main", "__stack_chk_fail"])
        #expect(try builder.facts()?.hasStackProtector == true)
    }

    @Test("bytes of symbols and of debug information are counted once")
    func symbols() throws {
        var builder = ELFBuilder()
        #expect(try builder.facts()?.symbols == .stripped)
        builder.section(".gnu_debugdata", flags: 0, [UInt8](repeating: 1, count: 10))
        #expect(try builder.facts()?.symbols == .stripped)
        #expect(try builder.facts()?.debugBytes == 10)
        builder.symbolTable(["main"])
        var facts = try #require(try builder.facts())
        #expect(facts.symbols == .symbols)
        #expect(facts.symbolBytes == 48 + 6)
        builder.section(".debug_info", flags: 0, [UInt8](repeating: 1, count: 100))
        builder.section(".zdebug_line", flags: 0, [UInt8](repeating: 1, count: 1000))
        // Loaded, so that a run may need it.
        builder.section(".debug_gdb_scripts", flags: 2, [1, 2, 3])
        facts = try #require(try builder.facts())
        #expect(facts.symbols == .debugInfo)
        #expect(facts.symbolBytes == 54)
        #expect(facts.debugBytes == 1110)
    }

    @Test("an object's symbols are what it is linked by")
    func objectSymbols() throws {
        var builder = ELFBuilder(type: ELFFile.objectFile)
        builder.symbolTable(["main"])
        let facts = try #require(try builder.facts())
        #expect(facts.symbols == .symbols)
        #expect(facts.symbolBytes == 0)
    }

    @Test("the build's id is that of GNU's note", arguments: ELFBuilder.forms)
    func buildID(bits: Int, isLittleEndian: Bool) throws {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        builder.note("Go", type: 4, Array("other".utf8))
        #expect(try builder.facts()?.buildID == nil)
        builder.note("GNU", type: 1, [0, 0, 0, 0])
        builder.note("GNU", type: 3, [0xde, 0xad, 0x00, 0x0f])
        #expect(try builder.facts()?.buildID == "dead000f")
    }
}
