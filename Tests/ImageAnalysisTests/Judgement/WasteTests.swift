import Binaries
import Core
import Layers
import OCI
import Testing

@testable import ImageAnalysis

@Suite("waste")
struct WasteTests {
    @Test("of a path that is written N times N-1 copies are waste, each with the layer that replaced it")
    func rewritten() throws {
        var stack = ImageStack()
        for (text, size) in [("a", 100), ("b", 50), ("c", 70)] {
            stack.layer()
            stack.file("srv/data", text, size: size)
        }
        #expect(
            try stack.items() == ["rewritten srv/data 100 in 0 by 1", "rewritten srv/data 50 in 1 by 2"])
        #expect(try stack.waste().bytes == 150)
    }

    @Test("what one archive has twice is waste of its layer")
    func twiceInOneArchive() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("a", size: 10)
        stack.overwritten = 5000
        #expect(try stack.items() == ["rewritten  5000 in 0 by 0"])
        #expect(try stack.explanation().advice.map(\.rule) == ["non-root", "archive-duplicates"])
    }

    @Test("the same bytes again in a later layer are a copy for their owner or mode")
    func metadata() throws {
        var stack = ImageStack()
        stack.layer("COPY app /app")
        stack.file("app", "program", size: 90)
        stack.layer("RUN chown 1000 /app")
        stack.file("app", "program", size: 90, uid: 1000)
        #expect(try stack.items() == ["metadataCopy app 90 in 0 by 1"])
    }

    @Test("bytes whose digest is not known are never said to be the same")
    func unknownDigest() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("a", size: 90) { $0.digest = nil }
        stack.file("b", size: 90) { $0.digest = nil }
        stack.layer()
        stack.file("a", size: 90) { $0.digest = nil }
        #expect(try stack.items() == ["rewritten a 90 in 0 by 1"])
    }

    @Test(
        "a file that a later layer removes is waste, however it is removed",
        arguments: ["whiteout", "above", "opaque", "file", "link"])
    func deleted(_ how: String) throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("srv/deep/data", size: 40)
        stack.layer()
        stack.file("other", "o", size: 5)
        stack.layer()
        switch how {
        case "whiteout": stack.whiteout("srv/deep/data")
        case "above": stack.whiteout("srv")
        case "opaque": stack.opaque("srv/deep")
        case "file": stack.file("srv/deep", "now a file", size: 3)
        default: stack.add(.symlink("srv", to: "other"))
        }
        #expect(try stack.items() == ["deleted srv/deep/data 40 in 0 by 2"])
    }

    @Test("a path that an opaque directory hides and has anew is rewritten")
    func opaqueAnew() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("srv/data", "old", size: 40)
        stack.file("srv/more", "more", size: 30)
        stack.layer()
        stack.opaque("srv")
        stack.file("srv/data", "new", size: 20)
        #expect(try stack.items() == ["rewritten srv/data 40 in 0 by 1", "deleted srv/more 30 in 0 by 1"])
    }

    @Test("a file that comes again after it was deleted is waste once for each time")
    func deletedAndBack() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("data", "one", size: 10)
        stack.layer()
        stack.whiteout("data")
        stack.layer()
        stack.file("data", "one", size: 10)
        stack.layer()
        stack.whiteout("data")
        #expect(try stack.items() == ["deleted data 10 in 0 by 1", "deleted data 10 in 2 by 3"])
    }

    @Test("a file of two names lives until the last of them is gone, and counts once")
    func hardlinks() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("a", size: 60)
        stack.hardlink("z", to: "a")
        stack.layer()
        stack.whiteout("a")
        #expect(try stack.items() == [])
        #expect(try stack.explanation().kinds.map(\.files) == [1])
        stack.layer()
        stack.file("z", "new", size: 5)
        #expect(try stack.items() == ["rewritten a 60 in 0 by 2"])
    }

    @Test("a copy of a file of several names is told of by names that the tree shows")
    func hardlinkCopied() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("bin/perl", "same", size: 60)
        stack.hardlink("bin/perl5", to: "bin/perl")
        stack.hardlink("bin/perl5.36", to: "bin/perl")
        stack.layer("RUN chmod 700 /bin/perl")
        stack.file("bin/perl", "same", size: 60, mode: 0o700)
        #expect(try stack.items() == ["duplicate bin/perl 60 in 1 is bin/perl5"])
        stack.layer()
        stack.whiteout("bin/perl5")
        #expect(try stack.items() == ["duplicate bin/perl 60 in 1 is bin/perl5.36"])
        stack.layer()
        stack.whiteout("bin/perl5.36")
        #expect(try stack.items() == ["deleted bin/perl 60 in 0 by 3"])
    }

    @Test("what a file that keeps another name only has for nothing is told under that name")
    func hardlinkRenamed() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("a", size: 60) { $0.binary = ImageStack.binary(symbols: 20) }
        stack.hardlink("z", to: "a")
        stack.layer()
        stack.file("a", "new", size: 5)
        #expect(try stack.items() == ["symbols z 20 in 0"])
    }

    @Test("the same bytes under two paths are waste at all but the first: lowest layer, then path")
    func duplicates() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("m", "same", size: 30)
        stack.layer()
        stack.file("a", "same", size: 30)
        stack.file("b", "same", size: 30)
        stack.file("c", "other", size: 30)
        #expect(try stack.items() == ["duplicate a 30 in 1 is m", "duplicate b 30 in 1 is m"])
    }

    @Test("empty files are no waste, and are no copies of each other")
    func empty() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("a", size: 0)
        stack.file("b", size: 0)
        stack.layer()
        stack.file("a", size: 0)
        #expect(try stack.items() == [])
        #expect(try stack.explanation().kinds == [KindShare(kind: .empty, files: 2, bytes: 0)])
    }

    @Test(
        "what nothing at run time needs is told by its place and kind",
        arguments: [
            ("var/lib/apt/lists/deb.debian.org_Packages", "packageLists"),
            ("var/cache/apt/pkgcache.bin", "packageCache"),
            ("root/.cache/pip/http/a", "packageCache"), ("root/.npm/_cacache/x", "packageCache"),
            ("var/lib/dpkg/status-old", "packageCache"), ("root/go/pkg/mod/x/y.go", "packageCache"),
            ("app/.git/objects/pack/a.pack", "versionControl"), ("app/.git/config", "versionControl"),
            ("usr/share/doc/bash/changelog.gz", "documentation"), ("usr/share/man/man1/ls.1.gz", "documentation"),
            ("usr/lib/python3.11/test/test_os.py", "testData"), ("app/node_modules/x/test/a.js", "testData"),
            ("src/pkg/testdata/golden", "testData"), ("usr/lib/debug/.build-id/aa/b.debug", "debugInfo"),
            ("app/main.go", "source"), ("usr/include/stdio.h", "source"), ("usr/lib/libz.a", "buildTool"),
            ("usr/local/go/bin/go", "buildTool"), ("usr/libexec/gcc/x86_64-linux-gnu/12/cc1", "buildTool"),
        ])
    func needless(_ path: String, _ kind: String) throws {
        var stack = ImageStack()
        stack.layer()
        stack.file(path, size: 77)
        #expect(try stack.items() == ["\(kind) \(path) 77 in 0"])
    }

    @Test(
        "what may be needed is no waste",
        arguments: [
            "app/main.py", "usr/lib/python3/dist-packages/x.py", "app/node_modules/x/index.js", "etc/ld.so.cache",
            "usr/share/doc/bash/copyright", "app/LICENSE", "usr/bin/test", "app/test/run", "var/lib/dpkg/status",
            "var/lib/dpkg/info/gcc-12-base:amd64.list", "var/cache/debconf/templates.dat", "usr/lib/libz.so.1",
            "app/.gitignore", "tests", "usr/share/zoneinfo/UTC", "etc/ssl/certs/ca-certificates.crt",
        ])
    func needed(_ path: String) throws {
        var stack = ImageStack()
        stack.layer()
        stack.file(path, size: 77)
        #expect(try stack.items() == [])
    }

    @Test("symbols and debug information count apart from their program, and never for more than its size")
    func symbols() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("bin/a", "a", size: 100) { $0.binary = ImageStack.binary(symbols: 20, debug: 50) }
        stack.file("bin/b", "b", size: 100) { $0.binary = ImageStack.binary(symbols: 90, debug: 90) }
        stack.file("bin/c", "c", size: 100) { $0.binary = ImageStack.binary(symbols: -5, debug: .max) }
        stack.file("lib/m.ko", "d", size: 100) { $0.binary = ImageStack.binary(.object, symbols: 90) }
        #expect(
            try stack.items() == [
                "debugInfo bin/c 100 in 0", "debugInfo bin/b 90 in 0", "debugInfo bin/a 50 in 0",
                "symbols bin/a 20 in 0", "symbols bin/b 10 in 0",
            ])
    }

    @Test("a byte is in one item: the copy of a program counts as copy, its symbols only where it stays")
    func once() throws {
        var stack = ImageStack()
        stack.layer()
        stack.file("bin/a", "same", size: 100) { $0.binary = ImageStack.binary(symbols: 20) }
        stack.file("bin/b", "same", size: 100) { $0.binary = ImageStack.binary(symbols: 20) }
        stack.file("usr/lib/debug/a", "same", size: 100) { $0.binary = ImageStack.binary(debug: 60) }
        #expect(
            try stack.items() == [
                "duplicate bin/b 100 in 0 is bin/a", "debugInfo usr/lib/debug/a 100 in 0", "symbols bin/a 20 in 0",
            ])
    }

    @Test("an image without layers, and one without files, wastes nothing")
    func nothing() throws {
        var stack = ImageStack()
        #expect(try stack.items() == [])
        stack.layer()
        stack.whiteout("gone")
        stack.opaque("etc")
        #expect(try stack.items() == [])
        let waste = try stack.waste()
        #expect(waste.diveEfficiency == 1)
        #expect(waste.diveWastedBytes == 0)
    }
}
