// https://www.rfc-editor.org/rfc/rfc1952
private import CZlib

/// Decompresses gzip data of any number of members; zeros may follow the last.
///
/// Members as the layer writer makes them are small enough to be decompressed in one go, which takes half the time. At
/// the first that is not, the rest of the stream is decompressed piece by piece.
final class GzipSource: ByteSource {
    private let input: InputBuffer
    // zlib's state points back at this record, so it must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var whole: WholeMemberDecoder?
    private var betweenMembers = true
    private var members = 0
    private var ended = false

    init(_ source: any ByteSource) throws {
        input = InputBuffer(source, capacity: WholeMemberDecoder.inputSize)
        stream.initialize(to: z_stream())
        // 16 above the window's size asks for the gzip format.
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw ArchiveError.tooMuchMemory(.gzip)
        }
        whole = WholeMemberDecoder()
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while !ended {
            if let whole {
                let count = whole.take(into: buffer)
                if count > 0 { return count }
            }
            let bytes = try betweenMembers && whole != nil ? input.filled() : input.available()
            if betweenMembers {
                guard try startMember(bytes) else { break }
                if let whole {
                    if let taken = whole.decode(bytes) {
                        input.consume(taken)
                        betweenMembers = true
                        continue
                    }
                    // Too large, or damaged, which the other way finds out for sure.
                    self.whole = nil
                }
            }
            let count = try inflateMore(bytes, into: buffer)
            if count > 0 { return count }
        }
        return 0
    }

    private func inflateMore(
        _ bytes: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        guard !bytes.isEmpty else { throw ArchiveError.truncated("gzip") }
        let room = min(buffer.count, Int(UInt32.max))
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress!.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(bytes.count)
        stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        let status = inflate(stream, Z_NO_FLUSH)
        input.consume(bytes.count - Int(stream.pointee.avail_in))
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: betweenMembers = true
        case Z_MEM_ERROR: throw ArchiveError.tooMuchMemory(.gzip)
        default: throw ArchiveError.corrupt(.gzip)
        }
        return room - Int(stream.pointee.avail_out)
    }

    /// Prepares for the next member; false at the end of the data.
    private func startMember(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        if members > 0 {
            if bytes.first ?? 0 == 0 {
                guard try input.restIsZeros() else { throw ArchiveError.trailingGarbage(.gzip) }
                ended = true
                return false
            }
            guard bytes[0] == 0x1f else { throw ArchiveError.trailingGarbage(.gzip) }
            inflateReset(stream)
        }
        members += 1
        betweenMembers = false
        return true
    }
}
