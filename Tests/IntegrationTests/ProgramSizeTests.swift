import HostOS
import Testing

@Suite("the program itself")
struct ProgramSizeTests {
    /// Full Foundation brings its locale data, 30 MB and more; it comes in by one careless import.
    @Test("what is loaded of it stays below 52 MB")
    func size() throws {
        let bytes = try WholeFile.read(Program.find(), limit: 1 << 30)
        func number(_ offset: Int, _ width: Int) -> Int {
            (0..<width).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
        }
        // The program headers of a 64-bit ELF file: type 1 is a segment that is loaded.
        let table = number(32, 8)
        let (size, count) = (number(54, 2), number(56, 2))
        let loaded = (0..<count).map { table + $0 * size }.filter { number($0, 4) == 1 }.reduce(0) {
            $0 + number($1 + 32, 8)
        }
        #expect(loaded > 1 << 20)
        #expect(loaded < 52 << 20, "\(loaded) bytes are loaded")
    }

    @Test("it says which version it is")
    func version() throws {
        let outcome = try Program.run(["--version"], environment: [:])
        #expect(outcome.code == 0)
        #expect(outcome.output == "0.1.0\n")
    }
}
