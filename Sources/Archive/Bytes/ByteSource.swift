package import Core
package import HostOS

/// Bytes that come one buffer at a time. Not safe to share between threads.
package protocol ByteSource: AnyObject {
    /// Fills the start of the buffer and says how many bytes; 0 at the end, and again 0 when asked again.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int

    /// Passes over up to so many bytes without reading them and says how many; 0 when they have to be read.
    func skip(_ count: Int64) throws -> Int64
}

extension ByteSource {
    package func skip(_ count: Int64) throws -> Int64 { 0 }

    /// Reads on until the buffer is full or the end is reached; says how many bytes there are.
    package func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var done = 0
        while done < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Calls with every piece until the end. The pieces are valid during the call alone.
    package func forEachPiece(
        size: Int = 1 << 18, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try read(into: buffer)
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// All that is left, as one array.
    /// - Throws: ``ArchiveError/tooLong(_:limit:)`` past the limit.
    package func readAll(limit: Int, what: String = "a file") throws -> [UInt8] {
        var out: [UInt8] = []
        try forEachPiece(size: 1 << 16) { piece in
            guard piece.count <= limit - out.count else { throw ArchiveError.tooLong(what, limit: Int64(limit)) }
            out.append(contentsOf: piece)
        }
        return out
    }

    /// Writes all that is left to a sink.
    package func copy(to sink: any ByteSink) throws {
        try forEachPiece { try sink.write($0) }
    }
}

/// Reads a descriptor from its current position.
package final class DescriptorSource: ByteSource {
    private let file: FileDescriptor

    package init(_ file: FileDescriptor) { self.file = file }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try file.read(into: buffer) }
}

/// Reads bytes in memory.
package final class BytesSource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }
}

/// Reads a part of a file by offset, so that several readers may share one descriptor.
package final class SpanSource: ByteSource {
    private let file: FileDescriptor
    private var offset: Int64
    private var remaining: Int64
    private let what: String

    /// - Parameter what: names the file in the error when it ends before the span does.
    package init(_ file: FileDescriptor, offset: Int64, length: Int64, what: String = "span") {
        self.file = file
        self.offset = offset
        remaining = max(0, length)
        self.what = what
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = Int(min(Int64(buffer.count), remaining))
        if wanted == 0 { return 0 }
        let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: offset)
        guard count == wanted else { throw ArchiveError.truncated(what) }
        offset += Int64(count)
        remaining -= Int64(count)
        return count
    }

    package func skip(_ count: Int64) -> Int64 {
        let passed = min(max(0, count), remaining)
        offset += passed
        remaining -= passed
        return passed
    }
}

/// Refuses to give more than a number of bytes.
package final class LimitedSource: ByteSource {
    private let source: any ByteSource
    private let limit: Int64
    private let what: String
    private var count: Int64 = 0

    /// - Parameter what: names the stream in the error.
    package init(_ source: any ByteSource, limit: Int64, what: String) {
        self.source = source
        self.limit = limit
        self.what = what
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let got = try source.read(into: buffer)
        guard Int64(got) <= limit - count else { throw ArchiveError.tooLong(what, limit: limit) }
        count += Int64(got)
        return got
    }
}

/// Hashes what is read through it.
package final class HashingSource: ByteSource {
    private let source: any ByteSource
    private var hash = SHA256()

    package init(_ source: any ByteSource) { self.source = source }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    /// Of what was read so far.
    package var digest: Digest { hash.finalize() }
    /// Bytes read so far.
    package var count: Int64 { Int64(hash.count) }

    /// Reads to the end, so that the digest is that of the whole.
    package func drain() throws { try forEachPiece { _ in } }
}

/// Passes bytes on and shows them to an observer, which may write or count them.
package final class TeeSource: ByteSource {
    private let source: any ByteSource
    private let observer: (UnsafeRawBufferPointer) throws -> Void

    package init(_ source: any ByteSource, observer: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.source = source
        self.observer = observer
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        if count > 0 { try observer(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        return count
    }
}

/// Gives back some bytes first that were taken from a source to look at.
final class PrefixedSource: ByteSource {
    private let prefix: [UInt8]
    private var position = 0
    private let source: any ByteSource

    init(_ prefix: [UInt8], then source: any ByteSource) {
        self.prefix = prefix
        self.source = source
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, prefix.count - position)
        if count == 0 { return try source.read(into: buffer) }
        prefix.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
    }
}
