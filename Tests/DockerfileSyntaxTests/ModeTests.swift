import DockerfileSyntax
import Testing

@Suite("modes and owners")
struct ModeTests {
    @Test(
        "a mode changes permissions as chmod does",
        arguments: [
            ("755", 0o644, false, 0o755), ("0755", 0o644, false, 0o755), ("1777", 0o755, true, 0o1777),
            ("0", 0o777, false, 0),
            ("4755", 0o644, false, 0o4755),
            ("u+x", 0o644, false, 0o744), ("+x", 0o644, false, 0o755), ("a-w", 0o666, false, 0o444),
            ("go-rwx", 0o777, false, 0o700),
            ("u=rw,go=r", 0o777, false, 0o644), ("a=rx", 0o600, false, 0o555), ("u=", 0o755, false, 0o055),
            ("a+X", 0o644, false, 0o644), ("a+X", 0o744, false, 0o755), ("a+X", 0o644, true, 0o755),
            ("u+rwX,go-w", 0o466, true, 0o744),
            ("go=u", 0o750, false, 0o777), ("g=o", 0o754, false, 0o744), ("o+g", 0o750, false, 0o755),
            ("u+s", 0o755, false, 0o4755), ("g+s", 0o755, true, 0o2755), ("ug+s", 0o755, false, 0o6755),
            ("+t", 0o777, true, 0o1777),
            ("o-t", 0o1777, true, 0o777), ("u=rwx", 0o4755, false, 0o755), ("u=rwx", 0o4755, true, 0o4755),
            ("u+r-w+x", 0o200, false, 0o500), ("a=", 0o777, false, 0), ("u+", 0o640, false, 0o640),
        ])
    func modes(text: String, mode: Int, isDirectory: Bool, expected: Int) throws {
        #expect(try ModeChange(text).apply(to: UInt32(mode), isDirectory: isDirectory) == UInt32(expected))
    }

    @Test("bits above the mode stay")
    func kept() throws {
        #expect(try ModeChange("600").apply(to: 0o100755, isDirectory: false) == 0o100600)
        #expect(try ModeChange("0640").absolute == 0o640)
        #expect(try ModeChange("u+x").absolute == nil)
    }

    @Test(
        "what is no mode is refused",
        arguments: ["", "8", "79", "10000", "u", ",", "u+x,", "x+u", "u+q", "+ x", "u+gx", "rwx", "0x1"])
    func malformed(text: String) {
        #expect(throws: DockerfileError.self) { try ModeChange(text) }
    }

    @Test(
        "an owner is names or numbers",
        arguments: [
            ("0", Ownership.Identity.id(0), Ownership.Identity?.none), ("1000:1001", .id(1000), .id(1001)),
            ("app", .name("app"), nil), ("app:0", .name("app"), .id(0)), ("65532:staff", .id(65532), .name("staff")),
        ])
    func owners(text: String, user: Ownership.Identity, group: Ownership.Identity?) throws {
        let owner = try Ownership(text)
        #expect(owner.user == user && owner.group == group)
    }

    @Test("an owner without user or without group")
    func halves() throws {
        #expect(try Ownership(":7").user == nil && Ownership(":7").group == .id(7))
        #expect(try Ownership("a:").user == .name("a") && Ownership("a:").group == nil)
    }

    @Test("what is no owner is refused", arguments: ["", ":", "a:b:c", "4294967296", "1:99999999999", "4294967295"])
    func malformedOwner(text: String) {
        #expect(throws: DockerfileError.self) { try Ownership(text) }
    }

    @Test(
        "durations are Go's",
        arguments: [
            ("30s", 30_000_000_000), ("1m30s", 90_000_000_000), ("1.5s", 1_500_000_000), ("1h", 3_600_000_000_000),
            ("300ms", 300_000_000),
            ("0", 0), ("1us", 1_000), ("1µs", 1_000), ("-1s", -1_000_000_000), (".5s", 500_000_000),
            ("+2m", 120_000_000_000),
        ])
    func durations(text: String, expected: Int64) { #expect(GoDuration.nanoseconds(text) == expected) }

    @Test(
        "what is no duration is refused",
        arguments: ["", "s", "10", "1x", "1s2", ".s", "1..2s", "99999999999h", "-", "1 s"])
    func malformedDuration(text: String) { #expect(GoDuration.nanoseconds(text) == nil) }

    @Test(
        "sizes are powers of 1024",
        arguments: [
            ("1024", 1024), ("64m", 64 << 20), ("1.5GiB", 3 << 29), ("1 kb", 1024), ("2T", 2 << 40), ("0", 0),
            ("7b", 7),
        ])
    func sizes(text: String, expected: Int) { #expect(ByteSize.parse(text) == Int64(expected)) }

    @Test("what is no size is refused", arguments: ["", "m", "1x", "-1", "1.2.3", "99999999p", "1  k"])
    func malformedSize(text: String) { #expect(ByteSize.parse(text) == nil) }
}
