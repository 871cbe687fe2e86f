import SampanTestSupport
import Synchronization
import Testing

@testable import Binaries

@Suite("hostile programs")
struct HostileFactsTests {
    /// A program with something of everything that is read.
    private static func sample(bits: Int, isLittleEndian: Bool) -> [UInt8] {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian, type: ELFFile.sharedFile)
        builder.interpreter("/lib/ld.so")
        builder.section(".text", flags: 6, [UInt8](repeating: 0x90, count: 64))
        builder.dynamic(
            DynamicContent(
                needed: ["libc.so.6", "libm.so.6"], rpath: "/a:/b", runpath: "$ORIGIN",
                flags: [(30, 8), (0x6fff_fffb, 1)],
                imports: ["getpwnam", "puts"], exports: ["main"],
                versionNeeds: [("libc.so.6", [("GLIBC_2.34", false), ("GLIBC_2.2.5", true)])],
                versionDefinitions: ["x", "X_1", "X_2"]))
        builder.note("GNU", type: 3, [1, 2, 3, 4])
        builder.section(".rodata", Array("/etc/passwd\0/bin/sh\0".utf8))
        builder.section(".go.buildinfo", flags: 3, GoBuildInfoTests.inline(GoBuildInfoTests.text))
        builder.section(".dep-v0", flags: 0, RustAndSwiftTests.stored(Array(#"{"packages":[]}"#.utf8)))
        builder.section(".comment", flags: 0, Array("rustc version 1.0 (x)\0".utf8))
        builder.section("swift5_protocols", [1])
        builder.emptySegment(ELFFile.gnuStack, flags: 6)
        builder.symbolTable(["main", "helper"])
        builder.section(".debug_info", flags: 0, [1, 2, 3])
        return builder.bytes()
    }

    /// Reads facts of bytes of which nothing is known; errors may only be those that say so.
    private static func read(_ bytes: [UInt8]) throws {
        do {
            let facts = try BinaryFacts.read(MemoryBytes(bytes))
            #expect((facts?.versionNeeds.count ?? 0) <= 1 << 14)
            #expect((facts?.needed.count ?? 0) <= 1 << 12)
        } catch is BinaryError {}
    }

    @Test("changed bytes never do harm", arguments: ELFBuilder.forms)
    func mutations(bits: Int, isLittleEndian: Bool) throws {
        let sample = Self.sample(bits: bits, isLittleEndian: isLittleEndian)
        try Self.read(sample)
        var random = SeededGenerator(seed: UInt64(bits) + (isLittleEndian ? 1 : 0))
        let edges: [UInt8] = [0, 1, 0x7f, 0x80, 0xfe, 0xff]
        for _ in 0..<1500 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = Int.random(in: 4..<bytes.count, using: &random)
                // Half of the changes hit a number as a whole.
                let width = Bool.random(using: &random) ? 1 : min(bits / 8, bytes.count - place)
                let value = edges.randomElement(using: &random) ?? 0
                for index in place..<place + width { bytes[index] = value }
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count - 4, using: &random))
            }
            try Self.read(bytes)
        }
    }

    @Test("every byte of the headers may be anything", arguments: ELFBuilder.forms)
    func headers(bits: Int, isLittleEndian: Bool) throws {
        let sample = Self.sample(bits: bits, isLittleEndian: isLittleEndian)
        for place in 4..<64 {
            for value: UInt8 in [0, 1, 2, 0x7f, 0x80, 0xff] {
                var bytes = sample
                bytes[place] = value
                try Self.read(bytes)
            }
        }
    }

    @Test("random bytes behind the mark of ELF do no harm")
    func noise() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let count = Int.random(in: 0..<2000, using: &random)
            try Self.read(ELFFile.magic + [2, 1, 1] + random.bytes(count))
        }
    }

    /// A file of any size that is all one header and otherwise one byte, and counts what is read of it.
    private final class EndlessBytes: BinaryBytes {
        let size: Int64
        let head: [UInt8]
        let filler: UInt8
        let counted = Mutex<(bytes: Int, calls: Int)>((0, 0))

        init(size: Int64, head: [UInt8], filler: UInt8) {
            self.size = size
            self.head = head
            self.filler = filler
        }

        func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
            let count = Int(min(Int64(buffer.count), size - offset))
            counted.withLock { $0 = ($0.bytes + count, $0.calls + 1) }
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).initializeMemory(
                as: UInt8.self, repeating: filler)
            if offset < Int64(head.count) {
                UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).copyBytes(
                    from: head[Int(offset)...].prefix(count))
            }
            return count
        }
    }

    @Test("names that share their bytes don't become more than the file has", arguments: ELFBuilder.forms)
    func sharedNames(bits: Int, isLittleEndian: Bool) throws {
        var builder = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian, type: ELFFile.sharedFile)
        let strings = builder.section(
            ".dynstr", type: ELFFile.stringTable, [0] + Array(repeating: 0x61, count: 4000) + [0])
        var (needs, table) = (builder.writer, builder.writer)
        for half in [1, 4000] { needs.half(half) }
        for int in [1, 16, 0] { needs.int(int) }
        for _ in 0..<4000 { for int in [0, 0, 1, 16] { needs.int(int) } }
        var definitions = builder.writer
        for _ in 0..<4000 {
            for half in [1, 0, 2, 1] { definitions.half(half) }
            for int in [0, 20, 28, 1, 0] { definitions.int(int) }
        }
        for _ in 0..<4000 { for word in [1, 1] { table.word(word) } }
        let tables = [
            (5, strings), (10, 4002),
            (0x6fff_fffe, builder.section(".gnu.version_r", type: 0x6fff_fffe, needs.bytes)),
            (0x6fff_fffc, builder.section(".gnu.version_d", type: 0x6fff_fffc, definitions.bytes)),
        ]
        for (tag, value) in tables {
            table.word(tag)
            table.word(value)
        }
        builder.section(".dynamic", type: ELFFile.dynamicSection, flags: 3, table.bytes)
        builder.segment(ELFFile.dynamic, flags: 6)
        let facts = try #require(try builder.facts())
        let names = [facts.needed, facts.versionNeeds.flatMap(\.versions), facts.versionDefinitions]
        for list in names {
            #expect(!list.isEmpty)
            #expect(list.reduce(0) { $0 + $1.utf8.count } < 32 << 10)
        }
    }

    @Test("of modules and settings without end some are read")
    func manyModules() throws {
        var builder = ELFBuilder()
        let lines = String(repeating: "dep\ta\tv1\n", count: 30_000)
        builder.section(".go.buildinfo", flags: 3, GoBuildInfoTests.inline("path\tmain\n" + lines))
        #expect(try builder.facts()?.go?.dependencies.count == 19_999)
    }

    @Test("of a file of any size little is read", arguments: [0, 1, 0xff] as [UInt8])
    func endless(filler: UInt8) throws {
        var head = ELFBuilder().writer
        head.bytes = ELFFile.magic + [2, 1, 1] + [UInt8](repeating: 0, count: 9)
        head.half(2)
        head.half(62)
        head.int(1)
        for word in [0x1000, 64, 0x1000] { head.word(word) }
        head.int(0)
        for half in [64, 56, 6, 64, 0xfffe, 1] { head.half(half) }
        let end: Int64 = 1 << 42
        for type in [ELFFile.load, ELFFile.dynamic, ELFFile.interpreter, ELFFile.note, ELFFile.note, ELFFile.load] {
            head.int(Int(type))
            head.int(4)
            for word in [0, 0, 0, end, end, 1] { head.word(UInt64(word)) }
        }
        let bytes = EndlessBytes(size: end, head: head.bytes, filler: filler)
        do { _ = try BinaryFacts.read(bytes) } catch is BinaryError {}
        let (count, calls) = bytes.counted.withLock { $0 }
        #expect(count < 128 << 20)
        #expect(calls < 30_000)
    }
}
