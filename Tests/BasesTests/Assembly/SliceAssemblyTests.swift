import Bases
import Core
import Debian
import Layers
import SampanTestSupport
import Testing

@Suite("Slices of a base")
struct SliceAssemblyTests {
    @Test("copyright files stay when documentation goes, and links to another package's too")
    func copyrights() throws {
        let bench = try AssemblyBench()
        try bench.add([
            try bench.package(
                "gcc-base",
                [
                    .file("usr/share/doc/gcc-base/copyright", "GPL"), .file("usr/share/doc/gcc-base/changelog.gz", "c"),
                    .file("usr/share/doc/gcc-base/examples/a/b", "e"), .file("usr/share/doc-base/x", "d"),
                    .file("usr/share/common-licenses/GPL-3", "GPL-3"),
                ]),
            try bench.package(
                "libgcc", [.symlink("usr/share/doc/libgcc", to: "gcc-base"), .file("usr/lib/libgcc", "l")]),
        ]) { $0.slices = [.named(.docs)] }
        #expect(try bench.text("usr/share/doc/gcc-base/copyright") == "GPL")
        #expect(try bench.text("usr/share/doc/libgcc/copyright") == "GPL")
        #expect(try bench.text("usr/share/common-licenses/GPL-3") == "GPL-3")
        for gone: BytePath in [
            "usr/share/doc/gcc-base/changelog.gz", "usr/share/doc/gcc-base/examples", "usr/share/doc-base",
        ] {
            #expect(try !bench.exists(gone), "\(gone)")
        }
        let report = try #require(bench.assembler.reports.first)
        #expect(report.sliced.map(\.slice) == ["docs"])
        #expect(report.sliced.map(\.files) == [3])
        #expect(report.sliced.map(\.bytes) == [3])
        #expect(report.packages == ["gcc-base", "libgcc"])
    }

    @Test("with the slice copyrights nothing of them is left, not even links")
    func withoutCopyrights() throws {
        let bench = try AssemblyBench()
        try bench.add([
            try bench.package(
                "aa", [.file("usr/share/doc/aa/copyright", "GPL"), .file("usr/share/common-licenses/GPL", "")]),
            try bench.package("bb", [.symlink("usr/share/doc/bb", to: "aa"), .file("usr/lib/b", "")]),
        ]) { $0.slices = [.named(.docs), .named(.copyrights)] }
        #expect(try !bench.exists("usr/share"))
        #expect(try bench.exists("usr/lib/b"))
    }

    @Test(
        "a slice leaves out its files and keeps the rest",
        arguments: [
            (Slice.named(.man), "usr/share/man/man1/x.1", "usr/share/manual/x"),
            (.named(.info), "usr/share/info/x.info", "usr/share/information/x"),
            (.named(.locales), "usr/share/locale/de/LC_MESSAGES/x.mo", "usr/lib/locale/C.utf8/LC_CTYPE"),
            (.named(.locales), "usr/share/i18n/charmaps/X.gz", "usr/share/locales/x"),
            (.named(.locales), "usr/lib/locale/de_DE.utf8/LC_CTYPE", "usr/lib/localex"),
            (.named(.lintian), "usr/share/lintian/overrides/x", "usr/share/lint"),
            (.named(.bashCompletion), "usr/share/bash-completion/completions/x", "etc/bash.bashrc"),
            (.named(.gconv), "usr/lib/x86_64-linux-gnu/gconv/X.so", "usr/lib/x86_64-linux-gnu/libc.so.6"),
            (.zoneinfo(["posix"]), "usr/share/zoneinfo/posix/Europe/Rome", "usr/share/zoneinfo/Europe/Rome"),
            (.zoneinfo(["Antarctica"]), "usr/share/zoneinfo/Antarctica/Troll", "usr/share/zoneinfo/Antarcticax"),
            (.paths(["/usr/share/foo/**"]), "usr/share/foo/a/b", "usr/share/foobar"),
            (.paths(["/usr/*/x?"]), "usr/share/xy", "usr/share/xyz"),
            (.paths(["/lib/a"]), "usr/share/unmatched", "usr/lib/a"),
        ])
    func slices(slice: Slice, out: String, kept: String) throws {
        let bench = try AssemblyBench()
        try bench.add([try bench.package("pp", [.file(out, "out"), .file(kept, "kept"), .directory("etc/empty")])]) {
            $0.slices = [slice]
        }
        #expect(try bench.exists(BytePath(cleaning: kept)))
        #expect(try bench.exists("etc/empty"))
        if out != "usr/share/unmatched" { #expect(try !bench.exists(BytePath(cleaning: out))) }
    }

    @Test("directories that slices emptied go; those that were empty stay")
    func emptied() throws {
        let bench = try AssemblyBench()
        try bench.add([
            try bench.package(
                "pp", [.file("usr/share/man/de/man1/x", ""), .directory("usr/share/x"), .file("etc/y", "")])
        ]) {
            $0.slices = [.named(.man), .paths(["/usr/share/gone"])]
            $0.files = [
                Recipe.File(path: "etc/z", content: .text("z"), mode: 0o644, owner: .init())
            ]
        }
        #expect(try !bench.exists("usr/share/man"))
        #expect(try bench.exists("usr/share/x"))
    }

    @Test("a time zone that is a link into a region left out gets the bytes")
    func linkedZones() throws {
        let bench = try AssemblyBench()
        let layer = try bench.add([
            try bench.package(
                "tzdata",
                [
                    .file("usr/share/zoneinfo/Antarctica/McMurdo", "NZ"),
                    .symlink("usr/share/zoneinfo/Antarctica/South_Pole", to: "McMurdo"),
                    .symlink("usr/share/zoneinfo/NZ", to: "Antarctica/South_Pole"),
                    .symlink("usr/share/zoneinfo/Pacific/Auckland", to: "../NZ"),
                    .symlink("usr/share/zoneinfo/Pacific/Far", to: "/usr/share/zoneinfo/Antarctica/McMurdo"),
                ])
        ]) { $0.slices = [.zoneinfo(["Antarctica"])] }
        #expect(layer.entry(at: "usr/share/zoneinfo/NZ")?.isFile == true)
        #expect(layer.entry(at: "usr/share/zoneinfo/Pacific/Auckland")?.isSymlink == true)
        #expect(try bench.text("usr/share/zoneinfo/Pacific/Auckland") == "NZ")
        #expect(try bench.text("usr/share/zoneinfo/Pacific/Far") == "NZ")
        #expect(try !bench.exists("usr/share/zoneinfo/Antarctica"))
    }

    @Test("a hard linked file stays under the names that stay")
    func hardlinks() throws {
        let bench = try AssemblyBench()
        let layer = try bench.add([
            try bench.package(
                "pp",
                [
                    .file("usr/a/out", "content"), .hardlink("usr/b/one", to: "usr/a/out"),
                    .hardlink("usr/c/two", to: "usr/a/out"),
                ])
        ]) { $0.slices = [.paths(["/usr/a/**"])] }
        #expect(try bench.text("usr/b/one") == "content")
        #expect(layer.entry(at: "usr/c/two")?.kind == .hardlink(target: "usr/b/one"))
    }
}
