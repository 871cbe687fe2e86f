/// Input that a decompressor takes as it needs it.
final class InputBuffer {
    private let source: any ByteSource
    private let buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var ended = false

    /// - Parameter capacity: bytes that are held at most.
    init(_ source: any ByteSource, capacity: Int = 1 << 17) {
        self.source = source
        buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    }

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

    /// Everything up to the capacity, or up to the end of the source if that comes first.
    func filled() throws -> UnsafeRawBufferPointer {
        if !ended, start > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            (start, end) = (0, end - start)
        }
        while !ended, end < buffer.count {
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
            ended = count == 0
            end += count
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
