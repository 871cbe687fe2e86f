import SampanTestSupport
import Testing

@testable import Binaries

@Suite("names of symbols")
struct SymbolNameTests {
    private func module(_ name: [UInt8]) -> String? { name.withUnsafeBytes { SymbolName.module($0) } }

    @Test(
        "a mangled name tells its module, crate or namespace",
        arguments: [
            ("$s4Core6DigestV5bytesSayAA5UInt8VGvg", "Core"),
            ("$s20FoundationEssentials4DataV", "FoundationEssentials"),
            ("_$s6sampan4mainyyF", "sampan"),
            ("$sSS6appendyySSF", "Swift"), ("$ss5print_yypd_tF", "Swift"), ("$sSo8timespecVMn", "__C"),
            ("_RNvNtCsjrHSEGnQ3l9_3std2io5Write", "std"), ("_RNvC7mycrate4main", "mycrate"),
            ("_RINvMs0_NtCs1234_7mycrate3foo3BarE", "mycrate"),
            ("_ZN4core3fmt5write17h0123456789abcdefE", "core"),
            ("_ZN58_$LT$std..io..error..Error$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE", "std"),
            ("_ZN4shop4Cart3addERKNSt7__cxx1112basic_stringE", "shop"), ("_ZNK4shop4Cart5countEv", "shop"),
            ("_ZNSt6vectorIiE9push_backEv", "std"), ("_ZSt4cout", "std"), ("_ZTVN4shop4CartE", "shop"),
            ("_ZTISt9exception", "std"), ("_ZThn16_N4shop4CartD0Ev", "shop"), ("_ZZN4shop4mainEvE1x", "shop"),
            ("_Z3fooi", "C++"),
        ])
    func modules(name: String, expected: String) {
        #expect(module(Array(name.utf8)) == expected)
    }

    @Test(
        "names of C tell none", arguments: ["", "main", "malloc", "_start", "$x", "$d", "Z3foo", "__libc_start_main"])
    func plain(name: String) {
        #expect(module(Array(name.utf8)) == nil)
    }

    @Test("a crate is looked for near the start, and its number no further than numbers are long")
    func longNames() {
        let start = Array("_R".utf8)
        #expect(module(start + Array("NvCs".utf8) + Array(repeating: 0x61, count: 11) + Array("_3abc".utf8)) == "abc")
        #expect(module(start + Array("NvCs".utf8) + Array(repeating: 0x61, count: 12) + Array("_3abc".utf8)) == "Rust")
        let beginnings = Array(repeatElement(Array("Cs".utf8), count: 2000).joined())
        #expect(module(start + beginnings + Array("_3abc".utf8)) == "Rust")
    }

    @Test("names that are cut off or damaged are no trouble")
    func damaged() {
        for name in [
            "_Z", "_ZN", "_ZN9999a", "$s", "$s99", "$s0", "_R", "_RC", "_RCs", "_RCs_", "_ZN5_$LT$", "_ZTh",
            "$s9\u{e9}",
        ] {
            _ = module(Array(name.utf8))
        }
        var random = SeededGenerator(seed: 3)
        let good = Array("_RINvMs0_NtNtCsjrHSEGnQ3l9_3std12backtrace_ZN58_$LT$std..io..E".utf8)
        for _ in 0..<5000 {
            var name = Array(good[Int.random(in: 0..<good.count, using: &random)...])
            for _ in 0..<4 where !name.isEmpty {
                name[Int.random(in: 0..<name.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            for prefix in ["", "_R", "_Z", "_ZN", "$s"] { _ = module(Array(prefix.utf8) + name) }
        }
    }
}
