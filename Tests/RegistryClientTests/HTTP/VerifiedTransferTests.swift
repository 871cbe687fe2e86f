import Core
import HTTPTransport
import SampanTestSupport
import Testing

@Suite("Files of known digest")
struct VerifiedTransferTests {
    private static let content = noise(100_000)
    /// Far more requests than any of these transfers may take.
    private static let limit = 50

    private struct Endless: Error {}

    /// Fetches ``content`` from a server until it is there, an error ends it or it has asked too often.
    private func fetch(
        holding start: [UInt8] = [], _ handler: @escaping LoopbackServer.Handler
    ) async throws -> (bytes: [UInt8], requests: Int) {
        let server = try LoopbackServer(handler)
        defer { server.stop() }
        var sink = MemorySink()
        start.withUnsafeBytes { sink.write($0) }
        var transfer = VerifiedTransfer(
            digest: SHA256.digest(of: Self.content), size: Self.content.count, into: sink)
        try await withTransport { transport in
            let url = try HTTPURL(parsing: server.url)
            let settings = transport.configuration
            try await transfer.fetch(
                into: &sink, policy: settings.retry, slowest: settings.slowest, progress: { _ in }
            ) { headers in
                guard server.requests.count < Self.limit else { throw Endless() }
                return try await transport.send(HTTPRequest(.get, url, headers: headers))
            }
        }
        return (sink.bytes, server.requests.count)
    }

    /// The place from which a request wants the rest; nil when it wants the whole.
    private static func start(_ request: ServerRequest) -> Int? {
        request.headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
    }

    /// The rest of a file from a place on.
    private static func rest(
        of bytes: [UInt8], from start: Int?, _ delivery: ServerReply.Delivery = .complete
    ) -> ServerReply {
        guard let start else { return ServerReply(body: bytes, delivery: delivery) }
        let range = "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"
        return ServerReply(
            206, headers: [("Content-Range", range)], body: Array(bytes[start...]), delivery: delivery)
    }

    @Test("wrong bytes over connections that break are refused, as over one that holds")
    func wrongAndBroken() async throws {
        let wrong = [Self.content[0] ^ 1] + Self.content.dropFirst()
        let breaking: LoopbackServer.Handler = { request in
            let start = Self.start(request)
            return Self.rest(of: wrong, from: start, start == nil ? .closedAfter(60_000) : .complete)
        }
        await #expect(throws: TransferError.digest(actual: SHA256.digest(of: wrong))) { try await fetch(breaking) }
    }

    @Test("a server that breaks off and has no range is given up")
    func neverARange() async throws {
        let refusing: LoopbackServer.Handler = { request in
            Self.start(request) == nil
                ? ServerReply(body: Self.content, delivery: .closedAfter(60_000)) : ServerReply(416)
        }
        await #expect(throws: TransferError.self) { try await fetch(refusing) }
    }

    @Test("what an earlier run left is thrown away once, when it is wrong or the server has no such range")
    func leftovers() async throws {
        let stale = noise(70_000, seed: 9)
        let mended = try await fetch(holding: stale) { Self.rest(of: Self.content, from: Self.start($0)) }
        #expect(mended.bytes == Self.content && mended.requests == 2)
        let whole = try await fetch(holding: stale) { request in
            Self.start(request) == nil ? ServerReply(body: Self.content) : ServerReply(416)
        }
        #expect(whole.bytes == Self.content && whole.requests == 2)
    }
}
