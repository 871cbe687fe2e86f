import Core
import Slimming
import Testing

@testable import SampanCommands

@Suite("requests of sampan slim")
struct LoopbackHTTPTests {
    @Test(
        "a URL of this machine is taken apart",
        arguments: [
            ("http://localhost", "localhost", UInt16(80), "/", false),
            ("http://localhost:8080/a?b=c", "localhost", 8080, "/a?b=c", false),
            ("https://127.0.0.1/x", "127.0.0.1", 443, "/x", true),
            ("https://localhost:8443?q", "localhost", 8443, "/?q", true),
            ("http://:90/", "localhost", 90, "/", false),
        ])
    func probe(text: String, host: String, port: UInt16, path: String, isSecure: Bool) throws {
        let probe = try LoopbackProbe(text)
        #expect((probe.host, probe.port, probe.path) == (host, port, path))
        #expect(probe.isSecure == isSecure)
        #expect(probe.text == text)
    }

    @Test(
        "other URLs are mistakes of usage",
        arguments: [
            "localhost:80", "ftp://localhost/", "http://example.org/", "https://localhost:0/",
            "http://localhost:70000/",
            "http://localhost:x/", "http://localhost/a b", "http://localhost/ä",
        ])
    func mistakes(text: String) {
        #expect { try LoopbackProbe(text) } throws: { ($0 as? Diagnostic)?.exitCode == 64 }
    }

    private func answer(_ text: String) -> HTTPAnswer? { HTTPAnswer(Array(text.utf8)) }

    @Test("an answer is whole when its length, its chunks or its status say so")
    func answers() {
        let plain = answer("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi")
        #expect(plain?.value == .init(status: 200, contentType: "text/plain", body: Array("hi".utf8)))
        #expect(plain?.isWhole == true)
        #expect(answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi")?.isWhole == false)
        #expect(answer("HTTP/1.0 200 OK\r\n\r\nhi")?.isWhole == false)
        #expect(answer("HTTP/1.1 204 No Content\r\n\r\n")?.isWhole == true)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n1\r\n!\r\n"
        #expect(answer(chunked)?.isWhole == false)
        #expect(answer(chunked)?.value.body == Array("hi!".utf8))
        #expect(answer(chunked + "0\r\n\r\n")?.isWhole == true)
    }

    @Test(
        "what is no answer is none",
        arguments: ["", "HTTP/1.1 200 OK\r\n", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 many\r\n\r\n", "HTTP/2 200\r\n\r\n"])
    func nothing(text: String) { #expect(answer(text) == nil) }

    @Test("chunks of absurd lengths end the body", arguments: ["ffffffffffffffff", "7fffffffffffffff", "-1", "zz", ""])
    func chunks(length: String) {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(length)\r\nhi\r\n"
        #expect(answer(text)?.value.body == [])
    }
}
