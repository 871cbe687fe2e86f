import Core
import Inventory
import Layers
import Testing

@testable import Policy

struct ReleaseTests {
    private func findings(_ files: KeyValuePairs<String, String>) async throws -> [String] {
        var image = TestImage()
        for file in files { image.add(.file(BytePath(cleaning: file.key), bytes: [1]), captured: file.value) }
        return try await image.findings("policy:\n  base:\n    supported: true\n")
    }

    @Test(
        "releases are those of os-release: supported, ended, or not known, which is a finding",
        arguments: [
            ("ID=debian\nVERSION_ID=\"12\"\n", "debian 12 has had no security fixes since 2028-06-30"),
            ("ID=debian\nVERSION_ID=\"13\"\n", nil),
            ("ID=debian\nVERSION_CODENAME=forky\n", "not judged: how long debian forky is supported is unknown"),
            ("ID=debian\n", "not judged: how long debian is supported is unknown"),
            ("ID=debian\nVERSION_ID=99\n", "not judged: how long debian 99 is supported is unknown"),
            ("ID=ubuntu\nVERSION_ID=\"24.04\"\n", "ubuntu 24.04 has had no security fixes since 2029-05-31"),
            ("ID=alpine\nVERSION_ID=3.22.1\n", "alpine 3.22.1 has had no security fixes since 2027-05-01"),
            ("ID=rhel\nVERSION_ID=\"9.4\"\n", nil), ("ID=arch\n", nil), ("ID=wolfi\nVERSION_ID=20230201\n", nil),
            ("ID=centos\nNAME=\"CentOS Linux\"\nVERSION_ID=8\n", "centos 8 has had no security fixes since 2021-12-31"),
            (
                "ID=centos\nNAME=\"CentOS Stream\"\nVERSION_ID=8\n",
                "centos 8 has had no security fixes since 2024-05-31"
            ),
            ("", "not judged: how long the distribution is supported is unknown"),
        ])
    func states(text: String, finding: String?) async throws {
        #expect(try await findings(["etc/os-release": text]) == (finding.map { [$0] } ?? []))
    }

    @Test("an image of nothing has no release; one with a package database has one that nobody says")
    func signs() async throws {
        #expect(try await findings([:]).isEmpty)
        let unknown = ["not judged: how long the distribution is supported is unknown"]
        #expect(try await findings(["var/lib/dpkg/status": "Package: x\n"]) == unknown)
        #expect(try await findings(["lib/apk/db/installed": "P:x\n"]) == unknown)
    }

    @Test("a name that means to harm is not shown as it is")
    func hostile() async throws {
        let found = try await findings(["etc/os-release": "ID=\u{1b}[2J\u{202e}\n"])
        #expect(found.count == 1 && found[0].unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7f })
    }

    @Test("every row of the table is a day, each release stands there once")
    func rows() throws {
        for distribution in ReleaseTable.distributions {
            #expect(Set(distribution.rows.map(\.release)).count == distribution.rows.count)
            for row in distribution.rows {
                let day = try Day.parse(row.end)
                #expect(ReleaseTable.end(of: distribution.id, row.release) == day)
            }
        }
        #expect(Set(ReleaseTable.distributions.map(\.source)) == Set(ReleaseTable.Source.allCases))
        #expect(ReleaseTable.distributions.filter { $0.source == .distroInfo }.map(\.id) == ["debian", "ubuntu"])
    }
}
