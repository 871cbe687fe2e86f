import Core
import Testing

@Suite("Passwords in addresses")
struct RedactionTests {
    @Test(
        "an address without a scheme has a login where a word starts and a password is in it",
        arguments: [
            ("//me:hunter2@x.test/a", "//***@x.test/a"), ("x //me:hunter2@x.test", "x //***@x.test"),
            ("A=//me:hunter2@x.test", "A=//***@x.test"), ("'//me:hunter2@x' \"//a:b@c\"", "'//***@x' \"//***@c\""),
            ("https://me:a//b@c", "https://me:a//b@c"), ("//https://me:hunter2@x", "//https://***@x"),
        ])
    func hidden(_ text: String, _ shown: String) {
        #expect(Redaction.urls(in: text) == shown)
        #expect(Redaction.urls(in: shown) == shown)
    }

    @Test(
        "comments, paths and references to images stay",
        arguments: [
            "// me@x.test", "//me@x.test", "a//b:c@sha256:d", "registry.test//b:c@d", "/a//b:c@d", "//", "///", "//:",
            "//@",
            "x//", "//a:b c@d", "//a/b:c@d",
        ])
    func plain(_ text: String) { #expect(Redaction.urls(in: text) == text) }
}
