import Cataloging
import Core
import Inventory
import SampanTestSupport
import Testing

@Suite("Packages of dpkg")
struct DebianTests {
    private let release = "PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\nVERSION_ID=\"12\"\n"

    @Test("a status file gives the installed packages with their sources, files and licenses")
    func status() throws {
        let tree = MemoryTree([
            "usr/lib/os-release": release,
            "var/lib/dpkg/status": """
            Package: libc6
            Status: install ok installed
            Architecture: amd64
            Multi-Arch: same
            Source: glibc
            Version: 2.36-9+deb12u4
            Description: C library
             Version: 9

            Package: gone
            Status: deinstall ok config-files
            Version: 1

            Package: never
            Status: purge ok not-installed

            Package: half
            Status: install reinstreq half-configured
            Architecture: all
            Version: 1:0~1-1
            Source: half-src (3)

            """,
            "var/lib/dpkg/info/libc6:amd64.list":
                "/.\n/lib\n/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu/libc.so.6\n/usr/share/doc/libc6/copyright\n"
                + "/usr/bin/perf\n",
            "var/lib/dpkg/diversions": "/usr/bin/perf\n/usr/bin/perf.orig\nhalf\n",
            "var/lib/dpkg/info/half.list": "/.\n/usr/bin/perf\n/usr/bin/absent\n",
            "usr/lib/x86_64-linux-gnu/libc.so.6": "x",
            "usr/bin/perf": "x",
            "usr/bin/perf.orig": "x",
            "usr/share/doc/libc6/copyright": """
            License: LGPL-2.1+
             On Debian systems see /usr/share/common-licenses/LGPL-2.1.
            License: LGPL-2.1+
            """,
        ])
        let (packages, remarks) = try tree.catalog()
        #expect(remarks.isEmpty)
        #expect(
            packages.map(\.url) == [
                "pkg:deb/debian/half@1:0~1-1?arch=all&distro=debian-12&upstream=half-src%403",
                "pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12&upstream=glibc",
            ])
        #expect(packages[0].fileNames == ["usr/bin/perf", "var/lib/dpkg/info/half.list"])
        #expect(
            packages[1].fileNames == [
                "usr/bin/perf.orig", "usr/lib/x86_64-linux-gnu/libc.so.6", "usr/share/doc/libc6/copyright",
                "var/lib/dpkg/info/libc6:amd64.list",
            ])
        #expect(packages[1].component.licenses == ["LGPL-2.1", "LGPL-2.1+"])
        #expect(packages[1].evidence == "var/lib/dpkg/status")
        var condensed = tree
        condensed.isCondensed = true
        #expect(try condensed.catalog().packages == packages)
    }

    @Test("one file a package, as images without dpkg have it, with sums for files")
    func parts() throws {
        let tree = MemoryTree([
            "etc/os-release": release,
            "var/lib/dpkg/status.d/base": "Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\n",
            "var/lib/dpkg/status.d/base.md5sums": "0123456789abcdef0123456789abcdef  etc/debian_version\nshort\n",
            "var/lib/dpkg/status.d/empty": "\n",
            "etc/debian_version": "12.5",
        ])
        let (packages, remarks) = try tree.catalog()
        #expect(packages.map(\.url) == ["pkg:deb/debian/base-files@12.4%2Bdeb12u5?arch=amd64&distro=debian-12"])
        #expect(
            packages[0].fileNames == [
                "etc/debian_version", "var/lib/dpkg/status.d/base", "var/lib/dpkg/status.d/base.md5sums",
            ])
        #expect(remarks == ["/var/lib/dpkg/status.d/empty: names no package"])
    }

    @Test("without a distribution's name Debian is meant, and a package without a version is told")
    func unnamed() throws {
        let (packages, remarks) = try MemoryTree([
            "var/lib/dpkg/status": "Package: a\nStatus: install ok installed\n\nPackage: b\nVersion: 1\n"
        ]).catalog()
        #expect(packages.map(\.url) == ["pkg:deb/debian/b@1"])
        #expect(remarks == ["/var/lib/dpkg/status: the package a has no version"])
    }

    @Test(
        "the packages of this machine are those that dpkg-query tells, and so are their files",
        .enabled(if: (try? Shell.run("dpkg-query -W coreutils")) != nil, "this machine has no dpkg"))
    func machine() throws {
        let database = ["status", "diversions", "info/coreutils.list"].map { "var/lib/dpkg/" + $0 }
        let tree = DirectoryTree("/", below: database + ["etc/os-release", "usr/bin", "usr/share/doc/coreutils"])
        let packages = try Catalog.packages(tree).filter { $0.component.ecosystem == .deb }
        let format =
            "${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}\\n"
        let expected = try Shell.run("dpkg-query -W -f '\(format)'").split(separator: "\n")
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
            .filter { $0[0] != "config-files" && $0[0] != "not-installed" }
            .map { $0.dropFirst().joined(separator: " ") }
        let found = packages.map { package in
            let component = package.component
            let source = component.source ?? .init(name: component.name, version: component.version)
            return [
                component.name, component.version, component.qualifiers["arch"] ?? "", source.name, source.version,
            ].joined(separator: " ")
        }
        #expect(found.sorted() == expected.sorted())
        let coreutils = try #require(packages.first { $0.component.name == "coreutils" })
        #expect(coreutils.files.contains("usr/bin/ls"))
        #expect(coreutils.component.licenses.contains("GPL-3"))
    }
}
