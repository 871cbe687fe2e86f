// https://prng.di.unimi.it/splitmix64.c

/// Random numbers that are the same in every run: SplitMix64.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// So many random bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(count + 8)
        while out.count < count { withUnsafeBytes(of: next().littleEndian) { out.append(contentsOf: $0) } }
        out.removeLast(out.count - count)
        return out
    }

    /// Bytes that compress about as text does.
    package mutating func text(_ count: Int) -> [UInt8] {
        let words = ["layer ", "tree ", "blob ", "digest ", "the ", "of ", "and\n", "image "].map { Array($0.utf8) }
        var out: [UInt8] = []
        out.reserveCapacity(count + 8)
        while out.count < count { out.append(contentsOf: words[Int(next() % 8)]) }
        out.removeLast(out.count - count)
        return out
    }
}
