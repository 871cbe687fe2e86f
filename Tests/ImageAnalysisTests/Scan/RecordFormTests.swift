import Binaries
import Core
import Layers
import SampanTestSupport
import Testing

@testable import ImageAnalysis

/// The forms of records, by samples of them. A sample whose digest is another one now is read wrongly from the stores that
/// there are, or says what is no longer so: then ``RecordForm/number`` has to be counted up, and the digests here follow.
@Suite("Forms of records") struct RecordFormTests {
    private static func digest(_ body: (inout RecordWriter) -> Void) -> String {
        var writer = RecordWriter()
        body(&writer)
        return SHA256.digest(of: writer.bytes).hex
    }

    @Test("a long record is compressed in pieces and read as one; one that is too long is none")
    func pieces() throws {
        let text = String(repeating: "0123456789abcdef", count: 1000)
        func pack(limit: Int) throws -> [UInt8]? {
            try RecordForm.pack(limit: limit) { writer in
                for number in 0..<200 {
                    writer.write(number)
                    writer.write(text)
                    writer.cut()
                    #expect(writer.bytes.count < RecordPieces.size + 20_000)
                }
            }
        }
        let record = try #require(try pack(limit: 1 << 20))
        let numbers = try RecordForm.unpack(record) { reader in
            try (0..<200).map { _ in (try reader.int(), try reader.text() == text) }
        }
        #expect(numbers.map(\.0) == Array(0..<200))
        #expect(numbers.allSatisfy { $0.1 })
        #expect(try pack(limit: record.count) == record)
        #expect(try pack(limit: record.count - 1) == nil)
    }

    @Test("a layer is coded as the number of the form says")
    func layer() {
        #expect(RecordForm.number == 1)
        #expect(
            Self.digest { $0.write(ScanRecordTests.layer) }
                == "3dc1ad0c014ff2ec26817ac98eca7869d86e8d8c5758cce1e6358940fc040100")
    }

    @Test("what is concluded from an image is coded as the number of the form says")
    func image() {
        var paths = RecordPaths(ImageRecordTests.image)
        #expect(
            Self.digest { $0.write(ImageRecordTests.findings, &paths) }
                == "e7a3300cfcf820a07fef5e66566f196b0f2f5621de926ddb22f5dd29309397e7")
    }

    /// Files for which rules decide what is found out about them.
    private static let members: [ScanMember] = {
        let key =
            "-----BEGIN PRIVATE KEY-----\n" + String(repeating: "MIIEvQIBADANBgkq", count: 40)
            + "\n-----END PRIVATE KEY-----\n"
        return [
            .file("bin/run", "#!/usr/bin/env -S sh -e\n", mode: 0o755),
            .file("etc/passwd", "root:x:0:0::/root:/bin/sh\n"),
            .file("etc/os-release", "ID=debian\n"), .file("etc/ld.so.conf.d/x.conf", "/opt/lib\n"),
            .file("etc/ssl/certs/ca.pem", "-----BEGIN CERTIFICATE-----\n"), .file("root/.ssh/id_rsa", key),
            .file("root/.netrc", "machine h login l password s3cr3t-pass\n"),
            .file("srv/.env", "AWS_KEY=AKIAQWERTYUIOPASDFGH\n"), .file("srv/.git/config", "[core]\n"),
            .file("usr/include/a.h", "int a;\n"), .file("usr/lib/a.a", "!<arch>\n"),
            .file("usr/share/doc/a/README", "read\n"), .file("usr/share/doc/a/copyright", "License: MIT\n"),
            .file("usr/share/locale/de/a.mo", "m"), .file("usr/share/zoneinfo/UTC", "TZif2"),
            .file("var/cache/a", "c"), .file("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\n\n"),
            .file("var/lib/dpkg/info/a.list", "/usr/lib/a.a\n"), .file("var/log/a.log", "l\n"),
        ]
    }()

    @Test("contents are judged as the number of the form says")
    func rules() async throws {
        let facts = try await ScanImage([Self.members]).analyse().layers[0].facts
        #expect(
            Self.digest { $0.write(facts) }
                == "1af1ede094d39821011cb64a9e9433435caa62ba845515bb9080b57a06cfe044")
    }

    @Test("an image is judged as the number of the form says")
    func conclusions() async throws {
        let image = try await ScanImage([Self.members, [.file(".wh.srv", "")]]).analyse()
        let findings = try ImageFindings.of(image)
        var paths = RecordPaths(image)
        #expect(
            Self.digest { $0.write(findings, &paths) }
                == "bb53ab072a722d565ca85173230dc3f13773db161377ed228993f4ed0eca5d10")
    }
}
