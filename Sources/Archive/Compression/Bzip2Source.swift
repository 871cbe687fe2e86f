// https://sourceware.org/bzip2/manual/manual.html
private import CBzip2

/// Decompresses bzip2 data of any number of streams; zeros may follow the last.
final class Bzip2Source: ByteSource {
    private let input: InputBuffer
    private let stream = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
    private var active = false
    private var streams = 0
    private var ended = false

    init(_ source: any ByteSource) {
        input = InputBuffer(source)
        stream.initialize(to: bz_stream())
    }

    deinit {
        if active { BZ2_bzDecompressEnd(stream) }
        stream.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while !ended {
            let bytes = try input.available()
            if !active, try startStream(bytes) == false { break }
            guard !bytes.isEmpty else { throw ArchiveError.truncated("bzip2") }
            let room = min(buffer.count, Int(UInt32.max))
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
            stream.pointee.avail_in = UInt32(bytes.count)
            stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
            stream.pointee.avail_out = UInt32(room)
            let status = BZ2_bzDecompress(stream)
            input.consume(bytes.count - Int(stream.pointee.avail_in))
            let count = room - Int(stream.pointee.avail_out)
            switch status {
            case BZ_OK: break
            case BZ_STREAM_END:
                BZ2_bzDecompressEnd(stream)
                active = false
            case BZ_MEM_ERROR: throw ArchiveError.tooMuchMemory(.bzip2)
            default: throw ArchiveError.corrupt(.bzip2)
            }
            if count > 0 { return count }
        }
        return 0
    }

    /// Prepares for the next stream; false at the end of the data.
    private func startStream(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        if streams > 0 {
            if bytes.first ?? 0 == 0 {
                guard try input.restIsZeros() else { throw ArchiveError.trailingGarbage(.bzip2) }
                ended = true
                return false
            }
            guard bytes[0] == UInt8(ascii: "B") else { throw ArchiveError.trailingGarbage(.bzip2) }
        }
        stream.pointee = bz_stream()
        guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else { throw ArchiveError.tooMuchMemory(.bzip2) }
        streams += 1
        active = true
        return true
    }
}
