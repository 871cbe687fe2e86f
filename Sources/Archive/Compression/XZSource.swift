// https://tukaani.org/xz/xz-file-format.txt
private import CLZMA

/// Decompresses xz data of any number of streams, with the padding that the format allows between and after them.
final class XZSource: ByteSource {
    /// Enough for every preset of xz (the largest, -9, takes 65 MiB to decompress).
    private static let memoryLimit: UInt64 = 160 << 20
    /// LZMA_CONCATENATED, a macro that Swift does not see.
    private static let concatenated: UInt32 = 0x08

    private let input: InputBuffer
    private let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
    private var ended = false

    init(_ source: any ByteSource) throws {
        input = InputBuffer(source)
        stream.initialize(to: lzma_stream())
        guard lzma_stream_decoder(stream, Self.memoryLimit, Self.concatenated) == LZMA_OK else {
            stream.deallocate()
            throw ArchiveError.tooMuchMemory(.xz)
        }
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while !ended {
            let bytes = try input.available()
            stream.pointee.next_in = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_in = bytes.count
            stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = buffer.count
            let status = lzma_code(stream, bytes.isEmpty ? LZMA_FINISH : LZMA_RUN)
            input.consume(bytes.count - stream.pointee.avail_in)
            switch status {
            case LZMA_OK: break
            case LZMA_STREAM_END: ended = true
            case LZMA_BUF_ERROR: throw ArchiveError.truncated("xz")
            case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR: throw ArchiveError.tooMuchMemory(.xz)
            default: throw ArchiveError.corrupt(.xz)
            }
            let count = buffer.count - stream.pointee.avail_out
            if count > 0 { return count }
        }
        return 0
    }
}
