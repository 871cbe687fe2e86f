// https://www.rfc-editor.org/rfc/rfc9112
import Core
import Glibc
import HTTPTransport
import HostOS
import Slimming

/// A request to a program in a sandbox, over a connection that leads there.
struct LoopbackProbe: Sendable {
    let text: String
    let host: String
    let port: UInt16
    let path: String
    /// Whether TLS is spoken. Certificates are not looked at: only what is said through it is compared.
    let isSecure: Bool

    private static let bodyLimit = 32 << 20

    /// - Throws: a usage error for anything but a URL of this machine.
    init(_ text: String) throws {
        func usage(_ hint: String) -> Diagnostic {
            Diagnostic(code: "usage.probe", "--probe '\(text)' is not understood", hint: hint, exitCode: 64)
        }
        isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else {
            throw usage("the form is http://localhost[:PORT]/PATH, or the same with https")
        }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let host = authority.prefix { $0 != ":" }
        guard ["localhost", "127.0.0.1", "0.0.0.0", ""].contains(String(host)) else {
            throw usage("the program is in a network of its own: write http://localhost[:PORT]/PATH")
        }
        let digits = authority.dropFirst(host.count + 1)
        guard let port = digits.isEmpty ? (isSecure ? 443 : 80) : UInt16(digits), port > 0 else {
            throw usage("the port is a number")
        }
        let path = rest.dropFirst(authority.count)
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw usage("blanks are written as %20") }
        self.text = text
        self.host = host.isEmpty ? "localhost" : String(host)
        self.port = port
        self.path = path.isEmpty ? "/" : path.hasPrefix("?") ? "/" + path : String(path)
    }

    /// The answer; nil when what comes is no answer, or nothing comes in time.
    func ask(_ connection: FileDescriptor, timeout: Int) -> RunOutcome.Answer? {
        let request =
            "GET \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nUser-Agent: \(Version.userAgent)\r\nAccept: */*\r\n"
            + "Connection: close\r\n\r\n"
        if isSecure {
            let bytes = SocketExchange.exchange(
                Array(request.utf8), over: connection.raw, host: host, seconds: timeout
            ) { HTTPAnswer($0)?.isWhole == true || $0.count >= Self.bodyLimit }
            return HTTPAnswer(bytes)?.value
        }
        var limit = timeval(tv_sec: max(1, timeout), tv_usec: 0)
        setsockopt(connection.raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard (try? connection.writeQuietly(Array(request.utf8))) != nil else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < Self.bodyLimit {
            let count = buffer.withUnsafeMutableBytes { (try? connection.read(into: $0)) ?? 0 }
            if count <= 0 { break }
            bytes += buffer[..<count]
            if let answer = HTTPAnswer(bytes), answer.isWhole { return answer.value }
        }
        return HTTPAnswer(bytes)?.value
    }
}

/// An HTTP/1 response as far as it has come.
struct HTTPAnswer {
    private(set) var value: RunOutcome.Answer
    private(set) var isWhole = false

    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: [0x0d, 0x0a, 0x0d, 0x0a]) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        var body = Array(bytes[end.upperBound...])
        if headers["transfer-encoding"]?.lowercased() == "chunked" {
            let chunks = Self.unchunked(body)
            body = chunks.body
            isWhole = chunks.isWhole
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            isWhole = body.count >= length
        } else if status == 204 || status == 304 {
            isWhole = true
        }
        value = RunOutcome.Answer(status: status, contentType: headers["content-type"], body: body)
    }

    private static func unchunked(_ bytes: [UInt8]) -> (body: [UInt8], isWhole: Bool) {
        var out: [UInt8] = []
        var at = 0
        while let end = bytes[at...].firstIndex(of: 0x0a) {
            let digits = String(decoding: bytes[at..<end], as: UTF8.self).prefix { $0.isHexDigit }
            guard let size = Int(digits, radix: 16), size < 1 << 30 else { return (out, true) }
            if size == 0 { return (out, true) }
            let start = end + 1
            guard start + size <= bytes.count else { return (out + bytes[start...], false) }
            out += bytes[start..<(start + size)]
            at = min(bytes.count, start + size + 2)
        }
        return (out, false)
    }
}
