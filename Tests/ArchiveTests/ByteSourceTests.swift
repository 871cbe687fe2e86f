import Archive
import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite struct ByteSourceTests {
    @Test("a span gives its part of a file, and a file that is too short is an error")
    func span() throws {
        let place = try TemporaryDirectory("span")
        let file = try place.scratchFile()
        try file.write(Array("0123456789".utf8))
        #expect(try SpanSource(file, offset: 3, length: 4).readAll(limit: 10) == Array("3456".utf8))
        #expect(try SpanSource(file, offset: 10, length: 0).readAll(limit: 10) == [])
        #expect(throws: ArchiveError.truncated("span")) {
            try SpanSource(file, offset: 8, length: 4).readAll(limit: 10)
        }
    }

    @Test("a source is hashed and counted as it is read")
    func hashing() throws {
        let source = HashingSource(BytesSource(Array("abc".utf8)))
        try source.drain()
        #expect(source.digest == SHA256.digest(of: "abc"))
        #expect(source.count == 3)
    }

    @Test("reading all has a limit")
    func limit() throws {
        #expect(try BytesSource([1, 2, 3]).readAll(limit: 3) == [1, 2, 3])
        #expect(throws: ArchiveError.tooLong("a file", limit: 2)) { try BytesSource([1, 2, 3]).readAll(limit: 2) }
    }

    @Test("a source copies to a descriptor from where it stands")
    func copy() throws {
        let place = try TemporaryDirectory("copy")
        let file = try place.scratchFile()
        try BytesSource([1, 2, 3]).copy(to: DescriptorSink(file))
        lseek(file.raw, 1, SEEK_SET)
        #expect(try DescriptorSource(file).readAll(limit: 10) == [2, 3])
    }
}

@Suite struct ReadAheadTests {
    /// Fails after so many bytes.
    private final class Failing: ByteSource {
        private var left: Int

        init(after count: Int) { left = count }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            if left == 0 { throw SystemError(EIO, "read") }
            let count = min(left, buffer.count, 70_000)
            left -= count
            return count
        }
    }

    @Test("the bytes are the same", arguments: [0, 1, 1 << 20, (1 << 20) + 1, 7_654_321])
    func same(_ count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let bytes = random.bytes(count)
        #expect(try ReadAhead.from(BytesSource(bytes)) { try $0.readAll(limit: 1 << 24) } == bytes)
    }

    @Test("an error comes after the bytes before it, and stays")
    func error() throws {
        var got = 0
        #expect(throws: SystemError(EIO, "read")) {
            try ReadAhead.from(Failing(after: 5_000_000)) { source in
                try source.forEachPiece { got += $0.count }
            }
        }
        #expect(got >= 4 << 20)
    }

    @Test("stopping early leaves the source alone")
    func early() throws {
        final class Counting: ByteSource {
            var reads = 0
            func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
                reads += 1
                return min(buffer.count, 1000)
            }
        }
        let source = Counting()
        _ = try ReadAhead.from(source) { try $0.readSome(10) }
        let reads = source.reads
        usleep(20_000)
        #expect(source.reads == reads)
    }

    @Test("more readers than threads get on")
    func crowd() async throws {
        var random = SeededGenerator(seed: 1)
        let bytes = random.bytes(3_000_000)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await BlockingPool.waiting.run {
                        try ReadAhead.from(BytesSource(bytes)) { try $0.readAll(limit: 1 << 24) } == bytes
                    }
                }
            }
            for try await isSame in group { #expect(isSame) }
        }
    }
}

extension ByteSource {
    /// Reads some bytes and stops.
    fileprivate func readSome(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try bytes.withUnsafeMutableBytes { try fill($0) }
        return Array(bytes[..<got])
    }
}
