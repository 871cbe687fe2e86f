import BuildGraph
import Core
import Testing

@Suite("texts and values of an image")
struct FormatTests {
    @Test(
        "times are RFC 3339 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1_700_000_000, "2023-11-14T22:13:20Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"), (-1, "1969-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func timestamps(seconds: Int64, text: String) {
        #expect(Timestamp.text(seconds) == text)
    }

    @Test(
        "durations look as Go writes them",
        arguments: [
            (0, "0s"), (1, "1ns"), (1500, "1.5µs"), (2_000_000, "2ms"), (1_000_000_000, "1s"), (1_500_000_000, "1.5s"),
            (90_000_000_000, "1m30s"), (3_600_000_000_000, "1h0m0s"), (-5_000_000_000, "-5s"),
        ] as [(Int64, String)])
    func durations(nanoseconds: Int64, text: String) {
        #expect(GoFormat.duration(nanoseconds) == text)
    }

    @Test("lists are quoted as Go's %q does")
    func quoted() {
        #expect(GoFormat.quoted(["/bin/sh", "-c", "a \"b\"\n\u{1}é\\"]) == #"["/bin/sh" "-c" "a \"b\"\n\x01é\\"]"#)
        #expect(GoFormat.quoted([String]()) == "[]")
    }

    @Test(
        "ports are numbers with a protocol",
        arguments: [
            ("80", ["80/tcp"]), ("53/UDP", ["53/udp"]), ("8000-8002/tcp", ["8000/tcp", "8001/tcp", "8002/tcp"]),
            ("127.0.0.1:8080:80", ["80/tcp"]),
        ])
    func ports(text: String, expected: [String]) throws {
        #expect(try PortSpec.expand(text, at: nil) == expected)
    }

    @Test(
        "what is no port is refused",
        arguments: [
            ("", "there is no number"), ("x", "'x' is not a number or range"), ("80/http", "'http' is not a protocol"),
            ("90-80", "the range runs backwards"), ("70000", "'70000' is not a number or range"),
        ])
    func badPorts(text: String, reason: String) {
        let error = #expect(throws: Diagnostic.self) { try PortSpec.expand(text, at: nil) }
        #expect(error?.message == "'\(text)' is not a port: \(reason)")
    }

    @Test(
        "signals are known by name and number",
        arguments: [
            ("SIGTERM", 15), ("term", 15), ("9", 9), ("SIGRTMIN+3", 37), ("RTMAX-1", 63), ("SIGFOO", nil), ("0", nil),
            ("65", nil),
        ] as [(String, Int32?)])
    func signals(text: String, number: Int32?) {
        #expect(SignalName.number(text) == number)
    }

    @Test(
        "passwords leave URLs",
        arguments: [
            ("https://u:p@host/x@y", "https://***@host/x@y"), ("https://host/a@b", "https://host/a@b"), ("a@b", "a@b"),
        ])
    func redaction(text: String, shown: String) {
        #expect(Redaction.url(text) == shown)
    }

    @Test(
        "passwords leave every URL of a text, and nothing else does",
        arguments: [
            ("", ""), ("RUN true", "RUN true"), ("://", "://"), ("a://@", "a://***@"),
            ("git clone https://host/a@b && mail a@b", "git clone https://host/a@b && mail a@b"),
            (
                "ADD https://u:p@one/x http://two/y ftp://t@three /to/",
                "ADD https://***@one/x http://two/y ftp://***@three /to/"
            ),
            ("x=\"https://u:p'q\\\"r@host\"", "x=\"https://***@host\""), ("https://u:p@q@host", "https://***@host"),
            ("https://u:p@one,https://u:p@two", "https://***@one,https://***@two"),
            ("https://one?a@b https://two#a@b", "https://one?a@b https://two#a@b"),
            ("https://one\nmail a@b\thttps://ü:ß@two\n", "https://one\nmail a@b\thttps://***@two\n"),
            ("https://u:p", "https://u:p"),
        ])
    func redactedText(text: String, shown: String) {
        #expect(Redaction.urls(in: text) == shown)
    }

    @Test("variables keep their place when they are set again")
    func environment() {
        var environment = Environment(["A=1", "B=2=3", "C"])
        environment["A"] = "x"
        environment["D"] = ""
        #expect(environment.list == ["A=x", "B=2=3", "C=", "D="])
        environment["B"] = nil
        #expect(environment.list == ["A=x", "C=", "D="])
    }

    @Test("what a RUN made is written and read back")
    func stepResult() {
        let ids = ["a", "b", "c"].map { SHA256.digest(of: $0) }
        let results = [
            StepResult(layer: ids[0], inputs: [[ids[1], ids[2]], []]), StepResult(layer: nil, inputs: [[ids[0]]]),
        ]
        for result in results { #expect(StepResult(decoding: result.encoded) == result) }
        for bad in ["", "x", "-\nzz", ids[0].hex + "\n" + ids[1].hex + " 12"] {
            #expect(StepResult(decoding: Array(bad.utf8)) == nil)
        }
    }
}
