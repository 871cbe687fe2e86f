import Archive
import Bases
import Core
import Debian
import Layers
import SampanTestSupport
import Testing

@Suite("dpkg's database of unpacked packages")
struct DpkgDatabaseTests {
    /// Makes the database of packages and gives its files by their paths below /var/lib/dpkg.
    private static func files(
        _ packages: [DebPackage], onto existing: [String: String] = [:]
    ) throws -> [String: (text: String, mode: UInt32)] {
        let database = try DpkgDatabase(of: packages) { path in existing[path.description].map { Array($0.utf8) } }
        let names = try database.entries.map { entry in
            let bytes = try entry.content.open().readAll(limit: 1 << 20)
            return (
                String(entry.path.description.dropFirst("var/lib/dpkg/".count)),
                (text: String(decoding: bytes, as: UTF8.self), mode: entry.mode)
            )
        }
        return Dictionary(names) { first, _ in first }
    }

    @Test("a package is unpacked but not configured, with all its control files")
    func package() throws {
        let bench = try AssemblyBench()
        let package = try bench.package(
            "app", fields: ["Section: misc"],
            [.file("etc/app.conf", "a=1"), .file("usr/bin/app", "app", mode: 0o755), .symlink("usr/bin/a", to: "app")],
            controlFiles: [
                ("conffiles", "/etc/app.conf\n"), ("md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/bin/app\n"),
                ("postinst", "#!/bin/sh\ntrue\n"), ("prerm", "#!/bin/sh\nfalse\n"), ("templates", "Template: x\n"),
                ("shlibs", "libapp 1 app\n"),
            ])
        let files = try Self.files([package])
        #expect(
            files.keys.sorted() == [
                "available", "diversions", "info/app.conffiles", "info/app.list", "info/app.md5sums",
                "info/app.postinst", "info/app.prerm", "info/app.shlibs", "info/app.templates", "info/format",
                "statoverride", "status", "triggers/File", "triggers/Unincorp",
            ])
        #expect(
            files["status"]?.text == """
                Package: app
                Status: install ok unpacked
                Version: 1.0-1
                Architecture: amd64
                Maintainer: Test <test@example.org>
                Section: misc
                Description: app for tests
                Conffiles:
                 /etc/app.conf newconffile


                """)
        #expect(
            files["info/app.list"]?.text
                == "/.\n/etc\n/etc/app.conf\n/usr\n/usr/bin\n/usr/bin/a\n/usr/bin/app\n")
        #expect(files["info/app.conffiles"]?.text == "/etc/app.conf\n")
        #expect(files["info/app.md5sums"]?.text == "d41d8cd98f00b204e9800998ecf8427e  usr/bin/app\n")
        #expect(files["info/app.postinst"]?.text == "#!/bin/sh\ntrue\n")
        #expect(files.filter { $0.value.mode == 0o755 }.keys.sorted() == ["info/app.postinst", "info/app.prerm"])
        #expect(files["info/format"]?.text == "1\n")
        for name in ["available", "diversions", "statoverride", "triggers/File", "triggers/Unincorp"] {
            #expect(files[name]?.text == "", "\(name)")
        }
    }

    @Test("a package for several architectures at once has its own in the names of its files")
    func multiArch() throws {
        let bench = try AssemblyBench()
        let same = try bench.package("libx", fields: ["Multi-Arch: same"], [.file("usr/lib/libx", "x")])
        let foreign = try bench.package("tool", fields: ["Multi-Arch: foreign"], [])
        let names = try Self.files([same, foreign]).keys.filter { $0.hasPrefix("info/") }.sorted()
        #expect(names == ["info/format", "info/libx:amd64.list", "info/tool.list"])
    }

    @Test("triggers are kept by name and by file, waited for or not")
    func triggers() throws {
        let bench = try AssemblyBench()
        let one = try bench.package(
            "one", [],
            controlFiles: [
                (
                    "triggers",
                    "# who waits\ninterest ldconfig\ninterest-noawait /usr/share/icons\ninterest-await\t/usr/lib\n"
                        + "activate other\ninterest ../../escape\ninterest .hidden\ninterest\n"
                )
            ])
        let two = try bench.package(
            "two", [], controlFiles: [("triggers", "interest-noawait ldconfig\ninterest /etc/x\n")])
        let files = try Self.files([one, two])
        #expect(files["triggers/ldconfig"]?.text == "one\ntwo/noawait\n")
        #expect(files["triggers/File"]?.text == "/usr/share/icons one/noawait\n/usr/lib one\n/etc/x two\n")
        #expect(
            files.keys.filter { $0.hasPrefix("triggers/") }.sorted() == [
                "triggers/File", "triggers/Unincorp", "triggers/ldconfig",
            ])
        #expect(files["info/two.triggers"]?.text == "interest-noawait ldconfig\ninterest /etc/x\n")
    }

    @Test("what lower levels have installed stays")
    func existing() throws {
        let bench = try AssemblyBench()
        let package = try bench.package(
            "app", [], controlFiles: [("triggers", "interest-noawait ldconfig\ninterest /etc/x\n")])
        let files = try Self.files(
            [package],
            onto: [
                "var/lib/dpkg/status": "Package: low\nStatus: install ok installed\n\n",
                "var/lib/dpkg/diversions": "/bin/sh\n/bin/sh.distrib\ndash\n",
                "var/lib/dpkg/triggers/File": "/low low\n", "var/lib/dpkg/triggers/ldconfig": "libc-bin\n",
            ])
        #expect(
            files["status"]?.text.hasPrefix(
                "Package: low\nStatus: install ok installed\n\nPackage: app\nStatus: install ok unpacked\n") == true)
        #expect(files["diversions"]?.text == "/bin/sh\n/bin/sh.distrib\ndash\n")
        #expect(files["triggers/File"]?.text == "/low low\n/etc/x app\n")
        #expect(files["triggers/ldconfig"]?.text == "libc-bin\napp/noawait\n")
    }

    @Test("its directories are there even when they are empty")
    func directories() throws {
        #expect(
            try DpkgDatabase(of: []) { _ in nil }.directories.map(\.path.description) == [
                "var/lib/dpkg", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers",
                "var/lib/dpkg/parts", "var/lib/dpkg/alternatives",
            ])
    }
}
