import CZlib
import Core

/// Writes zip archives.
struct ZipFile {
    enum Method {
        case stored, deflated
    }

    private var body: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    init(_ entries: [(String, [UInt8])] = [], method: Method = .deflated) {
        for (name, content) in entries { add(name, content, method: method) }
    }

    mutating func add(_ name: String, _ text: String) { add(name, Array(text.utf8)) }

    /// - Parameter size: what the directory says, when that is a lie.
    mutating func add(_ name: String, _ content: [UInt8], method: Method = .deflated, size: UInt32? = nil) {
        let packed = method == .stored ? content : Self.deflate(content)
        let offset = body.count
        var common: [UInt8] = []
        common.put(UInt16(20))
        common.put(UInt16(0))
        common.put(UInt16(method == .stored ? 0 : 8))
        common.put(UInt32(0))
        common.put(UInt32(0))
        common.put(UInt32(packed.count))
        common.put(size ?? UInt32(content.count))
        common.put(UInt16(name.utf8.count))
        common.put(UInt16(0))
        body += [0x50, 0x4b, 3, 4] + common + Array(name.utf8) + packed
        directory += [0x50, 0x4b, 1, 2, 20, 0] + common
        directory += [UInt8](repeating: 0, count: 10)
        directory.put(UInt32(offset))
        directory += Array(name.utf8)
        count &+= 1
    }

    /// Once more an entry of the directory with the place of the first.
    mutating func repeatFirst(as name: String, size: UInt32) {
        directory += [0x50, 0x4b, 1, 2, 20, 0] + Array(body[4..<18])
        directory += Array(body[18..<22])
        directory.put(size)
        directory.put(UInt16(name.utf8.count))
        directory += [UInt8](repeating: 0, count: 12)
        directory.put(UInt32(0))
        directory += Array(name.utf8)
        count &+= 1
    }

    func bytes(comment: String = "") -> [UInt8] {
        var out = body + directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0]
        out.put(count)
        out.put(count)
        out.put(UInt32(directory.count))
        out.put(UInt32(body.count))
        out.put(UInt16(comment.utf8.count))
        return out + Array(comment.utf8)
    }

    private static func deflate(_ content: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var content = content
        let bound = Int(deflateBound(&stream, UInt(content.count)))
        return content.withUnsafeMutableBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: bound) { output, filled in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(bound)
                _ = CZlib.deflate(&stream, Z_FINISH)
                filled = bound - Int(stream.avail_out)
            }
        }
    }
}
