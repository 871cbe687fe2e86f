// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol

/// Cuts a stream of bytes into messages: header lines, an empty line, as many bytes as `Content-Length` says.
package struct FrameReader: Sendable {
    /// Why a stream can't be read any further: where the next message begins is unknown.
    package enum FrameError: Error, Equatable {
        /// A header that is no `name: value`, a length that is no number, or none.
        case header
        /// Header or message are longer than anybody writes.
        case size
    }

    /// Bytes of one message.
    static let messageLimit = 64 << 20
    /// Bytes of all headers of a message.
    static let headerLimit = 4096

    private var buffer: [UInt8] = []
    private var start = 0
    /// The length of the message whose header was read.
    private var expected: Int?

    package init() {}

    package mutating func feed(_ bytes: [UInt8]) {
        if start == buffer.count {
            buffer = bytes
            start = 0
            return
        }
        if start > 1 << 16, start > buffer.count / 2 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message; nil until more bytes are there.
    package mutating func next() throws(FrameError) -> [UInt8]? {
        if expected == nil { expected = try header() }
        guard let count = expected, buffer.count - start >= count else { return nil }
        defer {
            start += count
            expected = nil
        }
        return Array(buffer[start..<start + count])
    }

    /// Reads the headers; nil until they are complete.
    private mutating func header() throws(FrameError) -> Int? {
        let end = min(buffer.count, start + Self.headerLimit)
        var index = start
        var line = start
        var length: Int?
        while index + 1 < end {
            guard buffer[index] == 0x0d, buffer[index + 1] == 0x0a else {
                index += 1
                continue
            }
            if index == line {
                guard let length else { throw .header }
                start = index + 2
                return length
            }
            if let value = try Self.length(buffer[line..<index]) { length = value }
            index += 2
            line = index
        }
        if buffer.count - start >= Self.headerLimit { throw .size }
        return nil
    }

    /// The value of a `Content-Length` line; nil for another header.
    private static func length(_ line: ArraySlice<UInt8>) throws(FrameError) -> Int? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .header }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        guard name.lowercased() == "content-length" else { return nil }
        let digits = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        let text = String(decoding: digits, as: UTF8.self)
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .header }
        guard let value = Int(text), value <= messageLimit else { throw .size }
        return value
    }
}

/// Puts the header before a message.
package enum Frame {
    package static func bytes(_ text: String) -> [UInt8] {
        let body = Array(text.utf8)
        return Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }
}
