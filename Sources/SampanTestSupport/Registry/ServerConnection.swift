// https://www.rfc-editor.org/rfc/rfc9112
import Glibc
import Synchronization

/// One connection of a ``LoopbackServer``: reads requests and writes replies, one after the other.
struct ServerConnection {
    let descriptor: Int32
    let shared: LoopbackServer.Shared
    private var buffer: [UInt8] = []

    init(descriptor: Int32, shared: LoopbackServer.Shared) {
        self.descriptor = descriptor
        self.shared = shared
    }

    func serve(_ bodyLimit: LoopbackServer.BodyLimit, _ handler: LoopbackServer.Handler) {
        var connection = self
        while let request = connection.read(bodyLimit) {
            shared.state.withLock { $0.log.append(request) }
            let isOpen = connection.write(handler(request), isHead: request.method == "HEAD")
            guard isOpen, !request.isCut, request.headers["connection"]?.lowercased() != "close" else { return }
        }
    }

    /// The next request; nil at the end of the connection and for what isn't one.
    private mutating func read(_ bodyLimit: LoopbackServer.BodyLimit) -> ServerRequest? {
        let end = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        var searched = 0
        while headEnd == nil {
            headEnd = buffer.indices[searched...].first { buffer[$0...].starts(with: end) }
            if headEnd == nil {
                searched = max(0, buffer.count - end.count)
                guard buffer.count < 64 << 10, receive() else { return nil }
                // A TLS greeting is no request and has no line end to wait for.
                if buffer.first == 0x16 { return nil }
            }
        }
        guard let headEnd else { return nil }
        var headers: [String: String] = [:]
        let lines = String(decoding: buffer[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        buffer.removeFirst(headEnd + end.count)
        var request = ServerRequest(method: String(words[0]), target: String(words[1]), headers: headers, body: [])
        if headers["transfer-encoding"]?.lowercased() == "chunked" {
            guard let body = readChunks() else { return nil }
            request.body = body
            return request
        }
        let whole = headers["content-length"].flatMap { Int($0) } ?? 0
        let length = min(whole, bodyLimit(request) ?? whole)
        while buffer.count < length { guard receive() else { return nil } }
        request.isCut = length < whole
        request.body = Array(buffer[..<length])
        buffer.removeFirst(length)
        return request
    }

    /// A body that comes in chunks, without extensions and trailers; nil when it ends early.
    private mutating func readChunks() -> [UInt8]? {
        var body: [UInt8] = []
        while true {
            var lineEnd = buffer.firstIndex(of: UInt8(ascii: "\n"))
            while lineEnd == nil {
                guard receive() else { return nil }
                lineEnd = buffer.firstIndex(of: UInt8(ascii: "\n"))
            }
            guard let end = lineEnd,
                let size = Int(String(decoding: buffer[..<end].filter { $0 > 0x20 }, as: UTF8.self), radix: 16)
            else { return nil }
            while buffer.count < end + 1 + size + 2 { guard receive() else { return nil } }
            body += buffer[(end + 1)..<(end + 1 + size)]
            buffer.removeFirst(end + 1 + size + 2)
            if size == 0 { return body }
        }
    }

    private mutating func receive() -> Bool {
        let count = withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 8) { space in
            let count = recv(descriptor, space.baseAddress, space.count, 0)
            if count > 0 { buffer.append(contentsOf: space[..<count]) }
            return count
        }
        return count > 0
    }

    /// Writes a reply; false when the connection can't be used any more.
    private func write(_ reply: ServerReply, isHead: Bool) -> Bool {
        switch reply.delivery {
        case .hangUp: return false
        case .garbage:
            _ = send(Array("\u{16}nonsense, not a status line\r\n\r\n".utf8))
            return false
        case .silent:
            waitForEnd()
            return false
        case .deaf:
            var wait = pollfd(fd: descriptor, events: 0, revents: 0)
            _ = poll(&wait, 1, 60_000)
            return false
        case .reset:
            armReset()
            return false
        default: break
        }
        var head = "HTTP/1.1 \(reply.status) Status\r\n"
        for field in reply.headers { head += "\(field.name): \(field.value)\r\n" }
        let hasLength = reply.headers.contains { $0.name.lowercased() == "content-length" }
        switch reply.delivery {
        case .chunked, .endless: head += "Transfer-Encoding: chunked\r\n"
        default: if !hasLength, reply.status != 304 { head += "Content-Length: \(reply.body.count)\r\n" }
        }
        guard send(Array((head + "\r\n").utf8)) else { return false }
        return isHead || reply.status == 304 || writeBody(reply)
    }

    private func writeBody(_ reply: ServerReply) -> Bool {
        switch reply.delivery {
        case .closedAfter(let count):
            _ = send(reply.body[..<min(count, reply.body.count)])
            return false
        case .resetAfter(let count):
            _ = send(reply.body[..<min(count, reply.body.count)])
            // What was sent has to arrive before the reset, which would throw it away.
            waitUntilRead()
            armReset()
            return false
        case .chunked, .endless:
            var start = 0
            while start < reply.body.count {
                let end = min(start + 8192, reply.body.count)
                guard sendChunk(reply.body[start..<end]) else { return false }
                start = end
            }
            if reply.delivery == .chunked { return send(Array("0\r\n\r\n".utf8)) }
            let more = [UInt8](repeating: 0, count: 8192)
            while sendChunk(more[...]) {}
            return false
        case .slow(let bytes, let milliseconds):
            var start = 0
            while start < reply.body.count {
                let end = min(start + max(bytes, 1), reply.body.count)
                guard send(reply.body[start..<end]) else { return false }
                start = end
                usleep(UInt32(milliseconds) * 1000)
            }
            return true
        case .complete, .hangUp, .silent, .deaf, .reset, .garbage: return send(reply.body)
        }
    }

    /// Makes the closing of the connection a reset.
    private func armReset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    private func sendChunk(_ bytes: ArraySlice<UInt8>) -> Bool {
        send(Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + [0x0d, 0x0a])
    }

    private func send(_ bytes: some Collection<UInt8>) -> Bool {
        let array = Array(bytes)
        return array.withUnsafeBytes { all in
            var rest = all[...]
            while !rest.isEmpty {
                let slice = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.send(descriptor, slice.baseAddress, slice.count, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    private func waitForEnd() {
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) > 0 {}
    }

    private func waitUntilRead() {
        for _ in 0..<1000 {
            var unsent: Int32 = 0
            guard ioctl(descriptor, UInt(TIOCOUTQ), &unsent) == 0, unsent > 0 else { break }
            usleep(500)
        }
        usleep(5000)
    }
}
