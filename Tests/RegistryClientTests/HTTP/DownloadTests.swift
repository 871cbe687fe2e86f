import HTTPTransport
import SampanTestSupport
import Testing

@Suite("Downloads")
struct DownloadTests {
    private func download(
        _ transport: HTTPSession, _ url: String, limit: Int = 1 << 24, etag: String? = nil
    ) async throws -> (Download?, [UInt8]) {
        var bytes: [UInt8] = []
        let result = try await transport.download(try HTTPURL(parsing: url), limit: limit, etag: etag) {
            bytes.append(contentsOf: $0)
        }
        return (result, bytes)
    }

    @Test("a download tells what the server said, after redirects")
    func describe() async throws {
        let registry = try TestRegistry()
        defer { registry.stop() }
        let bytes = noise(200_000)
        registry.addFile(
            "/dir/real.tar",
            .init(
                bytes,
                headers: [
                    ("ETag", "\"v1\""), ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
                    ("Content-Type", "application/x-tar"),
                    ("Content-Disposition", "attachment; filename=\"../../x y.tar\""),
                ]))
        registry.inject(.redirect("/dir/real.tar"), on: .files, times: 1)
        try await withTransport { transport in
            let (result, content) = try await download(transport, registry.url + "/start")
            #expect(content == bytes)
            #expect(
                result
                    == Download(
                        url: registry.url + "/dir/real.tar", size: bytes.count, etag: "\"v1\"",
                        lastModified: "Sun, 06 Nov 1994 08:49:37 GMT", modified: 784_111_777,
                        contentType: "application/x-tar", fileName: "x y.tar"))
            let (second, nothing) = try await download(transport, registry.url + "/dir/real.tar", etag: "\"v1\"")
            #expect(second == nil && nothing.isEmpty)
            let (third, _) = try await download(transport, registry.url + "/dir/real.tar", etag: "\"v0\"")
            #expect(third?.size == bytes.count)
        }
    }

    @Test("a broken download goes on where it stopped when the server can")
    func resume() async throws {
        let registry = try TestRegistry()
        defer { registry.stop() }
        let bytes = noise(500_000)
        registry.addFile("/f", .init(bytes, headers: [("ETag", "\"v1\"")]))
        registry.inject(.shortBody(150_000), on: .files)
        try await withTransport { transport in
            let (result, content) = try await download(transport, registry.url + "/f")
            #expect(content == bytes && result?.size == bytes.count)
        }
        #expect(registry.requests.count == 4)
        #expect(registry.requests.dropFirst().allSatisfy { $0.headers["if-range"] == "\"v1\"" })
    }

    @Test("a broken download that can't be continued is an error", arguments: ["none", "weak", "changed"])
    func broken(how: String) async throws {
        let registry = try TestRegistry()
        defer { registry.stop() }
        let headers = how == "none" ? [] : [("ETag", how == "weak" ? "W/\"v1\"" : "\"v1\"")]
        registry.addFile("/f", .init(noise(100_000), headers: headers))
        registry.inject(.shortBody(1000), on: .files, times: 1)
        if how == "changed" { registry.inject(.rangeIgnored, on: .files) }
        try await withTransport { transport in
            let error = await #expect(throws: HTTPTransportError.self) {
                try await download(transport, registry.url + "/f")
            }
            #expect(error == .incomplete(url: registry.url + "/f", received: 1000, expected: 100_000))
        }
    }

    @Test("a file over the limit is refused, announced or not", arguments: [true, false])
    func limit(isAnnounced: Bool) async throws {
        let registry = try TestRegistry()
        defer { registry.stop() }
        registry.addFile("/f", .init(noise(2000)))
        if !isAnnounced { registry.inject(.endless, on: .files) }
        try await withTransport { transport in
            await #expect(throws: HTTPTransportError.bodyTooLarge(limit: 1999, host: registry.authority)) {
                try await download(transport, registry.url + "/f", limit: 1999)
            }
        }
    }

    @Test("another status is an error")
    func status() async throws {
        let registry = try TestRegistry()
        defer { registry.stop() }
        try await withTransport { transport in
            await #expect(throws: HTTPTransportError.status(404, url: registry.url + "/none?…")) {
                try await download(transport, registry.url + "/none?secret")
            }
        }
    }

    @Test(
        "a proposed file name is one safe component",
        arguments: [
            ("attachment; filename=a.txt", "a.txt"), ("attachment; filename=\"a\\\"b;c\"; x=y", "a\"b;c"),
            ("inline; filename=\"bad\"; filename*=UTF-8''na%C3%AFve.txt", "naïve.txt"),
            ("attachment; filename=\"..\\\\..\\\\evil\"", "evil"), ("attachment; filename=\"..\"", nil),
            ("attachment; filename=\"/etc/\"", nil), ("attachment", nil),
            ("attachment; filename*=latin1''x", nil), ("; =; ;filename", nil),
        ] as [(String, String?)])
    func fileName(header: String, expected: String?) async throws {
        let server = try LoopbackServer { _ in ServerReply(headers: [("Content-Disposition", header)]) }
        defer { server.stop() }
        try await withTransport { transport in
            let (result, _) = try await download(transport, server.url)
            #expect(result?.fileName == expected)
        }
    }
}
