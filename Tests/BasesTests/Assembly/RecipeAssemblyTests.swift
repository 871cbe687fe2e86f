import Archive
import Bases
import Core
import Debian
import HostOS
import Layers
import SampanTestSupport
import Testing

@Suite("What recipes add to a base")
struct RecipeAssemblyTests {
    private static let root = Recipe.User(
        name: "root", uid: 0, gid: 0, home: "/root", shell: "/sbin/nologin", comment: "root")
    private static let nonroot = Recipe.User(
        name: "nonroot", uid: 65532, gid: 65532, home: "/home/nonroot", shell: "/sbin/nologin", comment: "")

    @Test("accounts of all levels add up")
    func accounts() throws {
        let bench = try AssemblyBench()
        try bench.add {
            $0.users = [Self.root]
            $0.groups = [
                Recipe.Group(name: "root", gid: 0), Recipe.Group(name: "tty", gid: 5, members: ["root", "x"]),
            ]
        }
        let layer = try bench.add {
            $0.users = [Self.nonroot]
            $0.groups = [Recipe.Group(name: "nonroot", gid: 65532)]
        }
        #expect(
            try bench.text("etc/passwd")
                == "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n")
        #expect(try bench.text("etc/group") == "root:x:0:\ntty:x:5:root,x\nnonroot:x:65532:\n")
        #expect(AssemblyBench.files(layer) == ["etc/group", "etc/passwd"])
    }

    @Test("accounts that would be wrong are refused")
    func badAccounts() throws {
        func user(_ name: String, _ uid: UInt32 = 1, home: String = "/") -> Recipe.User {
            Recipe.User(name: name, uid: uid, gid: 1, home: home, shell: "/bin/sh", comment: "")
        }
        let cases: [([Recipe.User], AssemblyError)] = [
            ([user("root", 1)], .accountTwice(kind: "user", name: "root")),
            ([user("admin", 0)], .identifierTwice(kind: "user", identifier: 0, first: "root", second: "admin")),
            ([user("a:b")], .accountField(kind: "user", name: "a:b", field: "name")),
            ([user("1a")], .accountField(kind: "user", name: "1a", field: "name")),
            ([user("")], .accountField(kind: "user", name: "", field: "name")),
            ([user("aa", home: "/x:y")], .accountField(kind: "user", name: "aa", field: "home")),
            ([user("aa", home: "/x\ny")], .accountField(kind: "user", name: "aa", field: "home")),
            ([user("aa", .max)], .accountField(kind: "user", name: "aa", field: "number")),
        ]
        let bench = try AssemblyBench()
        try bench.add { $0.users = [Self.root] }
        for (users, error) in cases { #expect(throws: error) { try bench.add { $0.users = users } } }
        #expect(throws: AssemblyError.identifierTwice(kind: "group", identifier: 7, first: "aa", second: "bb")) {
            try bench.add { $0.groups = [Recipe.Group(name: "aa", gid: 7), Recipe.Group(name: "bb", gid: 7)] }
        }
        #expect(throws: AssemblyError.accountField(kind: "group", name: "aa", field: "member 'b,c:d'")) {
            try bench.add { $0.groups = [Recipe.Group(name: "aa", gid: 7, members: ["b,c:d"])] }
        }
    }

    @Test("accounts are not added to files that come from elsewhere")
    func foreignAccounts() throws {
        let bench = try AssemblyBench()
        let package = try bench.package("base-passwd", [.file("etc/passwd", "root:x:0:0::/:\n")])
        #expect(throws: AssemblyError.foreignAccounts(path: "etc/passwd")) {
            try bench.add([package]) { $0.users = [Self.root] }
        }
    }

    @Test("directories, files and links of the recipe go where links lead, and win over packages' files")
    func items() throws {
        let bench = try AssemblyBench()
        let layer = try bench.add([
            try bench.package(
                "pp",
                [.file("etc/motd", "package"), .directory("tmp"), .symlink("var/run", to: "/run"), .directory("run")],
                controlFiles: [("md5sums", "900150983cd24fb0d6963f7d28e17f72  etc/motd\n")])
        ]) {
            $0.directories = [
                Recipe.Directory(path: "tmp", mode: 0o1777, owner: .init()),
                Recipe.Directory(path: "home/user", mode: 0o700, owner: .init(uid: 1000, gid: 1001)),
                Recipe.Directory(path: "var/run/x", mode: 0o750, owner: .init()),
                Recipe.Directory(path: "lib/firmware", mode: 0o755, owner: .init()),
            ]
            $0.files = [
                Recipe.File(path: "etc/motd", content: .text("recipe"), mode: 0o600, owner: .init(uid: 1, gid: 2)),
                Recipe.File(path: "bin/tool", content: .text(""), mode: 0o755, owner: .init()),
            ]
            $0.symlinks = [Recipe.Symlink(path: "bin/t", target: "tool")]
        }
        #expect(layer.entry(at: "tmp")?.mode == 0o1777)
        let home = try #require(layer.entry(at: "home/user"))
        #expect((home.mode, home.uid, home.gid) == (0o700, 1000, 1001))
        #expect(layer.entry(at: "home")?.mode == 0o755)
        #expect(layer.entry(at: "run/x")?.mode == 0o750)
        #expect(layer.entry(at: "usr/lib/firmware")?.isDirectory == true)
        let motd = try #require(layer.entry(at: "etc/motd"))
        #expect((motd.mode, motd.uid, motd.gid) == (0o600, 1, 2))
        #expect(try bench.text("etc/motd") == "recipe")
        // The package's sum is not that of the recipe's file.
        #expect(try !bench.exists("var/lib/dpkg/status.d/pp.md5sums"))
        #expect(try bench.text("usr/bin/t") == "")
    }

    @Test("a recipe's file comes from beside it, small or large")
    func localFiles() throws {
        let bench = try AssemblyBench()
        let large = String(repeating: "0123456789abcdef", count: 100_000)
        try bench.directory.file("small", "small\n")
        try bench.directory.file("large", large)
        func file(_ path: BytePath, _ name: String) -> Recipe.File {
            Recipe.File(
                path: path, content: .local(.init(path: BytePath(cleaning: name), directory: bench.directory.path)),
                mode: 0o644, owner: .init())
        }
        try bench.add { $0.files = [file("etc/small", "small"), file("etc/large", "large")] }
        #expect(try bench.text("etc/small") == "small\n")
        #expect(try bench.text("etc/large") == large)
        #expect(throws: RecipeError.self) { try bench.add { $0.files = [file("etc/none", "none")] } }
    }

    @Test("nothing is put where a directory is, no directory where a file is")
    func inTheWay() throws {
        let bench = try AssemblyBench()
        try bench.add([try bench.package("pp", [.file("etc/x/y", "")])])
        #expect(throws: AssemblyError.inTheWay(path: "etc/x", what: "the file")) {
            try bench.add { $0.files = [Recipe.File(path: "etc/x", content: .text(""), mode: 0o644, owner: .init())] }
        }
        #expect(throws: AssemblyError.inTheWay(path: "etc/x", what: "the link")) {
            try bench.add { $0.symlinks = [Recipe.Symlink(path: "etc/x", target: "y")] }
        }
        #expect(throws: AssemblyError.inTheWay(path: "etc/x/y", what: "the directory")) {
            try bench.add { $0.directories = [Recipe.Directory(path: "etc/x/y", mode: 0o755, owner: .init())] }
        }
        #expect(throws: LayerError.notADirectory(path: "etc/x/y", through: "etc/x/y")) {
            try bench.add {
                $0.files = [Recipe.File(path: "etc/x/y/z", content: .text(""), mode: 0o644, owner: .init())]
            }
        }
    }

    @Test("a package's file gets another name, under either of its own", arguments: ["bin/busybox", "usr/bin/busybox"])
    func moves(packaged: String) throws {
        for from: BytePath in ["bin/busybox", "usr/bin/busybox"] {
            let bench = try AssemblyBench()
            try bench.add([
                try bench.package(
                    "busybox-static", [.file(packaged, "bb", mode: 0o755), .symlink("etc/x", to: "y")],
                    controlFiles: [("md5sums", "21ad0bd836b90d08f4cf640b4c298e7c  \(packaged)\n")])
            ]) {
                $0.moves = [Recipe.Move(from: from, to: "busybox/busybox")]
                $0.symlinks = [Recipe.Symlink(path: "busybox/sh", target: "busybox")]
            }
            #expect(try bench.text("busybox/sh") == "bb")
            #expect(try !bench.exists("usr/bin/busybox"))
            #expect(
                try bench.text("var/lib/dpkg/status.d/busybox-static.md5sums")
                    == "21ad0bd836b90d08f4cf640b4c298e7c  busybox/busybox\n")
        }
    }

    @Test("a move of what no package has is an error")
    func moveOfNothing() throws {
        let bench = try AssemblyBench()
        let package = try bench.package("pp", [.file("usr/x", "")])
        for packages in [[package], []] {
            #expect(throws: AssemblyError.moveOfNothing("/usr/y")) {
                try bench.add(packages) { $0.moves = [Recipe.Move(from: "usr/y", to: "z")] }
            }
        }
    }

    private func archive(_ to: BytePath, strip: Int = 0) -> Recipe.Archive {
        Recipe.Archive(
            source: .url("http://example.org/go.tar.gz"), digest: SHA256.digest(of: []), destination: to, strip: strip)
    }

    private func contents(_ bench: AssemblyBench, _ members: [DebFile.Member]) throws -> LayerContents {
        try TarIndexer.append(BytesSource(try DebFile.tar(members)), to: try bench.directory.scratchFile())
    }

    @Test("an archive is unpacked below its destination, less the components that are stripped")
    func archives() throws {
        let bench = try AssemblyBench()
        let go = try contents(
            bench,
            [
                .directory("go"), .file("go/bin/go", "go", mode: 0o755), .symlink("go/bin/gofmt", to: "go"),
                .hardlink("go/pkg/go", to: "go/bin/go"), .file("top", "t"),
            ])
        let layer = try bench.add(
            [try bench.package("pp", [.directory("usr/local"), .file("lib/x", "")])],
            archives: [(archive("usr/local"), go), (archive("lib/golang", strip: 1), go)])
        #expect(try bench.text("usr/local/go/bin/gofmt") == "go")
        #expect(layer.entry(at: "usr/local/go/pkg/go")?.kind == .hardlink(target: "usr/local/go/bin/go"))
        #expect(layer.entry(at: "usr/lib/golang/pkg/go")?.kind == .hardlink(target: "usr/lib/golang/bin/go"))
        #expect(try bench.text("lib/golang/bin/go") == "go")
        #expect(try !bench.exists("usr/lib/golang/top"))
        #expect(try bench.exists("usr/local/top"))
    }

    @Test("archives of which nothing is left, with devices, or with a package's file are refused")
    func badArchives() throws {
        let bench = try AssemblyBench()
        let flat = try contents(bench, [.file("x", "archive")])
        #expect(throws: AssemblyError.emptyArchive(archive: "http://example.org/go.tar.gz", strip: 1)) {
            try bench.add(archives: [(archive("usr", strip: 1), flat)])
        }
        let device = try contents(
            bench, [DebFile.Member(TarHeader(name: Array("null".utf8), kind: .fifo))])
        #expect(throws: AssemblyError.archiveKind(path: "null", archive: "http://example.org/go.tar.gz")) {
            try bench.add(archives: [(archive("usr"), device)])
        }
        let package = try bench.package("pp", [.file("usr/x", "package")])
        #expect(
            throws: AssemblyError.conflict(
                path: "usr/x", first: "package 'pp'", second: "archive 'http://example.org/go.tar.gz'")
        ) { try bench.add([package], archives: [(archive("usr"), flat)]) }
    }

    @Test("the same level gives the same bytes every time")
    func deterministic() throws {
        func layer() throws -> Digest {
            let bench = try AssemblyBench()
            let contents = try bench.add([
                try bench.package(
                    "aa",
                    [
                        .file("lib/a", "1"), .hardlink("lib/b", to: "lib/a"), .file("usr/share/doc/aa/x", ""),
                        .file("usr/share/doc/aa/copyright", "c"),
                    ]),
                try bench.package("bb", [.symlink("usr/share/doc/bb", to: "aa"), .file("etc/b", "2")]),
            ]) { recipe in
                recipe.slices = [.named(.docs)]
                recipe.users = [Self.root, Self.nonroot]
                recipe.symlinks = (0..<50).map { Recipe.Symlink(path: BytePath(cleaning: "bin/\($0)"), target: "x") }
            }
            return try LayerWriter().writeTar(contents, to: BytesSink()).diffID
        }
        let first = try layer()
        for _ in 0..<5 { #expect(try layer() == first) }
    }
}
