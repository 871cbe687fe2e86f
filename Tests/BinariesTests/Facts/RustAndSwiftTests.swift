import Testing

@testable import Binaries

@Suite("what compilers of Rust and Swift leave")
struct RustAndSwiftTests {
    private static let record = """
        {"packages":[{"name":"app","version":"0.1.0","source":"local","dependencies":[1,2],"root":true},\
        {"name":"cc","version":"1.0.79","source":"crates.io","kind":"build"},\
        {"name":"serde","version":"1.0.147","source":"crates.io","kind":"runtime"},{"name":"unnamed"},7]}
        """

    /// A zlib stream that holds the bytes as they are.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        let count = UInt16(bytes.count)
        var out: [UInt8] = [0x78, 0x01, 1]
        for number in [count, ~count] { out += [UInt8(number & 255), UInt8(number >> 8)] }
        let sum = high << 16 | low
        return out + bytes + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) }
    }

    @Test("crates are read from the record of an audited build")
    func crates() throws {
        var builder = ELFBuilder()
        builder.section(".dep-v0", flags: 0, Self.stored(Array(Self.record.utf8)))
        builder.section(".comment", flags: 0, Array("GCC: 12\0rustc version 1.75.0 (82e1608df 2023-12-21)\0".utf8))
        let rust = try #require(try builder.facts()?.rust)
        #expect(rust.compiler == "1.75.0")
        #expect(
            rust.crates == [
                .init(name: "app", version: "0.1.0", source: "local", isBuildOnly: false, isRoot: true),
                .init(name: "cc", version: "1.0.79", source: "crates.io", isBuildOnly: true, isRoot: false),
                .init(name: "serde", version: "1.0.147", source: "crates.io", isBuildOnly: false, isRoot: false),
            ])
    }

    @Test(
        "damaged records give no crates",
        arguments: [
            [], [0x78], [1, 2, 3, 4], stored(Array("{}".utf8)), stored(Array("[".utf8)), stored([]),
            Array(stored(Array(record.utf8)).dropLast(20)), stored(Array(#"{"packages":{}}"#.utf8)),
        ] as [[UInt8]])
    func damaged(content: [UInt8]) throws {
        var builder = ELFBuilder()
        builder.section(".dep-v0", flags: 0, content)
        #expect(try builder.facts()?.rust == RustBuild())
    }

    @Test("a record that unpacks to very much gives no crates")
    func bomb() throws {
        // Deflate's shortest block with fixed codes: a zero, then copies of 258 bytes, each of 13 bits.
        var bits: [Bool] = [true, true, false]
        func code(_ value: Int, _ count: Int) {
            for bit in (0..<count).reversed() { bits.append(value >> bit & 1 == 1) }
        }
        code(0x30, 8)
        for _ in 0..<40_000 {
            code(0xc5, 8)
            code(0, 5)
        }
        var content: [UInt8] = [0x78, 0x9c]
        for start in stride(from: 0, to: bits.count, by: 8) {
            content.append((0..<8).reduce(0) { $0 | (start + $1 < bits.count && bits[start + $1] ? 1 << $1 : 0) })
        }
        var builder = ELFBuilder()
        builder.section(".dep-v0", flags: 0, content)
        #expect(try builder.facts()?.rust == RustBuild())
    }

    @Test("a compiler's comment alone tells of Rust, and of nothing else")
    func comment() throws {
        var builder = ELFBuilder()
        builder.section(".comment", flags: 0, Array("rustc version 1.95.0 (59807616e 2026-04-14)".utf8))
        #expect(try builder.facts()?.rust == RustBuild(compiler: "1.95.0"))
        builder = ELFBuilder()
        builder.section(".comment", flags: 0, Array("GCC: (Debian 12.2.0-14) 12.2.0\0".utf8))
        #expect(try builder.facts()?.rust == nil)
        #expect(try builder.facts()?.swift == nil)
    }

    @Test("Swift's runtime is a library, or inside")
    func swift() throws {
        var builder = ELFBuilder()
        builder.dynamic(DynamicContent(needed: ["libswiftCore.so", "libc.so.6"]))
        #expect(try builder.facts()?.swift == SwiftBuild(isRuntimeStatic: false))
        builder.section("swift5_protocols", [1])
        #expect(try builder.facts()?.swift == SwiftBuild(isRuntimeStatic: false))
        builder = ELFBuilder()
        builder.dynamic(DynamicContent(needed: ["libc.so.6"], imports: ["execvpe"]))
        builder.section("swift5_protocols", [1])
        #expect(try builder.facts()?.swift == SwiftBuild(isRuntimeStatic: true))
        #expect(try builder.facts()?.needs == [])
    }
}
