import Core
import HTTPTransport
import Testing

@Suite("URLs")
struct HTTPURLTests {
    @Test(
        "a URL has one normal form",
        arguments: [
            ("https://example.com", "https://example.com/"), ("HTTP://EXAMPLE.com:80/A", "http://example.com/A"),
            ("https://example.com:443?x=1#f", "https://example.com/?x=1"),
            ("http://[::1]:5000/v2/", "http://[::1]:5000/v2/"),
            ("https://u:p@example.com/a", "https://example.com/a"),
            ("https://example.com/ü|%7e%zz", "https://example.com/%C3%BC%7C%7e%25zz"),
            ("https://example.com/a+b,c?d=[1]", "https://example.com/a+b,c?d=%5B1%5D"),
        ])
    func normal(text: String, expected: String) throws {
        #expect(try HTTPURL(parsing: text).description == expected)
    }

    @Test(
        "what is no URL is refused",
        arguments: [
            "", "example.com", "http:", "http:/x", "http://", "http:///a", "http://a b/", "http://a:0/",
            "http://a:99999/",
            "http://a:b/", "http://[::1/", "http://[x]/", "http://a/\n", "http://%zz@a/", "http://a<b/",
            "https://" + String(repeating: "a", count: 300) + "/", "http://a/" + String(repeating: "b", count: 20_000),
        ])
    func refused(text: String) {
        #expect(throws: HTTPTransportError.self) { try HTTPURL(parsing: text) }
    }

    @Test("another scheme is refused by its name")
    func scheme() {
        #expect(throws: HTTPTransportError.unsupportedScheme("ftp")) { try HTTPURL(parsing: "ftp://a/") }
    }

    @Test(
        "a location is resolved in all its forms",
        arguments: [
            ("https://b.example/x", "https://b.example/x"), ("//b.example/x", "https://b.example/x"),
            ("/x?y", "https://a.example/x?y"), ("x", "https://a.example/p/q/x"), ("../x", "https://a.example/p/x"),
            ("../../../../x", "https://a.example/x"), ("./", "https://a.example/p/q/"), ("..", "https://a.example/p/"),
            ("?z", "https://a.example/p/q/r?z"), ("", "https://a.example/p/q/r?s"), ("x#f", "https://a.example/p/q/x"),
            ("a:b", "https://a.example/p/q/a:b"),
        ])
    func resolve(location: String, expected: String) throws {
        let base = try HTTPURL(parsing: "https://a.example/p/q/r?s")
        #expect(try base.resolving(location).description == expected)
    }

    @Test("passwords and signatures are in no text")
    func redaction() throws {
        let url = try HTTPURL(parsing: "https://user:geheim@example.com/file?signature=geheim")
        #expect(url.credentials?.reveal() == "user:geheim")
        #expect(url.redacted == "https://example.com/file?…")
        var dumped = ""
        dump(url, to: &dumped)
        #expect(!dumped.contains("user:geheim") && !"\(url.credentials as Any)".contains("geheim"))
        for text in ["https://user:geheim@exa mple.com/", "https://user:geheim@/", "nothing://user:geheim@x?geheim"] {
            let error = #expect(throws: HTTPTransportError.self) { try HTTPURL(parsing: text) }
            let texts = String(describing: error) + String(describing: error?.diagnostic)
            #expect(!texts.contains("geheim"))
        }
    }

    @Test(
        "the file name is the last part of the path, if it can be one",
        arguments: [
            ("http://a/b/c.tar.gz?x=/y", "c.tar.gz"), ("http://a/%C3%BC", "ü"), ("http://a/b%2Fc", "c"),
            ("http://a/", nil), ("http://a/..", nil), ("http://a/%00", nil), ("http://a/%2e%2e", nil),
        ] as [(String, String?)])
    func fileName(text: String, expected: String?) throws {
        #expect(try HTTPURL(parsing: text).fileName == expected)
    }

    @Test(
        "loopback is known by name and address",
        arguments: [
            ("localhost", true), ("127.0.0.1", true), ("127.9.9.9", true), ("[::1]", true), ("128.0.0.1", false),
            ("127.example.com", false), ("localhost.example.com", false),
        ])
    func loopback(host: String, expected: Bool) {
        #expect(HTTPURL.isLoopback(host: host) == expected)
    }
}
