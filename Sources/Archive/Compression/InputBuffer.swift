/// Input that a decompressor takes as it needs it.
final class InputBuffer {
    private let source: any ByteSource
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 64)
    private var start = 0
    private var end = 0
    private(set) var ended = false

    init(_ source: any ByteSource) { self.source = source }

    deinit { buffer.deallocate() }

    /// What has been read and not been consumed yet; empty only at the end of the source.
    func available() throws -> UnsafeRawBufferPointer {
        if start == end, !ended {
            start = 0
            end = try source.read(into: buffer)
            ended = end == 0
        }
        return UnsafeRawBufferPointer(rebasing: buffer[start..<end])
    }

    func consume(_ count: Int) { start += count }

    /// Whether nothing but zeros is left, which it reads.
    func restIsZeros() throws -> Bool {
        while true {
            let bytes = try available()
            if bytes.isEmpty { return true }
            guard bytes.allSatisfy({ $0 == 0 }) else { return false }
            consume(bytes.count)
        }
    }
}
