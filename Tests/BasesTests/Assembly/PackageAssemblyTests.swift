import Bases
import Core
import Debian
import Layers
import SampanTestSupport
import Testing

@Suite("Files of packages in a base")
struct PackageAssemblyTests {
    @Test("directories of the root that are merged into /usr become links, and files go below /usr")
    func usrMerge() throws {
        let bench = try AssemblyBench()
        let layer = try bench.add([
            try bench.package(
                "libc6",
                [
                    .file("lib/x86_64-linux-gnu/libc.so.6", "libc"), .file("usr/lib/x86_64-linux-gnu/libm.so", "m"),
                    .symlink("lib64/ld.so.2", to: "/lib/x86_64-linux-gnu/ld.so.2"),
                    .hardlink("lib/x86_64-linux-gnu/libc-2.so", to: "lib/x86_64-linux-gnu/libc.so.6"),
                ])
        ])
        #expect(try bench.target("bin") == "usr/bin")
        #expect(try bench.target("sbin") == "usr/sbin")
        #expect(try bench.target("lib") == "usr/lib")
        #expect(try bench.target("lib64") == "usr/lib64")
        #expect(try !bench.exists("lib32"))
        #expect(try bench.text("lib/x86_64-linux-gnu/libc.so.6") == "libc")
        #expect(layer.entry(at: "usr/lib/x86_64-linux-gnu/libc-2.so")?.isFile == true)
        #expect(
            layer.entry(at: "usr/lib/x86_64-linux-gnu/libc.so.6")?.kind
                == .hardlink(target: "usr/lib/x86_64-linux-gnu/libc-2.so"))
        #expect(layer.entry(at: "usr/bin")?.isDirectory == true)
        #expect(try bench.target("usr/lib64/ld.so.2") == "/lib/x86_64-linux-gnu/ld.so.2")
    }

    @Test(
        "a relative link that moves keeps its meaning",
        arguments: [
            ("lib/udev/rules", "../../usr/share/rules", "../../share/rules"),
            ("lib/a/x.so", "x.so.1", "x.so.1"),
            ("lib/a/x.so", "../b/x.so", "../b/x.so"),
            ("bin/sh", "../usr/local/bin/sh", "../local/bin/sh"),
            ("bin/x", "../etc/alternatives/x", "../../etc/alternatives/x"),
            ("sbin/init", "../lib/systemd/systemd", "../lib/systemd/systemd"),
            ("sbin/init", "/lib/systemd/systemd", "/lib/systemd/systemd"),
            ("usr/lib/a/y.so", "../../../lib/a/y.so.1", "../../../lib/a/y.so.1"),
            ("lib/a/top", "../..", "../../.."),
            ("etc/x", "../lib/y", "../lib/y"),
        ])
    func relativeLinks(path: String, target: String, expected: String) throws {
        let bench = try AssemblyBench()
        try bench.add([try bench.package("pp", [.symlink(path, to: target)])])
        #expect(try bench.target(BytePath(cleaning: path)) == expected)
    }

    @Test("suites before the merge keep their directories")
    func unmerged() throws {
        let bench = try AssemblyBench(mergesUsr: false)
        let layer = try bench.add([try bench.package("pp", [.file("bin/x", "x"), .file("lib/y", "y")])])
        #expect(layer.entry(at: "bin")?.isDirectory == true)
        #expect(layer.entry(at: "lib/y")?.isFile == true)
        #expect(!UsrMerge.applies(to: "stretch"))
        #expect(UsrMerge.applies(to: "bookworm"))
        #expect(UsrMerge.applies(to: "bookworm-backports"))
    }

    @Test("base-files with the links in it gives the same")
    func shippedLinks() throws {
        let bench = try AssemblyBench()
        let layer = try bench.add([
            try bench.package(
                "base-files", [.symlink("bin", to: "usr/bin"), .directory("usr/bin"), .file("bin2/x", "")]),
            try bench.package("pp", [.file("usr/bin/x", "x")]),
        ])
        #expect(layer.entry(at: "bin")?.kind == .symlink(target: Array("usr/bin".utf8)))
        #expect(try bench.text("bin/x") == "x")
    }

    @Test("a package's path goes through a link of another package, whichever comes first", arguments: [false, true])
    func throughLinks(reversed: Bool) throws {
        let bench = try AssemblyBench()
        let packages = [
            try bench.package("base-files", [.symlink("var/run", to: "/run"), .directory("run")]),
            try bench.package("other", [.file("var/run/other/pid", "1")]),
        ]
        let layer = try bench.add(reversed ? packages.reversed() : packages)
        #expect(layer.entry(at: "run/other/pid")?.isFile == true)
        #expect(layer.entry(at: "var/run")?.isSymlink == true)
    }

    @Test("equal files of two packages are one file, and both lists of sums have it")
    func equalFiles() throws {
        let bench = try AssemblyBench()
        let sums = "900150983cd24fb0d6963f7d28e17f72  usr/share/same\n"
        try bench.add([
            try bench.package("aa", [.file("usr/share/same", "abc")], controlFiles: [("md5sums", sums)]),
            try bench.package("bb", [.file("usr/share/same", "abc")], controlFiles: [("md5sums", sums)]),
        ])
        #expect(try bench.text("var/lib/dpkg/status.d/aa.md5sums") == sums)
        #expect(try bench.text("var/lib/dpkg/status.d/bb.md5sums") == sums)
        try bench.add([try bench.package("cc", [.file("usr/share/same", "abc")], controlFiles: [("md5sums", sums)])])
        #expect(try bench.text("var/lib/dpkg/status.d/cc.md5sums") == sums)
        #expect(!AssemblyBench.files(bench.assembler.layers[1]).contains("usr/share/same"))
    }

    @Test("different files of one name are an error that names both packages", arguments: [false, true])
    func conflict(twoLevels: Bool) throws {
        let bench = try AssemblyBench()
        let first = try bench.package("aa", [.file("usr/bin/tool", "one")])
        let second = try bench.package("bb", [.file("usr/bin/tool", "two")])
        let error = AssemblyError.conflict(path: "usr/bin/tool", first: "package 'aa'", second: "package 'bb'")
        if twoLevels {
            try bench.add([first])
            #expect(throws: error) { try bench.add([second]) }
            // What failed has left nothing behind.
            try bench.add([try bench.package("bb", [.file("usr/bin/other", "two")])])
            #expect(try bench.text("usr/bin/other") == "two")
        } else {
            #expect(throws: error) { try bench.add([first, second]) }
        }
    }

    @Test("files that differ in mode, owner or kind differ")
    func metadataConflicts() throws {
        let bench = try AssemblyBench()
        let plain = try bench.package("aa", [.file("usr/x", "1")])
        for (name, member) in [
            ("bb", DebFile.Member.file("usr/x", "1", mode: 0o755)), ("cc", .symlink("usr/x", to: "y")),
            ("dd", .directory("usr/x")),
        ] {
            let other = try bench.package(name, [member])
            #expect(throws: AssemblyError.self) { try bench.add([plain, other]) }
        }
    }

    @Test(
        "a package that replaces another has its files, in either order",
        arguments: [("Replaces: aa", true), ("Replaces: aa (<< 2)", true), ("Replaces: aa (<< 1)", false)],
        [false, true])
    func replaces(_ field: (String, wins: Bool), reversed: Bool) throws {
        let bench = try AssemblyBench()
        let sums = "900150983cd24fb0d6963f7d28e17f72  usr/x\n"
        let old = try bench.package("aa", [.file("usr/x", "old")], controlFiles: [("md5sums", sums)])
        let new = try bench.package("bb", fields: [field.0], [.file("usr/x", "new")], controlFiles: [("md5sums", sums)])
        let packages = reversed ? [new, old] : [old, new]
        guard field.wins else {
            #expect(throws: AssemblyError.self) { try bench.add(packages) }
            return
        }
        try bench.add(packages)
        #expect(try bench.text("usr/x") == "new")
        #expect(try bench.text("var/lib/dpkg/status.d/bb.md5sums") == sums)
        #expect(try !bench.exists("var/lib/dpkg/status.d/aa.md5sums"))
    }

    @Test("a file of a lower level is replaced the same way")
    func replacesBelow() throws {
        let bench = try AssemblyBench()
        try bench.add([try bench.package("aa", [.file("usr/x", "old")])])
        try bench.add([try bench.package("bb", fields: ["Replaces: aa"], [.file("usr/x", "new")])])
        #expect(try bench.text("usr/x") == "new")
    }

    @Test("the first package's mode of a directory holds")
    func directories() throws {
        let bench = try AssemblyBench()
        let layer = try bench.add([
            try bench.package("aa", [.directory("etc/secret", mode: 0o700)]),
            try bench.package("bb", [.directory("etc/secret"), .file("etc/secret/x", "")]),
        ])
        #expect(layer.entry(at: "etc/secret")?.mode == 0o700)
    }

    @Test("an upper level names parents with the metadata that they have below")
    func parents() throws {
        let bench = try AssemblyBench()
        try bench.add([try bench.package("aa", [.directory("etc/secret", mode: 0o700)])])
        let layer = try bench.add([try bench.package("bb", [.file("etc/secret/x", "")])])
        #expect(layer.entry(at: "etc/secret")?.mode == 0o700)
        #expect(layer.entry(at: "bin") == nil)
    }

    @Test(
        "maintainer scripts that divert files are refused",
        arguments: [
            ("preinst", "dpkg-divert --package pp --add --rename --divert /x.old /x", true),
            ("postinst", "  /usr/sbin/dpkg-divert --no-rename --divert \\\n  /x.old --package pp /x", true),
            ("postinst", "if true; then dpkg-divert --add /x; fi", true),
            ("postinst", "dpkg-divert /x", true),
            ("postinst", "x=$(dpkg-divert --add /x)", true),
            ("postinst", "dpkg-divert --remove /x", false),
            ("postinst", "dpkg-divert --package pp --rename --remove /x >/dev/null", false),
            ("postinst", "if dpkg-divert --list | grep x; then true; fi", false),
            ("postinst", "t=`dpkg-divert --truename /x`", false),
            ("postinst", "# dpkg-divert --add /x", false),
            ("postinst", "if command -v dpkg-divert >/dev/null; then :; fi", false),
            ("postrm", "dpkg-divert --add /x", false),
        ])
    func diversions(script: String, line: String, refused: Bool) throws {
        let bench = try AssemblyBench()
        let package = try bench.package(
            "pp", [.file("usr/x", "")], controlFiles: [(script, "#!/bin/sh\nset -e\n\(line)\n")])
        if refused {
            do {
                try bench.add([package])
                Issue.record("it was taken")
            } catch let error as AssemblyError {
                #expect(error.diagnostic.code == "base.diversion")
                #expect(error.diagnostic.message.contains("'pp'"))
                #expect(error.diagnostic.hint?.contains("configure: true") == true)
            }
        } else {
            try bench.add([package])
        }
    }

    @Test("a package twice, and one of another architecture, are refused")
    func wrongPackages() throws {
        let bench = try AssemblyBench()
        let package = try bench.package("pp", [])
        try bench.add([package])
        #expect(throws: AssemblyError.duplicatePackage("pp")) { try bench.add([package]) }
        let foreign = try bench.package(DebFile("qq", architecture: "arm64"))
        #expect(throws: AssemblyError.wrongArchitecture(package: "qq", architecture: "arm64", wanted: "amd64")) {
            try bench.add([foreign])
        }
        try bench.add([try bench.package(DebFile("rr", architecture: "all"))])
    }

    @Test("scanners find each package's stanza and the sums of the files that are there")
    func status() throws {
        let bench = try AssemblyBench()
        try bench.add([
            try bench.package(
                "hello", version: "1:2-3", fields: ["Source: greetings (2)", "Section: misc"],
                [.file("lib/h", "x"), .file("usr/share/man/man1/h.1.gz", "m"), .file("etc/h.conf", "c")],
                controlFiles: [
                    (
                        "md5sums",
                        "9dd4e461268c8034f5c8564e155c67a6  lib/h\n6f8f57715090da2632453988d9a1501b  usr/share/man/man1/h.1.gz\njunk\n"
                    ), ("conffiles", "/etc/h.conf\n"),
                ])
        ]) { $0.slices = [.named(.man)] }
        #expect(
            try bench.text("var/lib/dpkg/status.d/hello") == """
                Package: hello
                Status: install ok installed
                Version: 1:2-3
                Architecture: amd64
                Maintainer: Test <test@example.org>
                Source: greetings (2)
                Section: misc
                Description: hello for tests

                """)
        #expect(
            try bench.text("var/lib/dpkg/status.d/hello.md5sums") == "9dd4e461268c8034f5c8564e155c67a6  usr/lib/h\n")
        #expect(try bench.text("etc/h.conf") == "c")
    }
}
