// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
internal import CZlib

/// The files of a zip archive in memory, as its directory at the end lists them.
struct ZipDirectory {
    struct Entry: Hashable {
        var name: String
        fileprivate var method: UInt16
        fileprivate var compressedSize: Int
        /// Once unpacked, as the directory says.
        fileprivate(set) var size: Int
        /// Of its own header, from the start of the archive.
        fileprivate var offset: Int
    }

    private static let entryLimit = 200_000

    private let bytes: ArraySlice<UInt8>
    let entries: [Entry]
    /// How far offsets are off: a program may stand before the archive.
    private let shift: Int

    /// Reads the directory; nil when the bytes are no zip archive.
    init?(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        guard let end = Self.end(bytes), let size = bytes.littleEndian(at: end + 12).map(Int.init),
            let offset = bytes.littleEndian(at: end + 16).map(Int.init), size <= end, offset <= end - size
        else { return nil }
        var position = end - size
        shift = position - offset
        var entries: [Entry] = []
        while entries.count < Self.entryLimit, bytes.littleEndian(at: position) == 0x0201_4b50,
            let method = bytes.littleEndian16(at: position + 10),
            let compressed = bytes.littleEndian(at: position + 20), let size = bytes.littleEndian(at: position + 24),
            let nameLength = bytes.littleEndian16(at: position + 28).map(Int.init),
            let extraLength = bytes.littleEndian16(at: position + 30).map(Int.init),
            let commentLength = bytes.littleEndian16(at: position + 32).map(Int.init),
            let offset = bytes.littleEndian(at: position + 42), position + 46 + nameLength <= end
        {
            let start = bytes.startIndex + position + 46
            entries.append(
                Entry(
                    name: bytes[start..<start + nameLength].text, method: method, compressedSize: Int(compressed),
                    size: Int(size), offset: Int(offset)))
            position += 46 + nameLength + extraLength + commentLength
        }
        self.entries = entries
    }

    /// Where the end record lies: a comment of up to 64 KiB may follow it.
    private static func end(_ bytes: ArraySlice<UInt8>) -> Int? {
        var position = bytes.count - 22
        let last = max(0, position - 65535)
        while position >= last {
            if bytes[bytes.startIndex + position] == 0x50, bytes.littleEndian(at: position) == 0x0605_4b50 {
                return position
            }
            position -= 1
        }
        return nil
    }

    /// The content of an entry; nil when it is damaged or has another compression.
    func content(_ entry: Entry) -> ArraySlice<UInt8>? {
        let header = entry.offset + shift
        guard header >= 0, bytes.littleEndian(at: header) == 0x0403_4b50,
            let nameLength = bytes.littleEndian16(at: header + 26).map(Int.init),
            let extraLength = bytes.littleEndian16(at: header + 28).map(Int.init)
        else { return nil }
        let start = header + 30 + nameLength + extraLength
        guard start <= bytes.count, entry.compressedSize <= bytes.count - start else { return nil }
        let compressed = bytes[(bytes.startIndex + start)..<(bytes.startIndex + start + entry.compressedSize)]
        switch entry.method {
        case 0: return compressed.count == entry.size ? compressed : nil
        case 8: return inflate(compressed, size: entry.size).map { $0[...] }
        default: return nil
        }
    }

    private func inflate(_ compressed: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
        // Deflate makes at most 1032 bytes of one.
        guard size / 1040 <= compressed.count, compressed.count <= Int(UInt32.max), size <= Int(UInt32.max) else {
            return nil
        }
        if size == 0 { return [] }
        var stream = z_stream()
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return nil
        }
        defer { inflateEnd(&stream) }
        var isWhole = false
        let content = compressed.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: size) { output, filled in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(size)
                isWhole = CZlib.inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0
                filled = size - Int(stream.avail_out)
            }
        }
        return isWhole ? content : nil
    }
}
