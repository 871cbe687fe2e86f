// https://www.rfc-editor.org/rfc/rfc1952
private import CDeflate

/// Decompresses small gzip members, each in one call of libdeflate.
final class WholeMemberDecoder {
    /// A member of the layer writer holds at most 1 MiB.
    private static let outputSize = 1 << 20
    /// What such a member takes at most, when nothing in it can be compressed.
    static let inputSize = outputSize + 1 << 14

    private let decompressor: OpaquePointer
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: outputSize, alignment: 64)
    private var start = 0
    private var end = 0

    /// Nil when there is no memory.
    init?() {
        guard let decompressor = libdeflate_alloc_decompressor() else {
            output.deallocate()
            return nil
        }
        self.decompressor = decompressor
    }

    deinit {
        libdeflate_free_decompressor(decompressor)
        output.deallocate()
    }

    /// Decompresses the member that the bytes start with and says how many of them it took; nil when it is larger than
    /// the output, does not end within the bytes, or is damaged.
    func decode(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var taken = 0
        var made = 0
        guard let address = bytes.baseAddress,
            libdeflate_gzip_decompress_ex(
                decompressor, address, bytes.count, output.baseAddress!, output.count, &taken, &made)
                == LIBDEFLATE_SUCCESS
        else { return nil }
        (start, end) = (0, made)
        return taken
    }

    /// Hands out what was decompressed; 0 when nothing is left.
    func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, end - start)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: output[start..<start + count]))
        start += count
        return count
    }
}
