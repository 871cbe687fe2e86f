import Archive
import Core
import Debian
import HostOS
import Inventory
import Layers
import SampanTestSupport
import Testing

@Suite("Debian packages")
struct DebPackageTests {
    private func read(_ bytes: [UInt8]) throws -> DebPackage {
        let directory = try TemporaryDirectory("deb")
        let deb = try directory.scratchFile()
        try deb.write(bytes)
        return try DebPackage.read(deb, into: try directory.scratchFile())
    }

    private func text(_ entry: Entry?) throws -> String? {
        try entry.map { String(decoding: try $0.content.open().readAll(limit: 1 << 20), as: UTF8.self) }
    }

    private static let sample = DebFile(
        "hello", version: "1:2.0-3", fields: ["Depends: libc6 (>= 2.36)"],
        members: [
            .directory("usr/bin"), .file("usr/bin/hello", "#!/bin/sh\n", mode: 0o755),
            .symlink("usr/bin/hi", to: "hello"), .hardlink("usr/bin/hallo", to: "usr/bin/hello"),
            .file("etc/hello.conf", "x=1\n"), .file("usr/share/empty", ""),
        ],
        controlFiles: [
            ("conffiles", "/etc/hello.conf\nremove-on-upgrade /etc/old.conf\n"),
            ("md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/share/empty\n"),
            ("postinst", "#!/bin/sh\n"), ("triggers", "activate-noawait ldconfig\n"), ("shlibs", "x 1 y\n"),
        ])

    @Test("control data, scripts and files are read")
    func reading() throws {
        let package = try read(try Self.sample.bytes)
        #expect(package.name == "hello")
        #expect(package.version.text == "1:2.0-3")
        #expect(package.architecture == "amd64")
        #expect(package.control["Depends"] == "libc6 (>= 2.36)")
        #expect(package.conffiles == ["etc/hello.conf"])
        #expect(package.md5sums == Array("d41d8cd98f00b204e9800998ecf8427e  usr/share/empty\n".utf8))
        #expect(package.scripts == [.postinst: Array("#!/bin/sh\n".utf8)])
        #expect(package.triggers == Array("activate-noawait ldconfig\n".utf8))
        #expect(package.otherControlFiles.map(\.name) == ["shlibs"])
        let contents = package.contents
        #expect(
            contents.entries.map(\.path.description) == [
                "etc", "etc/hello.conf", "usr", "usr/bin", "usr/bin/hallo", "usr/bin/hello", "usr/bin/hi", "usr/share",
                "usr/share/empty",
            ])
        #expect(try text(contents.entry(at: "etc/hello.conf")) == "x=1\n")
        // The first of the names of a file is the file.
        #expect(try text(contents.entry(at: "usr/bin/hallo")) == "#!/bin/sh\n")
        #expect(contents.entry(at: "usr/bin/hallo")?.mode == 0o755)
        #expect(contents.entry(at: "usr/bin/hello")?.kind == .hardlink(target: "usr/bin/hallo"))
        #expect(contents.entry(at: "usr/bin/hi")?.kind == .symlink(target: Array("hello".utf8)))
    }

    @Test("several packages share one file for their contents")
    func shared() throws {
        let directory = try TemporaryDirectory("deb")
        let tar = try directory.scratchFile()
        var packages: [DebPackage] = []
        for index in 0..<5 {
            let deb = try directory.scratchFile()
            try deb.write(try DebFile("p\(index)", members: [.file("usr/f\(index)", "content \(index)")]).bytes)
            packages.append(try DebPackage.read(deb, into: tar))
        }
        for (index, package) in packages.enumerated() {
            let path = BytePath(cleaning: "usr/f\(index)")
            #expect(try text(package.contents.entry(at: path)) == "content \(index)")
        }
    }

    @Test("members may be compressed in any of dpkg's ways", arguments: ["", ".gz", ".xz", ".zst", ".bz2"])
    func compressions(suffix: String) throws {
        let directory = try TemporaryDirectory("deb")
        let tool = ["": "cat", ".gz": "gzip", ".xz": "xz", ".zst": "zstd -q", ".bz2": "bzip2"][suffix] ?? "cat"
        for (name, bytes) in [("control", try Self.sample.controlTar), ("data", try Self.sample.dataTar)] {
            try directory.file("\(name).tar", bytes)
            try Shell.run("\(tool) < \(directory.path("\(name).tar")) > \(directory.path("\(name).out"))")
        }
        let control = suffix == ".bz2" ? ("control.tar", "control.tar") : ("control.tar\(suffix)", "control.out")
        let package = try read(
            DebFile.archive([
                ("debian-binary", Array("2.0\n".utf8)), (control.0, try directory.bytes(control.1)),
                ("data.tar\(suffix)", try directory.bytes("data.out")),
            ]))
        #expect(package.name == "hello")
        #expect(package.contents.entries.count == 9)
    }

    @Test("members with an underscore are passed over")
    func futureMembers() throws {
        let deb = DebFile.archive([
            ("debian-binary", Array("2.1\nmore\n".utf8)), ("_new", [1, 2, 3]),
            ("control.tar", try Self.sample.controlTar), ("_x", []), ("data.tar", try Self.sample.dataTar),
            ("_gpgorigin", [1]),
        ])
        #expect(try read(deb).name == "hello")
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        var name: String
        var error: DebError
        var bytes: [UInt8]

        var testDescription: String { name }

        init(_ name: String, _ error: DebError, _ members: [(String, [UInt8])]) {
            self.name = name
            self.error = error
            bytes = DebFile.archive(members.map { (name: $0.0, bytes: $0.1) })
        }
    }

    private static let format = ("debian-binary", Array("2.0\n".utf8))
    private static var control: [UInt8] { (try? sample.controlTar) ?? [] }
    private static var data: [UInt8] { (try? sample.dataTar) ?? [] }

    private static func dataWith(_ member: DebFile.Member) -> [UInt8] { (try? DebFile.tar([member])) ?? [] }

    private static func member(_ name: String, _ kind: TarHeader.Kind, link: String = "") -> DebFile.Member {
        DebFile.Member(TarHeader(name: Array(name.utf8), kind: kind, linkName: Array(link.utf8)))
    }

    private static func controlWith(_ stanza: String) -> [UInt8] { (try? DebFile(control: stanza).controlTar) ?? [] }

    static var broken: [Broken] {
        [
            Broken("no members", .notAPackage, []),
            Broken("another first member", .notAPackage, [("control.tar", control)]),
            Broken("format 3", .format("3.0"), [("debian-binary", Array("3.0\n".utf8))]),
            Broken("format without line feed", .format("2.0"), [("debian-binary", Array("2.0".utf8))]),
            Broken("format with words", .format("2.x"), [("debian-binary", Array("2.x\n".utf8))]),
            Broken("no control", .missingMember("control.tar"), [format]),
            Broken("no data", .missingMember("data.tar"), [format, ("control.tar", control)]),
            Broken(
                "data first", .unexpectedMember("data.tar", wanted: "control.tar"),
                [format, ("data.tar", data), ("control.tar", control)]),
            Broken(
                "control twice", .unexpectedMember("control.tar", wanted: "data.tar"),
                [format, ("control.tar", control), ("control.tar", control), ("data.tar", data)]),
            Broken(
                "data twice", .unexpectedMember("data.tar", wanted: "its end"),
                [format, ("control.tar", control), ("data.tar", data), ("data.tar", data)]),
            Broken("unknown compression", .compression("control.tar.lz"), [format, ("control.tar.lz", control)]),
            Broken(
                "control in bzip2", .compression("control.tar.bz2"), [format, ("control.tar.bz2", control)]),
            Broken(
                "a stray name", .unexpectedMember("control.tarball", wanted: "control.tar"),
                [format, ("control.tarball", control)]),
            Broken(
                "a climbing path", .badName("./usr/../../etc/passwd", archive: "data.tar"),
                [format, ("control.tar", control), ("data.tar", dataWith(member("./usr/../../etc/passwd", .file)))]),
            Broken(
                "a path that comes back", .badName("./usr/../etc", archive: "data.tar"),
                [format, ("control.tar", control), ("data.tar", dataWith(member("./usr/../etc", .file)))]),
            Broken(
                "an absolute path", .badName("/etc/passwd", archive: "data.tar"),
                [format, ("control.tar", control), ("data.tar", dataWith(member("/etc/passwd", .file)))]),
            Broken(
                "a climbing hard link", .badName("../../etc/shadow", archive: "data.tar"),
                [
                    format, ("control.tar", control),
                    ("data.tar", dataWith(member("./x", .hardlink, link: "../../etc/shadow"))),
                ]),
            Broken(
                "a device", .badKind("./dev/sda"),
                [format, ("control.tar", control), ("data.tar", dataWith(member("./dev/sda", .blockDevice)))]),
            Broken(
                "no control file", .missingControlFile("control"),
                [format, ("control.tar", dataWith(member("./postinst", .file))), ("data.tar", data)]),
            Broken(
                "a link in the control archive", .badName("./control", archive: "control.tar"),
                [
                    format, ("control.tar", dataWith(member("./control", .symlink, link: "/etc/passwd"))),
                    ("data.tar", data),
                ]),
            Broken(
                "a directory in the control archive", .badName("./x/control", archive: "control.tar"),
                [format, ("control.tar", dataWith(member("./x/control", .file))), ("data.tar", data)]),
            Broken(
                "no name", .missingField("Package"),
                [format, ("control.tar", controlWith("Version: 1\nArchitecture: all")), ("data.tar", data)]),
            Broken(
                "a name that is a path", .field("Package", value: "../x"),
                [
                    format, ("control.tar", controlWith("Package: ../x\nVersion: 1\nArchitecture: all")),
                    ("data.tar", data),
                ]),
            Broken(
                "a bad version", .field("Version", value: "1:"),
                [
                    format, ("control.tar", controlWith("Package: xx\nVersion: 1:\nArchitecture: all")),
                    ("data.tar", data),
                ]),
            Broken(
                "a relative conffile", .controlLine("etc/x", file: "conffiles"),
                [
                    format,
                    (
                        "control.tar",
                        (try? DebFile("xx", controlFiles: [("conffiles", "etc/x\n")]).controlTar) ?? []
                    ), ("data.tar", data),
                ]),
        ]
    }

    @Test("packages that dpkg never makes are refused", arguments: broken)
    func refusals(_ broken: Broken) {
        #expect(throws: broken.error) { try read(broken.bytes) }
    }

    @Test("a giant control archive is refused without being held")
    func giantControl() throws {
        let member = DebFile.Member(
            TarHeader(name: Array("./md5sums".utf8), kind: .file), content: [UInt8](repeating: 0x61, count: 33 << 20))
        let bomb = try DebFile.gzip(try DebFile.tar([member]))
        #expect(bomb.count < 100_000)
        #expect(throws: ArchiveError.tooLong("the control archive of a package", limit: 32 << 20)) {
            try read(DebFile.archive([Self.format, ("control.tar.gz", bomb), ("data.tar", Self.data)]))
        }
        let stanza =
            "Package: xx\nVersion: 1\nArchitecture: all\nDescription: x\n" + String(repeating: " y\n", count: 400_000)
        #expect(throws: ArchiveError.tooLong("the control file of a package", limit: 1 << 20)) {
            try read(
                DebFile.archive([Self.format, ("control.tar", Self.controlWith(stanza)), ("data.tar", Self.data)]))
        }
    }

    @Test("data after the end of the tar archive is refused")
    func trailing() throws {
        #expect(throws: ArchiveError.self) {
            try read(
                DebFile.archive([Self.format, ("control.tar", Self.control), ("data.tar", Self.data + [1])]))
        }
        #expect(throws: ArchiveError.trailingGarbage(.gzip)) {
            try read(
                DebFile.archive([
                    Self.format, ("control.tar", Self.control), ("data.tar.gz", try DebFile.gzip(Self.data) + [1, 2]),
                ]))
        }
        #expect(throws: ArchiveError.truncated("ar")) { try read(try Self.sample.bytes + Array("garbage".utf8)) }
    }

    @Test("a package that was cut off anywhere is refused")
    func truncated() throws {
        let whole = try Self.sample.bytes
        for length in stride(from: 0, to: whole.count - 1, by: 7) {
            #expect(throws: (any Error).self, "\(length) of \(whole.count)") { try read(Array(whole[..<length])) }
        }
    }

    @Test("a damaged package is refused or read, and nothing else happens")
    func fuzz() throws {
        var random = SeededGenerator(seed: 7)
        let plain = DebFile.archive([Self.format, ("control.tar", Self.control), ("data.tar", Self.data)])
        for whole in [plain, try Self.sample.bytes] {
            for _ in 0..<300 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                _ = try? read(bytes)
            }
        }
    }

    @Test("packages that dpkg-deb makes are read", .enabled(if: Self.hasDpkg, "dpkg-deb is not installed"))
    func dpkg() throws {
        let directory = try TemporaryDirectory("deb")
        try directory.file("p/DEBIAN/control", Self.sample.control + "\n")
        try directory.file("p/usr/bin/hello", "hello\n", mode: 0o755)
        for tool in ["gzip", "xz", "zstd", "none"] {
            try Shell.run("dpkg-deb --root-owner-group -Z\(tool) -b \(directory.path("p")) \(directory.path("x.deb"))")
            let package = try read(try directory.bytes("x.deb"))
            let file = try #require(package.contents.entry(at: "usr/bin/hello"))
            #expect(try text(file) == "hello\n")
            #expect((file.mode, file.uid, file.gid) == (0o755, 0, 0))
        }
    }

    private static var hasDpkg: Bool { (try? Shell.run("command -v dpkg-deb")) != nil }
}
