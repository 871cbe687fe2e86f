internal import Archive

/// Takes the bytes of an archive as they are made, without copying them twice: they are made in its own memory.
protocol TarOutput: AnyObject {
    /// An entry follows whose header and content have so many bytes; `path` decides with its size where to cut.
    func begin(path: [UInt8], bytes: Int64) throws
    /// Memory for the next bytes: at least one.
    func space() throws -> UnsafeMutableRawBufferPointer
    /// So many bytes of the space were filled.
    func commit(_ count: Int)
}

/// Writes the archive as it is.
final class PlainOutput: TarOutput {
    private let sink: any ByteSink
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    private var used = 0

    init(_ sink: any ByteSink) { self.sink = sink }

    deinit { buffer.deallocate() }

    func begin(path: [UInt8], bytes: Int64) {}

    func space() throws -> UnsafeMutableRawBufferPointer {
        if used == buffer.count { try flush() }
        return UnsafeMutableRawBufferPointer(rebasing: buffer[used...])
    }

    func commit(_ count: Int) { used += count }

    func flush() throws {
        if used > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<used])) }
        used = 0
    }
}
