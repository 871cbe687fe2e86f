import Archive
import SampanTestSupport
import Testing

/// The text that the samples hold.
private let text = Array("hello, layers\nhello, layers\nhello, layers\n".utf8)

/// One sample of every format, made by the reference programs.
private let samples: [(Compression, [UInt8])] = [
    (
        .gzip,
        bytes("1f8b0800000000000203cb48cdc9c9d751c849ac4c2d2ae6cac0c30300de5bf5582a000000")
    ),
    (
        .bzip2,
        bytes(
            "425a68393141592653590a08aeef00000a51800010400422449820200022bfd541a3108069a68a6d294add7948c32b5be2ee48a70a"
                + "12014115dde0")
    ),
    (
        .xz,
        bytes(
            "fd377a585a000004e6d6b4460200210116000000742fe5a3e0002900155d00341949ee8def8c6a558695f0a27b2844527914000000"
                + "0000003f4e4518e57ad56f0001312a4f7b603d1fb6f37d010000000004595a")
    ),
    (.zstd, bytes("28b52ffd0458a500007068656c6c6f2c206c61796572730a0100c14c25058ee578")),
]

private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).map { $0 < 0x3a ? $0 - 0x30 : $0 - 0x57 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

private func decompress(_ bytes: [UInt8]) throws -> [UInt8] {
    try Compression.open(BytesSource(bytes)).source.readAll(limit: 1 << 24)
}

/// Gives one byte at a time, the worst a source can do.
private final class DrippingSource: ByteSource {
    private let source: BytesSource

    init(_ bytes: [UInt8]) { source = BytesSource(bytes) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(1)))
    }
}

@Suite struct CompressionTests {
    @Test("every format is told by its first bytes and decompressed", arguments: samples)
    func decompresses(_ format: Compression, _ sample: [UInt8]) throws {
        let (source, found) = try Compression.open(BytesSource(sample))
        #expect(found == format)
        #expect(try source.readAll(limit: 100) == text)
    }

    @Test("input that drips in decompresses the same", arguments: samples)
    func drips(_ format: Compression, _ sample: [UInt8]) throws {
        #expect(try Compression.open(DrippingSource(sample)).source.readAll(limit: 100) == text)
    }

    @Test("output may be taken byte by byte, and the end stays the end", arguments: samples)
    func smallOutput(_ format: Compression, _ sample: [UInt8]) throws {
        let source = try format.decompressing(BytesSource(sample))
        var out: [UInt8] = []
        var byte: [UInt8] = [0]
        while try byte.withUnsafeMutableBytes({ try source.read(into: $0) }) == 1 { out.append(byte[0]) }
        #expect(out == text)
        #expect(try byte.withUnsafeMutableBytes { try source.read(into: $0) } == 0)
    }

    @Test("members, frames and streams that follow each other are one text", arguments: samples)
    func concatenated(_ format: Compression, _ sample: [UInt8]) throws {
        #expect(try decompress(sample + sample + sample) == text + text + text)
    }

    @Test("zeros after the data are padding", arguments: samples)
    func padded(_ format: Compression, _ sample: [UInt8]) throws {
        // xz takes padding in fours.
        #expect(try decompress(sample + [UInt8](repeating: 0, count: 512)) == text)
    }

    @Test("other bytes after the data are an error", arguments: samples)
    func garbage(_ format: Compression, _ sample: [UInt8]) {
        #expect(throws: ArchiveError.self) { try decompress(sample + Array("garbage".utf8)) }
        #expect(throws: ArchiveError.self) { try decompress(sample + [0, 0, 0, 0, 1]) }
    }

    @Test("data that ends at any byte before its end is an error", arguments: samples)
    func truncated(_ format: Compression, _ sample: [UInt8]) {
        for count in 6..<sample.count {
            #expect(throws: ArchiveError.self, "\(count) bytes of \(format)") {
                try format.decompressing(BytesSource(Array(sample[..<count]))).readAll(limit: 100)
            }
        }
    }

    @Test("no changed byte makes a decompressor trap or give other text unnoticed", arguments: samples)
    func damaged(_ format: Compression, _ sample: [UInt8]) throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            var damaged = sample
            for _ in 0...random.next() % 3 {
                damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if let out = try? format.decompressing(BytesSource(damaged)).readAll(limit: 1 << 20) {
                // What no checksum covers (a header's time stamp) may change; a zero in front of the rest is padding.
                #expect(out == text || out.isEmpty)
            }
        }
    }

    @Test("a stream without a known magic number is passed on as it is", arguments: [0, 1, 5, 6, 7, 3000])
    func plain(_ count: Int) throws {
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let (source, format) = try Compression.open(BytesSource(plain))
        #expect(format == .none)
        #expect(try source.readAll(limit: 5000) == plain)
    }

    @Test("gzip members of any size may follow each other, in pieces of any size")
    func memberSizes() throws {
        var random = SeededGenerator(seed: 11)
        for sizes in [[10, 1 << 20, 20], [3_000_000, 10], [(1 << 20) + 1], [0, 0, 5, 0], [1 << 20, 1 << 20]] {
            var plain: [UInt8] = []
            var packed: [UInt8] = []
            for (index, size) in sizes.enumerated() {
                // Noise does not compress: the largest member there can be.
                let part = index % 2 == 0 ? random.text(size) : random.bytes(size)
                plain += part
                packed += try part.withUnsafeBytes { try GzipMember.compress($0, level: 1) }
            }
            #expect(try decompress(packed) == plain)
            #expect(try decompress(packed + [0, 0, 0]) == plain)
            #expect(throws: ArchiveError.self) { try decompress(Array(packed.dropLast())) }
            #expect(throws: ArchiveError.self) { try decompress(packed + [1]) }
        }
    }

    @Test("a limit stops a decompression bomb")
    func bomb() throws {
        let zeros = [UInt8](repeating: 0, count: 1 << 22)
        let packed = try zeros.withUnsafeBytes { try GzipMember.compress($0, level: 9) }
        let source = LimitedSource(try Compression.open(BytesSource(packed)).source, limit: 1 << 20, what: "a layer")
        #expect(throws: ArchiveError.tooLong("a layer", limit: 1 << 20)) { try source.forEachPiece { _ in } }
    }

    @Test("a zstd frame that wants a window over 128 MiB is refused")
    func window() {
        // Frame header: no single segment, window descriptor with exponent 18 (2^28 bytes).
        let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x01, 0x00, 0x00]
        #expect(throws: ArchiveError.tooMuchMemory(.zstd)) { try decompress(frame) }
    }
}

@Suite struct MemberCompressorTests {
    @Test(
        "a member decompresses to what it was made of",
        arguments: [MemberCompressor.Format.gzip(level: 1), .gzip(level: 12), .zstd(level: 1), .zstd(level: 19)])
    func roundTrip(_ format: MemberCompressor.Format) throws {
        var random = SeededGenerator(seed: 1)
        let compressor = try MemberCompressor(format)
        for count in [0, 1, 100, 70_000] {
            for content in [random.bytes(count), random.text(count)] {
                let member = try content.withUnsafeBytes { try compressor.compress($0) }
                #expect(try decompress(member) == content)
                content.withUnsafeBytes { content in
                    member.withUnsafeBytes { #expect(MemberCompressor.seemsToHold($0, content, format)) }
                }
            }
        }
    }

    @Test("a gzip header has no time stamp, no name and no operating system")
    func header() throws {
        let member = try text.withUnsafeBytes { try GzipMember.compress($0, level: 6) }
        #expect(member.prefix(4) == [0x1f, 0x8b, 8, 0])
        #expect(member[4..<8] == [0, 0, 0, 0])
        #expect(member[9] == 255)
    }

    @Test("equal bytes give equal members whatever was compressed before")
    func stateless() throws {
        let compressor = try MemberCompressor(.defaultGzip)
        let first = try text.withUnsafeBytes { try compressor.compress($0) }
        _ = try Array("something else".utf8).withUnsafeBytes { try compressor.compress($0) }
        #expect(try text.withUnsafeBytes { try compressor.compress($0) } == first)
    }

    @Test("a damaged gzip member is told by its trailer")
    func damage() throws {
        var member = try text.withUnsafeBytes { try GzipMember.compress($0, level: 6) }
        member[member.count - 5] ^= 1
        text.withUnsafeBytes { text in
            member.withUnsafeBytes { #expect(!MemberCompressor.seemsToHold($0, text, .gzip(level: 6))) }
        }
    }

    @Test("gzip and zstd read members one after another")
    func peers() throws {
        let place = try TemporaryDirectory("members")
        let compressor = try MemberCompressor(.defaultGzip)
        let member = try text.withUnsafeBytes { try compressor.compress($0) }
        try place.file("two.gz", member + member)
        #expect(try Shell.run("gzip -dc \(place.path("two.gz"))") == String(decoding: text + text, as: UTF8.self))
    }
}
