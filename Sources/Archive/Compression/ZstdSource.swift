// https://www.rfc-editor.org/rfc/rfc8878
private import CZstd

/// Decompresses zstd data of any number of frames; zeros may follow the last.
final class ZstdSource: ByteSource {
    /// 128 MiB, what the zstd program allows without being told otherwise.
    private static let windowLog: Int32 = 27

    private let input: InputBuffer
    private let stream: OpaquePointer
    private var betweenFrames = true
    private var frames = 0
    private var ended = false
    /// Whether the decoder may hold output that did not fit the last buffer.
    private var mayHoldOutput = false

    init(_ source: any ByteSource) throws {
        input = InputBuffer(source)
        guard let stream = ZSTD_createDStream() else { throw ArchiveError.tooMuchMemory(.zstd) }
        self.stream = stream
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLog)
    }

    deinit { ZSTD_freeDStream(stream) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while !ended {
            let bytes = try input.available()
            if betweenFrames {
                if frames > 0, bytes.first ?? 0 == 0 {
                    guard try input.restIsZeros() else { throw ArchiveError.trailingGarbage(.zstd) }
                    ended = true
                    break
                }
                frames += 1
                betweenFrames = false
            }
            guard !bytes.isEmpty || mayHoldOutput else { throw ArchiveError.truncated("zstd") }
            var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
            let status = ZSTD_decompressStream(stream, &target, &source)
            if ZSTD_isError(status) != 0 { throw failure(status) }
            input.consume(source.pos)
            betweenFrames = status == 0
            mayHoldOutput = target.pos == target.size && !betweenFrames
            if target.pos > 0 { return target.pos }
        }
        return 0
    }

    private func failure(_ status: Int) -> ArchiveError {
        switch ZSTD_getErrorCode(status) {
        case ZSTD_error_memory_allocation, ZSTD_error_frameParameter_windowTooLarge: .tooMuchMemory(.zstd)
        case ZSTD_error_prefix_unknown where frames > 1: .trailingGarbage(.zstd)
        default: .corrupt(.zstd)
        }
    }
}
