/// The bytes of a program, read wherever they are wanted.
package protocol BinaryBytes: Sendable {
    /// Bytes.
    var size: Int64 { get }

    /// Fills a buffer from an offset on.
    /// - Returns: how many bytes there are, fewer than the buffer takes at the end alone.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension BinaryBytes {
    /// A part of the bytes; shorter where they end.
    package func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
        guard offset >= 0, offset < size, count > 0 else { return [] }
        let wanted = Int(min(Int64(count), size - offset))
        return try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            filled = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

/// Bytes in memory.
package struct MemoryBytes: BinaryBytes {
    private let content: [UInt8]

    package init(_ content: [UInt8]) { self.content = content }

    package var size: Int64 { Int64(content.count) }

    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard offset >= 0, offset < size else { return 0 }
        let count = min(buffer.count, content.count - Int(offset))
        content.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<Int(offset) + count]))
        }
        return count
    }
}
