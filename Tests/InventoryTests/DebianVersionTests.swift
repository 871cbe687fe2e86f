import Core
import Glibc
import Inventory
import SampanTestSupport
import Testing

@Suite struct DebianVersionTests {
    @Test(
        "the public cases of Debian's version order hold",
        .enabled(if: PublicVersions.debian != nil, "../shared/data/version-order/debian-versions.txt is not there"))
    func publicCases() throws {
        let cases = try #require(PublicVersions.debian)
        #expect(cases.count >= 20)
        for line in cases {
            let parts = line.split(separator: " ").map(String.init)
            guard parts.count == 3, ["=", "<", ">"].contains(parts[1]) else {
                Issue.record("not a case: \(line)")
                continue
            }
            try expectOrder(parts[0], parts[1], parts[2])
        }
    }

    @Test(
        "versions have dpkg's order",
        arguments: [
            // A tilde comes before everything, even the end.
            ("1.0~~", "<", "1.0~~a"), ("1.0~~a", "<", "1.0~"), ("1.0~", "<", "1.0"), ("1.0", "<", "1.0a"),
            ("1.0~rc1-1", "<", "1.0-1"), ("1.2-1~bpo12+1", "<", "1.2-1"), ("1.0-1~", "<", "1.0-1"),
            // Letters come before what is neither letter nor digit.
            ("1.0a", "<", "1.0+"), ("1.0+", "<", "1.0."), ("1.0Z", "<", "1.0a"), ("1a", "<", "1.1"),
            ("2.36-9+deb12u9", "<", "2.36-9+deb12u10"), ("2.36-9", "<", "2.36-9+b1"),
            // Numbers of any length.
            ("1.9", "<", "1.10"), ("1.009", "=", "1.9"), ("20250101", "<", "20250102"),
            ("1.99999999999999999999999999999999999998", "<", "1.99999999999999999999999999999999999999"),
            ("1.0999999999999999999999", "<", "1.1000000000000000000000"),
            // Epochs.
            ("9.9", "<", "1:0.1"), ("0:1.0", "=", "1.0"), ("00:1.0", "=", "1.0"), ("2:1", "<", "10:1"),
            // The last hyphen starts the revision; none is as good as 0.
            ("1.0", "=", "1.0-0"), ("1.0-0", "=", "1.0-000"), ("1.0", "<", "1.0-0a"), ("1-2-3", "<", "1-2-10"),
            ("1.0-1", "<", "1.0.1-0"), ("1.0-1", "<", "1.0-1.1"), ("1:2:3", "<", "1:2:4"),
            // A number of zero at the end counts for nothing.
            ("1.a", "=", "1.a0"), ("1.0a0b", ">", "1.0a"), ("1.a0b", "<", "1.ab"), ("0", "=", "0-0"),
        ])
    func order(_ left: String, _ sign: String, _ right: String) throws { try expectOrder(left, sign, right) }

    @Test("a list of versions sorts into one order from any start")
    func sorting() throws {
        let sorted = [
            "0~~", "0~", "0", "0.1", "1~", "1", "1-1~", "1-1", "1-1+b1", "1-1.1", "1-2", "1a", "1+", "1.0", "1.0.1",
            "1.1",
            "1.10", "2", "1:0", "1:0-1", "2:0",
        ]
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<20 {
            let shuffled = try sorted.shuffled(using: &generator).map { try DebianVersion($0) }
            #expect(shuffled.sorted().map(\.text) == sorted)
        }
    }

    @Test("random versions are ordered without contradiction")
    func consistency() throws {
        var generator = SeededGenerator(seed: 11)
        let letters = Array("0019a~.+-")
        var versions: [DebianVersion] = []
        while versions.count < 60 {
            let text = String(
                (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                    letters.randomElement(using: &generator) ?? "0"
                })
            if let version = try? DebianVersion(text) { versions.append(version) }
        }
        for a in versions {
            #expect(a == a && !(a < a))
            for b in versions {
                #expect([a < b, a == b, b < a].count { $0 } == 1, "\(a) \(b)")
                if a == b { #expect(a.hashValue == b.hashValue, "\(a) \(b)") }
                for c in versions where a < b && b < c { #expect(a < c, "\(a) \(b) \(c)") }
            }
        }
    }

    @Test(
        "a version has an epoch, an upstream version and a revision",
        arguments: [
            ("1:2.3-4", 1, "2.3", "4"), ("2.3", 0, "2.3", nil), ("1-2-3", 0, "1-2", "3"), (" 1.0-1 ", 0, "1.0", "1"),
            ("2147483647:0", 2_147_483_647, "0", nil), ("1:2:3-1", 1, "2:3", "1"),
        ] as [(String, UInt32, String, String?)])
    func parts(_ text: String, _ epoch: UInt32, _ upstream: String, _ revision: String?) throws {
        let version = try DebianVersion(text)
        #expect(version.epoch == epoch)
        #expect(version.upstream == upstream)
        #expect(version.revision == revision)
    }

    @Test("a version keeps its text, and equal versions count once")
    func identity() throws {
        let short = try DebianVersion("1.0")
        let long = try DebianVersion(" 0:1.00-0\n")
        #expect(long.text == "0:1.00-0")
        #expect(short == long)
        #expect(Set([short, long, try DebianVersion("1.0-1")]).count == 2)
    }

    @Test(
        "what is no version is refused",
        arguments: [
            ("", .empty), ("  ", .empty), (":1", .badEpoch(":1")), ("a:1", .badEpoch("a:1")),
            ("-1:1", .badEpoch("-1:1")),
            ("2147483648:1", .badEpoch("2147483648:1")),
            ("99999999999999999999:1", .badEpoch("99999999999999999999:1")),
            ("1:", .emptyUpstream("1:")), ("-1", .emptyUpstream("-1")), ("1-", .emptyRevision("1-")),
            ("1 2", .badCharacter("1 2", 0x20)), ("1_2", .badCharacter("1_2", UInt8(ascii: "_"))),
            ("1-2:3", .badEpoch("1-2:3")), ("1é", .badCharacter("1é", 0xc3)), ("1\u{0}", .badCharacter("1\u{0}", 0)),
        ] as [(String, DebianVersionError)])
    func refused(_ text: String, _ error: DebianVersionError) {
        #expect(throws: error) { try DebianVersion(text) }
        #expect(!error.diagnostic.message.isEmpty)
    }
}

private func expectOrder(_ left: String, _ sign: String, _ right: String) throws {
    let (a, b) = (try DebianVersion(left), try DebianVersion(right))
    switch sign {
    case "=": #expect(a == b && !(a < b) && !(b < a) && a.hashValue == b.hashValue, "\(left) = \(right)")
    case "<": #expect(a < b && !(b < a) && a != b, "\(left) < \(right)")
    default: #expect(b < a && !(a < b) && a != b, "\(left) > \(right)")
    }
}

/// The public cases beside the repository, in `../shared/data/version-order`.
private enum PublicVersions {
    /// The lines that hold a case; nil when the file isn't there.
    static let debian: [String]? = {
        var parts = #filePath.split(separator: "/").map(String.init)
        while !parts.isEmpty {
            parts.removeLast()
            let path =
                "/" + (parts + ["shared", "data", "version-order", "debian-versions.txt"]).joined(separator: "/")
            guard let file = fopen(path, "rb") else { continue }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = fread(&bytes, 1, bytes.count, file)
            return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
        }
        return nil
    }()
}
