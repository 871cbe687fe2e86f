import Archive
import Core
import SampanTestSupport
import Testing

struct TarHashesTests {
    private static let contents = [0, 1, 63, 64, 511, 512, 513, 300_000].map { size in
        (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
    }

    /// How many bytes of each content are read.
    @Test("the archive's digest is right however much of the contents is read", arguments: [0, 10, 100_000, Int.max])
    func digests(wanted: Int) throws {
        let members = Self.contents.enumerated().map { (TarHeader(name: Array("file\($0)".utf8), kind: .file), $1) }
        // What comes behind the end belongs to the archive too.
        let bytes = try archive(members) + [UInt8](repeating: 0, count: 5000) + [1, 2, 3]
        let hashes = TarHashes()
        let reader = TarReader(BytesSource(bytes), hashes: hashes)
        var number = 0
        while try reader.next() != nil {
            let content = Self.contents[number]
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(wanted, content.count), alignment: 1)
            defer { buffer.deallocate() }
            var filled = 0
            while filled < buffer.count {
                filled += try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            }
            #expect(hashes.content == SHA256.digest(of: Array(content.prefix(wanted))))
            number += 1
        }
        try reader.drain()
        #expect(number == Self.contents.count)
        #expect(hashes.archive == SHA256.digest(of: bytes))
        #expect(hashes.size == Int64(bytes.count))
    }
}
