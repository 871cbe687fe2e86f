import Core
import SampanTestSupport
import Testing

struct SHA256PairTests {
    /// Bytes of the pieces that both are fed, and what one of them was fed before.
    @Test(
        "the same bytes fed to two hashes at once give each its own digest",
        arguments: [[64], [1], [0, 128, 64], [63, 1, 640], [65, 63, 4096], [100_000, 33, 7, 262_144, 12]],
        ["", "x", String(repeating: "b", count: 64), String(repeating: "c", count: 512)])
    func pieces(sizes: [Int], before: String) {
        var generator = SeededGenerator(seed: UInt64(sizes.count * 1000 + before.utf8.count))
        var (first, second) = (SHA256(), SHA256())
        first.update(before)
        var all: [UInt8] = []
        for size in sizes {
            let piece = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            piece.withUnsafeBytes { SHA256.update(&first, &second, $0) }
            all += piece
            #expect(first.finalize() == SHA256.digest(of: Array(before.utf8) + all))
            #expect(second.finalize() == SHA256.digest(of: all))
        }
        #expect(first.count == UInt64(before.utf8.count + all.count))
        #expect(second.count == UInt64(all.count))
    }

    @Test("the number of bits is counted beyond 32 of them")
    func long() {
        let piece = [UInt8](repeating: 7, count: 1 << 26)
        var (first, second, alone) = (SHA256(), SHA256(), SHA256())
        for _ in 0..<9 {
            piece.withUnsafeBytes { SHA256.update(&first, &second, $0) }
            alone.update(piece)
        }
        #expect(first.finalize() == alone.finalize())
        #expect(second.finalize() == alone.finalize())
    }
}
