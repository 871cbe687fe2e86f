import SampanTestSupport
import Testing

@testable import Binaries

@Suite("where the bytes of other programs go")
struct SymbolAttributionTests {
    private typealias Part = SizeAttribution.Part

    private func program(_ list: [SmallPrograms.Symbol], bits: Int = 64, isLittleEndian: Bool = true) -> [UInt8] {
        var elf = ELFBuilder(bits: bits, isLittleEndian: isLittleEndian)
        let text = elf.section(".text", flags: 6, [UInt8](repeating: 0x90, count: 1000))
        let data = elf.section(".data", flags: 3, [UInt8](repeating: 1, count: 500))
        elf.section(".bss", type: ELFFile.noBits, flags: 3, [])
        elf.section(".eh_frame", [UInt8](repeating: 2, count: 64))
        elf.section(".debug_info", flags: 0, [UInt8](repeating: 3, count: 128))
        SmallPrograms.symbols(
            list.map { symbol in
                var symbol = symbol
                symbol.address &+= symbol.section == 1 ? text : symbol.section == 2 ? data : 0
                return symbol
            }, in: &elf)
        return elf.bytes()
    }

    @Test(
        "symbols share out their sections, and what they leave is the section's",
        arguments: ELFBuilder.forms.map { $0.bits * 2 + ($0.isLittleEndian ? 1 : 0) })
    func symbols(layout: Int) throws {
        let bytes = program(
            [
                .init(name: "main", address: 0, size: 100, section: 1),
                // A second name, a part of another symbol, and one that reaches past the section's end.
                .init(name: "main_alias", address: 0, size: 90, section: 1),
                .init(name: "inner", address: 50, size: 20, section: 1),
                .init(name: "_ZN4shop4Cart3addEv", address: 200, size: 300, section: 1),
                .init(name: "table", address: 450, size: 9000, section: 2),
                .init(name: "outside", address: 5000, size: 10, section: 2),
                .init(name: "nowhere", address: 7, size: 10, section: 60),
            ], bits: layout / 2, isLittleEndian: layout % 2 == 1)
        let attribution = try SizeAttribution.of(MemoryBytes(bytes))
        #expect(attribution.method == .symbols)
        #expect(attribution.total == Int64(bytes.count))
        let parts = Set(attribution.parts)
        for part in [
            Part(module: ".text", package: "main", kind: .code, bytes: 100),
            Part(module: "shop", package: "_ZN4shop4Cart3addEv", kind: .code, bytes: 300),
            Part(module: "", package: ".text", kind: .code, bytes: 600),
            Part(module: ".data", package: "table", kind: .data, bytes: 50),
            Part(module: "", package: ".data", kind: .data, bytes: 450),
            Part(module: "", package: ".eh_frame", kind: .tables, bytes: 64),
            Part(module: "", package: ".debug_info", kind: .debugInfo, bytes: 128),
        ] {
            #expect(parts.contains(part), "\(part)")
        }
        #expect(!attribution.parts.contains { ["main_alias", "inner", "outside", "nowhere"].contains($0.package) })
    }

    @Test("without symbols sections tell, and without those segments")
    func sections() throws {
        var elf = ELFBuilder()
        elf.section(".text", flags: 6, [UInt8](repeating: 0x90, count: 1000))
        var attribution = try SizeAttribution.of(MemoryBytes(elf.bytes()))
        #expect(attribution.method == .sections)
        #expect(attribution.parts.contains(Part(module: "", package: ".text", kind: .code, bytes: 1000)))
        #expect(attribution.total == Int64(elf.bytes().count))
        elf.hasSectionTable = false
        attribution = try SizeAttribution.of(MemoryBytes(elf.bytes()))
        #expect(attribution.parts.contains { $0.package == "data segment" })
        #expect(attribution.total == Int64(elf.bytes().count))
    }

    @Test("of very many symbols the largest are named")
    func many() throws {
        let count = SymbolAttribution.namedLimit + 500
        var elf = ELFBuilder()
        let text = elf.section(".text", flags: 6, [UInt8](repeating: 0x90, count: count * 2 + 100))
        let list = (0..<count).map { index in
            let size = index < 100 ? 3 : 2
            let address = text + UInt64(index * 2 + min(index, 100))
            return SmallPrograms.Symbol(name: "f\(index)", address: address, size: size, section: 1)
        }
        SmallPrograms.symbols(list, in: &elf)
        let bytes = elf.bytes()
        let attribution = try SizeAttribution.of(MemoryBytes(bytes))
        #expect(attribution.total == Int64(bytes.count))
        #expect(attribution.parts.contains(Part(module: ".text", package: "f99", kind: .code, bytes: 3)))
        #expect(attribution.parts.contains(Part(module: ".text", package: "", kind: .code, bytes: 1000)))
    }

    @Test("random damage to symbols never crashes, and the parts add up to the size")
    func fuzz() {
        var random = SeededGenerator(seed: 21)
        let good = program(
            (0..<20).map { .init(name: "s\($0)", address: UInt64($0 * 40), size: 60, section: 1 + $0 % 2) })
        for round in 0..<2000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                    round % 2 == 0 ? 0xff : UInt8(truncatingIfNeeded: random.next())
            }
            guard let attribution = try? SizeAttribution.of(MemoryBytes(bytes)) else { continue }
            #expect(attribution.total == Int64(bytes.count))
        }
    }

    @Test(
        "the symbols of a program that GCC built have their sizes",
        .enabled(if: (try? Shell.run("command -v gcc")) != nil, "needs gcc"))
    func built() throws {
        let directory = try TemporaryDirectory("symbols")
        try directory.file(
            "a.c",
            """
            const char words[5000] = {1};
            int counters[700] = {2};
            int main(void) { return words[0] + counters[0]; }
            """)
        try Shell.run("cd '\(directory.path)' && gcc -g -o a a.c && gcc -shared -fPIC -s -o b.so a.c && gcc -c a.c")
        let bytes = try directory.bytes("a")
        let attribution = try SizeAttribution.of(MemoryBytes(bytes))
        #expect(attribution.total == Int64(bytes.count))
        #expect(attribution.parts.contains(Part(module: ".rodata", package: "words", kind: .data, bytes: 5000)))
        #expect(attribution.parts.contains(Part(module: ".data", package: "counters", kind: .data, bytes: 2800)))
        #expect(attribution.parts.contains { $0.package == "main" && $0.kind == .code })
        let object = try SizeAttribution.of(MemoryBytes(try directory.bytes("a.o")))
        #expect(object.parts.contains(Part(module: ".rodata", package: "words", kind: .data, bytes: 5000)))
        let library = try SizeAttribution.of(MemoryBytes(try directory.bytes("b.so")))
        #expect(library.method == .sections)
    }
}
