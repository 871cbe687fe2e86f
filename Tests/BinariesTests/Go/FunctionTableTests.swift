import SampanTestSupport
import Testing

@testable import Binaries

@Suite("Go's table of functions")
struct FunctionTableTests {
    struct Layout: CustomTestStringConvertible, Sendable {
        var form: GoFunctionTable.Form
        var isLittleEndian: Bool
        var wordSize: Int

        var testDescription: String { "\(form), \(wordSize * 8) bits, \(isLittleEndian ? "little" : "big") endian" }

        static let all = GoFunctionTable.Form.allCases.flatMap { form in
            [true, false].flatMap { little in
                [4, 8].map { Layout(form: form, isLittleEndian: little, wordSize: $0) }
            }
        }
    }

    private static let functions: [FunctionTableBuilder.Function] = [
        .init(name: "internal/cpu.Initialize", size: 89),
        .init(name: "main.(*T).Run", size: 300),
        .init(name: "memeqbody", size: 33, file: 1),
        .init(name: "x_cgo_init", size: 20, file: nil, isMeasured: false),
    ]

    private func name(_ function: GoFunctionTable.Function, in table: GoFunctionTable) -> String {
        table.withName(at: function.name) { String(decoding: $0, as: UTF8.self) }
    }

    @Test("every form is read, in both widths and byte orders", arguments: Layout.all)
    func forms(layout: Layout) throws {
        let builder = FunctionTableBuilder(
            form: layout.form, isLittleEndian: layout.isLittleEndian, wordSize: layout.wordSize,
            functions: Self.functions,
            files: ["/usr/lib/go/src/fmt/print.go", "internal/bytealg/equal_amd64.s"])
        let table = try #require(GoFunctionTable(builder.bytes(), isLittleEndian: layout.isLittleEndian))
        #expect(table.form == layout.form)
        #expect(table.functions.map { name($0, in: table) } == Self.functions.map(\.name))
        #expect(table.functions.map(\.extent) == [96, 304, 48, 32])
        #expect(table.functions.map(\.size) == [89, 300, 33, 32])
        let base: UInt64 = layout.form.isRelative ? 0 : 0x40_1000
        #expect(table.functions.map(\.start) == [0, 96, 400, 448].map { base + $0 })
        #expect(table.textStart == (layout.form.isRelative ? 0x40_1000 : nil))
        let first = layout.form == .go2 ? nil : "/usr/lib/go/src/fmt/print.go"
        let third = layout.form == .go2 ? nil : "internal/bytealg/equal_amd64.s"
        #expect(table.functions.map(table.path) == [first, first, third, nil])
    }

    @Test("a header that no linker writes is none")
    func badHeaders() {
        let good = FunctionTableBuilder(functions: Self.functions).bytes()
        #expect(GoFunctionTable(good, isLittleEndian: true) != nil)
        #expect(GoFunctionTable(good, isLittleEndian: false) == nil)
        #expect(GoFunctionTable([], isLittleEndian: true) == nil)
        #expect(GoFunctionTable(Array(good[..<40]), isLittleEndian: true) == nil)
        for (offset, value) in [(0, 0xf2), (4, 1), (6, 3), (7, 16)] as [(Int, UInt8)] {
            var bytes = good
            bytes[offset] = value
            #expect(GoFunctionTable(bytes, isLittleEndian: true) == nil, "byte \(offset)")
        }
    }

    @Test("counts and positions beyond the table are refused", arguments: [0, 3, 4, 5, 6, 7])
    func positionsOutside(word: Int) {
        for value in [UInt64.max, 1 << 62, 1 << 32, 1 << 20] {
            var bytes = FunctionTableBuilder(functions: Self.functions).bytes()
            for index in 0..<8 { bytes[8 + word * 8 + index] = UInt8(truncatingIfNeeded: value >> (index * 8)) }
            #expect(GoFunctionTable(bytes, isLittleEndian: true) == nil, "\(value)")
        }
    }

    @Test("tables of positions that say nothing useful leave the whole extent to the function")
    func damagedPositions() throws {
        var builder = FunctionTableBuilder(functions: Self.functions)
        builder.functions[1].isMeasured = false
        let table = try #require(GoFunctionTable(builder.bytes(), isLittleEndian: true))
        #expect(table.functions.map(\.size) == [89, 304, 33, 32])
    }

    @Test("a table that shares one long list of positions among all functions ends in time")
    func sharedPositions() throws {
        // Each function would walk all of the list: steps are bounded by the size of the table.
        let count = 20_000
        let functions = (0..<count).map { _ in FunctionTableBuilder.Function(name: "a.b", size: 1 << 16) }
        var bytes = FunctionTableBuilder(functions: functions).bytes()
        let fields = Fields(bytes, isLittleEndian: true, wordSize: 8)
        let positions = try #require(fields.word(at: 8 + 6 * 8).map(Int.init))
        let list = try #require(fields.word(at: 8 + 7 * 8).map(Int.init))
        for index in positions + 1..<list { bytes[index] = 1 }
        let table = try #require(GoFunctionTable(bytes, isLittleEndian: true))
        #expect(table.functions.count == count)
        #expect(table.functions.allSatisfy { $0.size <= $0.extent })
    }

    @Test("random damage never crashes, and what is read stays within bounds", arguments: Layout.all)
    func fuzz(layout: Layout) {
        var random = SeededGenerator(seed: UInt64(layout.form.rawValue) + UInt64(layout.wordSize))
        let good = FunctionTableBuilder(
            form: layout.form, isLittleEndian: layout.isLittleEndian, wordSize: layout.wordSize,
            functions: Self.functions
        ).bytes()
        for _ in 0..<2000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.next() % 4 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            guard let table = GoFunctionTable(bytes, isLittleEndian: layout.isLittleEndian) else { continue }
            #expect(table.functions.count <= bytes.count / 8)
            for function in table.functions {
                #expect(function.size <= function.extent)
                #expect(name(function, in: table).utf8.count <= 3 * bytes.count)
                _ = table.path(of: function)
            }
        }
    }

    private static let sample = "/usr/lib/go-1.19/src/debug/gosym/testdata/pcln115.gz"

    @Test(
        "a table that Go 1.15 wrote is read",
        .enabled(if: (try? Shell.run("ls \(sample) 2>/dev/null")) != nil, "needs the sources of Debian's Go 1.19"))
    func go15() throws {
        let directory = try TemporaryDirectory("table")
        try Shell.run("gzip -dc \(Self.sample) >'\(directory.path("table"))'")
        let table = try #require(GoFunctionTable(directory.bytes("table"), isLittleEndian: true))
        #expect(table.form == .go2)
        let main = try #require(table.functions.first { name($0, in: table) == "main.main" })
        // As Go's own test of its reader has it.
        #expect(main.start == 0x105_c280)
        #expect(table.functions.count > 1000)
        #expect(zip(table.functions, table.functions.dropFirst()).allSatisfy { $0.start + $0.extent == $1.start })
        #expect(table.functions.allSatisfy { !name($0, in: table).isEmpty && $0.extent - $0.size < 32 })
    }
}
