import Core
import HTTPTransport
import SampanTestSupport
import Synchronization
import Testing

@Suite("HTTP transport")
struct TransportTests {
    private func get(_ transport: HTTPSession, _ url: String) async throws -> HTTPResponse {
        try await transport.send(HTTPRequest(.get, HTTPURL(parsing: url)))
    }

    @Test("a request carries its headers and body, and the response comes back whole")
    func plain() async throws {
        let body = noise(300_000)
        let server = try LoopbackServer { _ in
            ServerReply(201, headers: [("X-A", "1"), ("x-a", "2")], body: body, delivery: .chunked)
        }
        defer { server.stop() }
        try await withTransport { transport in
            var request = HTTPRequest(.post, try HTTPURL(parsing: server.url + "/p?q=1"), headers: ["X-B": "3"])
            request.body = .bytes(Array("hello".utf8))
            request.authorization = Secret("Bearer t")
            let response = try await transport.send(request)
            #expect(response.status == 201 && response.headers.values("X-A") == ["1", "2"])
            #expect(try await response.body.collect(limit: body.count) == body)
            let seen = try #require(server.requests.first)
            #expect(seen.method == "POST" && seen.target == "/p?q=1" && seen.body == Array("hello".utf8))
            #expect(seen.headers["x-b"] == "3" && seen.headers["authorization"] == "Bearer t")
            #expect(seen.headers["user-agent"] == "sampan")
        }
    }

    @Test("credentials in a URL are sent as Basic")
    func userInfo() async throws {
        let server = try LoopbackServer { _ in ServerReply() }
        defer { server.stop() }
        try await withTransport { transport in
            _ = try await get(transport, "http://Aladdin:open%20sesame@\(server.authority)/")
            #expect(server.requests.first?.headers["authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        }
    }

    @Test("more than the limit is refused")
    func limit() async throws {
        let server = try LoopbackServer { _ in ServerReply(delivery: .endless) }
        defer { server.stop() }
        try await withTransport { transport in
            let response = try await get(transport, server.url)
            await #expect(throws: HTTPTransportError.bodyTooLarge(limit: 1 << 20, host: server.authority)) {
                try await response.body.collect(limit: 1 << 20)
            }
        }
    }

    @Test("transient statuses are tried again until one succeeds", arguments: [408, 429, 500, 502, 503, 504])
    func transient(status: Int) async throws {
        let count = Counter()
        let server = try LoopbackServer { _ in count.next() < 3 ? ServerReply(status) : ServerReply(200, text: "ok") }
        defer { server.stop() }
        let notices = Recorder<Int>()
        var configuration = quickConfiguration()
        configuration.onRetry = { notices.add($0.attempt) }
        try await withTransport(configuration) { transport in
            let response = try await get(transport, server.url)
            #expect(response.status == 200)
        }
        #expect(server.requests.count == 3 && notices.values == [2, 3])
    }

    @Test("when the tries are used up the status is the answer")
    func exhausted() async throws {
        let server = try LoopbackServer { _ in ServerReply(503) }
        defer { server.stop() }
        try await withTransport { transport in
            let response = try await get(transport, server.url)
            #expect(response.status == 503)
        }
        #expect(server.requests.count == 6)
    }

    @Test(
        "other statuses and unrepeatable requests are not tried again",
        arguments: [(404, true), (500, false), (501, true)])
    func once(status: Int, isRepeatable: Bool) async throws {
        let server = try LoopbackServer { _ in ServerReply(status) }
        defer { server.stop() }
        try await withTransport { transport in
            var request = HTTPRequest(.get, try HTTPURL(parsing: server.url))
            request.isRepeatable = isRepeatable
            #expect(try await transport.send(request).status == status)
        }
        #expect(server.requests.count == 1)
    }

    @Test("Retry-After is waited for when it is short, and not when it is long")
    func retryAfter() async throws {
        let count = Counter()
        let server = try LoopbackServer { _ in
            count.next() == 1
                ? ServerReply(429, headers: [("Retry-After", "1")]) : ServerReply(429, headers: [("Retry-After", "3")])
        }
        defer { server.stop() }
        let pauses = Recorder<Duration>()
        var configuration = quickConfiguration()
        configuration.onRetry = { pauses.add($0.pause) }
        try await withTransport(configuration) { transport in
            let response = try await get(transport, server.url)
            #expect(response.status == 429 && response.headers["Retry-After"] == "3")
        }
        #expect(server.requests.count == 2 && pauses.values == [.seconds(1)])
    }

    @Test("a connection that is dropped is made again", arguments: [ServerReply.Delivery.hangUp])
    func dropped(delivery: ServerReply.Delivery) async throws {
        let count = Counter()
        let server = try LoopbackServer { _ in
            count.next() < 3 ? ServerReply(delivery: delivery) : ServerReply(200, text: "ok")
        }
        defer { server.stop() }
        try await withTransport { transport in
            let response = try await get(transport, server.url)
            #expect(response.status == 200)
        }
        #expect(server.requests.count == 3)
    }

    @Test("each failure of a connection has its own error")
    func failures() async throws {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/hangup": ServerReply(delivery: .hangUp)
            case "/garbage": ServerReply(delivery: .garbage)
            case "/short": ServerReply(body: noise(5000), delivery: .closedAfter(100))
            default: ServerReply(body: noise(5000), delivery: .resetAfter(100))
            }
        }
        let host = server.authority
        var configuration = quickConfiguration()
        configuration.retry = .never
        try await withTransport(configuration) { transport in
            for (path, failure) in [("hangup", HTTPTransportError.Failure.closed), ("garbage", .notHTTP)] {
                await #expect(throws: HTTPTransportError.connection(failure, host: host)) {
                    try await get(transport, "\(server.url)/\(path)")
                }
            }
            for (path, failure) in [("short", HTTPTransportError.Failure.closed), ("reset", .reset)] {
                let response = try await get(transport, "\(server.url)/\(path)")
                #expect(response.status == 200)
                await #expect(throws: HTTPTransportError.connection(failure, host: host)) {
                    try await response.body.collect(limit: 5000)
                }
            }
            await #expect(throws: HTTPTransportError.connection(.tlsHandshake, host: host)) {
                try await get(transport, "https://\(host)/")
            }
            server.stop()
            await #expect(throws: HTTPTransportError.connection(.refused, host: host)) {
                try await get(transport, server.url)
            }
            await #expect(throws: HTTPTransportError.connection(.unknownHost, host: "name.invalid")) {
                try await get(transport, "http://name.invalid/")
            }
        }
    }

    @Test("a server that falls silent is given up after the idle time")
    func silent() async throws {
        let server = try LoopbackServer { _ in ServerReply(delivery: .silent) }
        defer { server.stop() }
        var configuration = quickConfiguration(idle: .milliseconds(100))
        configuration.retry = .never
        try await withTransport(configuration) { transport in
            await #expect(throws: HTTPTransportError.connection(.readTimeout, host: server.authority)) {
                try await get(transport, server.url)
            }
        }
    }

    @Test("a refused connection is tried three times")
    func refused() async throws {
        let server = try LoopbackServer { _ in ServerReply() }
        server.stop()
        let notices = Recorder<Int>()
        var configuration = quickConfiguration()
        configuration.onRetry = { notices.add($0.attempt) }
        try await withTransport(configuration) { transport in
            await #expect(throws: HTTPTransportError.connection(.refused, host: server.authority)) {
                try await get(transport, server.url)
            }
        }
        #expect(notices.values == [2, 3])
    }

    @Test("a server that drips is given up")
    func drip() async throws {
        let server = try LoopbackServer { _ in
            // Long enough that a reader who was held up, and finds much at once, still sees the pace after it.
            ServerReply(body: noise(100_000), delivery: .slow(bytes: 10, milliseconds: 10))
        }
        defer { server.stop() }
        var configuration = quickConfiguration()
        configuration.slowest = .init(bytes: 2000, window: .milliseconds(200))
        try await withTransport(configuration) { transport in
            let response = try await get(transport, server.url)
            await #expect(throws: HTTPTransportError.connection(.tooSlow, host: server.authority)) {
                try await response.body.collect(limit: 100_000)
            }
        }
    }

    @Test("Authorization follows a redirect on the same server but never to another one")
    func redirects() async throws {
        let other = try LoopbackServer { _ in ServerReply(200, text: "there") }
        defer { other.stop() }
        let target = other.url
        let server = try LoopbackServer { request in
            switch request.path {
            case "/away": ServerReply(302, headers: [("Location", target + "/x")])
            case "/back": ServerReply(307, headers: [("Location", "/end")])
            default: ServerReply(200, text: "here")
            }
        }
        defer { server.stop() }
        try await withTransport { transport in
            for path in ["away", "back"] {
                var request = HTTPRequest(
                    .get, try HTTPURL(parsing: "\(server.url)/\(path)"), headers: ["Range": "bytes=0-"])
                request.authorization = Secret("Bearer geheim")
                let response = try await transport.send(request)
                #expect(response.url.description == (path == "away" ? target + "/x" : server.url + "/end"))
            }
        }
        #expect(other.requests.count == 1 && other.requests[0].headers["authorization"] == nil)
        #expect(other.requests[0].headers["range"] == "bytes=0-")
        #expect(
            server.requests.map { $0.headers["authorization"] } == ["Bearer geheim", "Bearer geheim", "Bearer geheim"])
    }

    @Test("endless redirects and bad targets are errors; POST is not redirected")
    func badRedirects() async throws {
        let server = try LoopbackServer { request in
            ServerReply(301, headers: [("Location", request.path == "/bad" ? "ftp://x/" : "/again?geheim")])
        }
        defer { server.stop() }
        try await withTransport { transport in
            await #expect(throws: HTTPTransportError.tooManyRedirects(url: server.url + "/again")) {
                try await get(transport, server.url + "/again")
            }
            #expect(server.requests.count == 11)
            await #expect(throws: HTTPTransportError.unsupportedScheme("ftp")) {
                try await get(transport, server.url + "/bad")
            }
            let response = try await transport.send(HTTPRequest(.post, HTTPURL(parsing: server.url)))
            #expect(response.status == 301)
        }
    }

    @Test(
        "cancelling ends a request that waits, a body that waits, and a pause, at once",
        arguments: ["silent", "body", "pause"])
    func cancelling(what: String) async throws {
        let server = try LoopbackServer { _ in
            switch what {
            case "silent": ServerReply(delivery: .silent)
            case "body": ServerReply(body: noise(1000), delivery: .slow(bytes: 1, milliseconds: 60))
            default: ServerReply(503, headers: [("Retry-After", "50")])
            }
        }
        defer { server.stop() }
        var configuration = quickConfiguration()
        configuration.idleTimeout = .seconds(50)
        configuration.retry.longestRetryAfter = .seconds(100)
        try await withTransport(configuration) { transport in
            let url = try HTTPURL(parsing: server.url)
            let task = Task {
                let response = try await transport.send(HTTPRequest(.get, url))
                return try await response.body.collect(limit: 1000)
            }
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            let clock = ContinuousClock()
            let start = clock.now
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(clock.now - start < .seconds(5))
        }
    }

    @Test("after shutting down nothing is sent")
    func shutDown() async throws {
        let transport = try HTTPSession()
        await transport.shutdown()
        await transport.shutdown()
        await #expect(throws: HTTPTransportError.shutDown) { try await get(transport, "http://127.0.0.1:1/") }
    }

    @Test("every error explains itself without a URL's query")
    func diagnostics() {
        let failures: [HTTPTransportError.Failure] = [
            .unknownHost, .refused, .unreachable, .connectTimeout, .readTimeout, .closed, .reset, .tooSlow, .notHTTP,
            .certificateUntrusted, .certificateForOtherName, .tlsHandshake, .proxyRefused, .proxyAuthentication,
            .other(errno: 5),
        ]
        var codes: Set<String> = []
        for failure in failures {
            let diagnostic = HTTPTransportError.connection(failure, host: "h:1").diagnostic
            codes.insert(diagnostic.code)
            #expect(diagnostic.message.contains("h:1") || diagnostic.message.contains("proxy"))
        }
        #expect(codes.count == failures.count)
    }
}

/// Counts calls from any thread.
final class Counter: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
