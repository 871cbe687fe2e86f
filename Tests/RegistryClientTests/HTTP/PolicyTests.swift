import HTTPTransport
import SampanTestSupport
import Testing

@Suite("Transport policies")
struct PolicyTests {
    @Test(
        "pauses double up to the ceiling, and half of each is chance",
        arguments: [(1, 0.0, 125), (1, 1.0, 250), (2, 1.0, 500), (3, 0.5, 750), (5, 1.0, 4000), (60, 1.0, 10_000)])
    func backoff(attempt: Int, jitter: Double, milliseconds: Int) {
        let pause = RetryPolicy().pause(afterAttempt: attempt, limit: 100, retryAfter: nil, jitter: jitter)
        #expect(pause == .milliseconds(milliseconds))
    }

    @Test("the last try has no pause after it, and a long wait is not waited for")
    func limits() {
        let policy = RetryPolicy()
        #expect(policy.pause(afterAttempt: 6, limit: 6, retryAfter: nil, jitter: 0) == nil)
        #expect(policy.pause(afterAttempt: 1, limit: 6, retryAfter: .seconds(60), jitter: 0) == .seconds(60))
        #expect(policy.pause(afterAttempt: 1, limit: 6, retryAfter: .seconds(61), jitter: 0) == nil)
        #expect(RetryPolicy.never.pause(afterAttempt: 1, limit: 1, retryAfter: nil, jitter: 0) == nil)
    }

    @Test(
        "Retry-After is seconds or a date",
        arguments: [
            ("5", 5), ("0", 0), ("99999999999999999999", 2_147_483_647), ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
            ("Sun, 06 Nov 1994 08:40:00 GMT", 0), ("-5", nil), ("soon", nil), ("", nil), (nil, nil),
        ] as [(String?, Int?)])
    func retryAfter(header: String?, seconds: Int?) {
        #expect(RetryPolicy.retryAfter(header, now: 784_111_740) == seconds.map { .seconds($0) })
    }

    @Test(
        "dates are counted in the Gregorian calendar",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
            ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
            ("Sun, 00 Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("06 Nov 1994", nil),
        ] as [(String, Int64?)])
    func dates(text: String, seconds: Int64?) {
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test(
        "a content range is read exactly",
        arguments: [
            ("bytes 0-9/10", 0, 9, 10), ("bytes 5-9/*", 5, 9, nil), ("bytes 9-5/10", nil, nil, nil),
            ("bytes 0-10/10", nil, nil, nil), ("bytes */10", nil, nil, nil), ("0-9/10", nil, nil, nil),
            ("bytes 0-99999999999999999999/*", nil, nil, nil), ("bytes -1-5/10", nil, nil, nil),
        ] as [(String, Int?, Int?, Int?)])
    func contentRange(header: String, start: Int?, end: Int?, total: Int?) {
        let range = ContentRange(header)
        #expect(range?.start == start)
        #expect(range?.end == end)
        #expect(range?.total == total)
    }

    @Test(
        "a proxy is chosen by scheme, with exceptions",
        arguments: [
            ("http://example.com/", "plain"), ("https://example.com/", "tls"), ("https://localhost/", nil),
            ("https://127.0.0.1/", nil), ("https://internal.example/", nil), ("https://a.internal.example/", nil),
            ("https://notinternal.example/", "tls"), ("https://dotted.example/", nil),
            ("https://x.dotted.example/", nil),
            ("https://10.1.2.3/", nil), ("https://11.1.2.3/", "tls"), ("https://port.example:8443/", nil),
            ("https://port.example/", "tls"),
        ] as [(String, String?)])
    func proxies(url: String, host: String?) throws {
        let settings = try ProxySettings(environment: [
            "HTTP_PROXY": "http://upper:1", "http_proxy": "plain:3128", "HTTPS_PROXY": "http://u:p@tls:8080",
            "NO_PROXY": "internal.example, .dotted.example,10.0.0.0/8,port.example:8443",
        ])
        #expect(settings.proxy(for: try HTTPURL(parsing: url))?.host == host)
        #expect(settings.http?.port == 3128 && settings.https?.credentials?.reveal() == "u:p")
    }

    @Test("NO_PROXY=* means no proxy, and an empty variable means none")
    func noProxies() throws {
        let url = try HTTPURL(parsing: "https://example.com/")
        let all = try ProxySettings(environment: ["HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"])
        #expect(all.proxy(for: url) == nil)
        #expect(try ProxySettings(environment: ["HTTPS_PROXY": ""]).proxy(for: url) == nil)
    }

    @Test(
        "a proxy that can't be used is an error that names the variable",
        arguments: ["socks5://p:1", "http://", "https://p"])
    func badProxy(value: String) {
        #expect(throws: HTTPTransportError.invalidProxy(variable: "HTTPS_PROXY")) {
            try ProxySettings(environment: ["HTTPS_PROXY": value])
        }
    }

    @Test("a secret prints as stars in every way")
    func secret() throws {
        let secret = Secret("geheim")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(
            "\(secret) \(String(reflecting: secret)) \(dumped) \([secret]) \(Mirror(reflecting: secret).children.count)"
                == "*** *** - ***\n [***] 0")
        #expect(secret.reveal() == "geheim")
        var request = HTTPRequest(.get, try HTTPURL(parsing: "https://a/"))
        request.authorization = secret
        #expect(!"\(request)".contains("geheim"))
    }

    @Test("header fields are found whatever their case, and replaced as one")
    func headers() {
        var headers: HeaderFields = ["Accept": "a", "accept": "b", "X": "c"]
        #expect(headers["ACCEPT"] == "a" && headers.values("accept") == ["a", "b"])
        headers["accept"] = "d"
        #expect(headers.values("Accept") == ["d"] && headers["x"] == "c" && headers["Y"] == nil)
    }

    @Test("the environment names proxies and certificates, and the program names itself")
    func environment() throws {
        let configuration = try TransportConfiguration(
            environment: ["SSL_CERT_FILE": "/ca.pem", "https_proxy": "http://p:1"], version: "1.2")
        #expect(configuration.certificateFile == "/ca.pem" && configuration.userAgent == "sampan/1.2")
        #expect(configuration.proxies.https?.host == "p")
        #expect(throws: HTTPTransportError.certificateFile("/ca.pem")) { try HTTPSession(configuration) }
    }

    @Test("certificates are read when a server is asked for one, and what is none is told then")
    func certificates() async throws {
        let place = try TemporaryDirectory("certificates")
        try place.file("ca.pem", "no certificate\n")
        var configuration = TransportConfiguration()
        configuration.certificateFile = place.path("ca.pem")
        let session = try HTTPSession(configuration)
        let secured = HTTPRequest(.get, try HTTPURL(parsing: "https://127.0.0.1:1/"))
        var plain = HTTPRequest(.get, try HTTPURL(parsing: "http://127.0.0.1:1/"))
        plain.isRepeatable = false
        func failure(_ request: HTTPRequest) async throws -> HTTPTransportError? {
            do {
                _ = try await session.send(request)
                return nil
            } catch let error as HTTPTransportError {
                return error
            }
        }
        let told = try await failure(secured)
        #expect(told == .certificateFile(place.path("ca.pem")))
        let refused = try await failure(plain)
        #expect(refused == .connection(.refused, host: "127.0.0.1:1"))
        await session.shutdown()
    }
}
