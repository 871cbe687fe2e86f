import Archive
import Core
import HostOS
import Layers
import SampanTestSupport
import Testing

private func layer(_ entries: Entry...) -> LayerContents { LayerContents(entries) }

private func file(_ path: BytePath, _ text: String = "") -> Entry { .file(path, bytes: Array(text.utf8)) }

private func opaque(_ path: BytePath) -> Entry { Entry(path, .directory(opaque: true), mode: 0o755) }

private func paths(_ tree: FileTree) throws -> [String] { try tree.nodes().map(\.path.description) }

private func text(_ node: FileTree.Node?) throws -> String? {
    try node.map { String(decoding: try $0.entry.content.open().readAll(limit: 1000), as: UTF8.self) }
}

@Suite struct FileTreeTests {
    @Test("an upper file replaces a lower one")
    func replaces() throws {
        let tree = FileTree(layers: [layer(file("a", "old"), file("b", "b")), layer(file("a", "new"))])
        #expect(try paths(tree) == ["a", "b"])
        #expect(try text(tree.lookup("a")) == "new")
        #expect(try tree.lookup("a")?.layer == 1)
        #expect(try tree.lookup("b")?.layer == 0)
    }

    @Test("a whiteout hides the lower file, and a directory with all in it")
    func whiteout() throws {
        let tree = FileTree(layers: [
            layer(file("a"), .directory("d"), file("d/x"), file("d/y/z"), file("d.x"), file("d0")),
            layer(.whiteout("a"), .whiteout("d")),
        ])
        #expect(try paths(tree) == ["d.x", "d0"])
        #expect(try tree.lookup("d/x") == nil)
    }

    @Test("a whiteout of nothing is nothing, and hides nothing above it")
    func uselessWhiteout() throws {
        let tree = FileTree(layers: [layer(.whiteout("a")), layer(file("a")), layer(.whiteout("b"))])
        #expect(try paths(tree) == ["a"])
    }

    @Test("an opaque directory hides what lower layers have in it, not what its own has")
    func opaqueDirectory() throws {
        let tree = FileTree(layers: [
            layer(file("d/low"), file("d/sub/low"), file("e")), layer(opaque("d"), file("d/sub/up")),
            layer(file("d/top")),
        ])
        #expect(try paths(tree) == ["d", "d/sub", "d/sub/up", "d/top", "e"])
    }

    @Test("a file in place of a directory hides all below, a directory in place of a file opens up")
    func kinds() throws {
        let tree = FileTree(layers: [
            layer(file("d/x"), file("f")), layer(file("d"), .directory("f"), file("f/y")), layer(file("f/z")),
        ])
        #expect(try paths(tree) == ["d", "f", "f/y", "f/z"])
    }

    @Test("a directory over a directory merges, with the upper one's metadata")
    func merges() throws {
        let tree = FileTree(layers: [
            layer(.directory("d", mode: 0o755), file("d/x")), layer(.directory("d", mode: 0o700, uid: 7), file("d/y")),
        ])
        #expect(try paths(tree) == ["d", "d/x", "d/y"])
        let node = try #require(try tree.lookup("d"))
        #expect(node.entry.mode == 0o700)
        #expect(node.entry.uid == 7)
    }

    @Test("parents that no layer mentions are made up, those that a lower layer has are kept")
    func impliedParents() throws {
        let tree = FileTree(layers: [layer(.directory("a", mode: 0o1777)), layer(file("a/b/c"))])
        #expect(try paths(tree) == ["a", "a/b", "a/b/c"])
        #expect(try tree.lookup("a")?.entry.mode == 0o1777)
        #expect(try tree.lookup("a")?.layer == 0)
        #expect(try tree.lookup("a/b")?.entry.mode == 0o755)
        #expect(try tree.lookup("a/b")?.layer == -1)
        #expect(try tree.lookup("")?.entry.isDirectory == true)
    }

    @Test("an implied parent over a hidden directory is a new one")
    func impliedOverHidden() throws {
        let tree = FileTree(layers: [
            layer(.directory("a"), .directory("a/b", mode: 0o700), file("a/b/x")), layer(opaque("a"), file("a/b/c")),
        ])
        #expect(try paths(tree) == ["a", "a/b", "a/b/c"])
        #expect(try tree.lookup("a/b")?.entry.mode == 0o755)
    }

    @Test("a layer that uses its own file as a directory keeps the file")
    func malformed() throws {
        let tree = FileTree(layers: [layer(file("a"), file("a/b"), file("a/b/c/d"), file("b"))])
        #expect(try paths(tree) == ["a", "b"])
    }

    @Test("a whiteout with something below it in its own layer is an opaque directory")
    func whiteoutWithChildren() throws {
        let tree = FileTree(layers: [layer(file("a/low")), layer(.whiteout("a"), file("a/up"))])
        #expect(try paths(tree) == ["a", "a/up"])
    }

    @Test(
        "links are followed inside the root",
        arguments: [
            ("absolute/file", "dir/file"), ("relative/file", "dir/file"), ("climbs/file", "dir/file"),
            ("chain", "dir/file"), ("dir/up/dir/file", "dir/file"), ("dir/self/self/file", "dir/file"),
            ("absolute/none", nil), ("broken", nil), ("dir/file/x", nil), ("toroot/dir/file", "dir/file"),
        ] as [(BytePath, BytePath?)])
    func links(_ path: BytePath, _ real: BytePath?) throws {
        let tree = FileTree(layers: [
            layer(
                .directory("dir"), file("dir/file"), .symlink("absolute", to: "/dir"), .symlink("relative", to: "dir/"),
                .symlink("climbs", to: "../../../dir"), .symlink("chain", to: "relative/file"),
                .symlink("dir/up", to: ".."), .symlink("dir/self", to: "."), .symlink("broken", to: "nothing"),
                .symlink("toroot", to: "/"))
        ])
        #expect(try tree.lookup(path)?.path == real)
    }

    @Test("the last link is followed only when asked")
    func lastLink() throws {
        let tree = FileTree(layers: [layer(file("f"), .symlink("l", to: "f"), .symlink("d", to: "."))])
        #expect(try tree.lookup("l", followLinks: false)?.entry.isSymlink == true)
        #expect(try tree.lookup("l")?.path == "f")
        #expect(try tree.lookup("d/l", followLinks: false)?.path == "l")
        #expect(try tree.lookup("d")?.path == "")
    }

    @Test("what does not exist resolves to where it would be")
    func resolve() throws {
        let tree = FileTree(layers: [layer(.directory("d"), .symlink("l", to: "/d/new"), .symlink("m", to: "d"))])
        #expect(try tree.resolve("m/x/y") == "d/x/y")
        #expect(try tree.resolve("l") == "d/new")
        #expect(try tree.resolve("l/x") == "d/new/x")
        #expect(try tree.resolve("m", followLast: false) == "m")
    }

    @Test("link loops end with an error")
    func loops() throws {
        let tree = FileTree(layers: [layer(.symlink("a", to: "b"), .symlink("b", to: "a"), .symlink("c", to: "c/c"))])
        #expect(throws: LayerError.tooManyLinks(path: "a")) { try tree.lookup("a") }
        #expect(throws: LayerError.tooManyLinks(path: "c/x")) { try tree.lookup("c/x") }
        #expect(try tree.lookup("a", followLinks: false) != nil)
    }

    @Test("links whose targets grow do not grow memory")
    func growingLinks() throws {
        let target = String(repeating: "x/../", count: 800) + "l"
        let tree = FileTree(layers: [layer(.symlink("l", to: target))])
        #expect(throws: LayerError.tooManyLinks(path: "l")) { try tree.lookup("l") }
    }

    @Test("a hard link shows as the file it names, even when that name is hidden")
    func hardlinks() throws {
        let tree = FileTree(layers: [
            layer(file("a", "text"), Entry("b", .hardlink(target: "a"), mode: 0)), layer(.whiteout("a")),
        ])
        let node = try #require(try tree.lookup("b"))
        #expect(node.entry.isFile)
        #expect(node.entry.mode == 0o644)
        #expect(node.hardlink == "a")
        #expect(try text(node) == "text")
    }

    @Test("a dangling hard link is an error")
    func dangling() throws {
        let tree = FileTree(layers: [layer(Entry("b", .hardlink(target: "none"), mode: 0))])
        #expect(throws: LayerError.danglingHardlink(path: "b", target: "none")) { try tree.lookup("b") }
    }

    @Test("children are listed in byte order, without grandchildren, through links")
    func list() throws {
        let tree = FileTree(layers: [
            layer(
                file("d/a/x"), file("d/a.b"), file("d/a0"), file("d/B"), file("d/a/y/z"), file("e"),
                .symlink("l", to: "d"))
        ])
        #expect(try tree.list("d").map(\.path.description) == ["d/B", "d/a", "d/a.b", "d/a0"])
        #expect(try tree.list("l").map(\.path.description) == ["d/B", "d/a", "d/a.b", "d/a0"])
        #expect(try tree.list("").map(\.path.description) == ["d", "e", "l"])
        #expect(try tree.list("e").isEmpty)
        #expect(try tree.list("none").isEmpty)
        #expect(try tree.walk(below: "l").count == 7)
    }

    @Test("flattening keeps what is visible, and hard links whose names are left")
    func flatten() throws {
        let tree = FileTree(layers: [
            layer(
                file("a", "1"), Entry("b", .hardlink(target: "a"), mode: 0), Entry("c", .hardlink(target: "a"), mode: 0)
            ),
            layer(.whiteout("a"), opaque("d")),
        ])
        let flat = try tree.flattened()
        #expect(flat.entries.map(\.path.description) == ["b", "c", "d"])
        #expect(flat.entries[0].isFile)
        #expect(flat.entries[1].kind == .hardlink(target: "b"))
        #expect(flat.entries[2].kind == .directory(opaque: false))
    }

    @Test("random stacks look as if they were unpacked one after another", arguments: 0..<40)
    func randomStacks(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var model: [BytePath: String] = [:]
        var layers: [LayerContents] = []
        for level in 0..<5 {
            let contents = RandomLayer.make(&random, entries: 30)
            apply(contents, level, to: &model)
            layers.append(contents)
        }
        let tree = FileTree(layers: layers)
        var found: [BytePath: String] = [:]
        for node in try tree.nodes() { found[node.path] = "\(node.layer) \(node.entry.kind)" }
        #expect(found == model)
        for node in try tree.nodes() where node.entry.isDirectory {
            let children = model.keys.filter { $0.parent == node.path && !$0.isRoot }.sorted()
            #expect(try tree.list(node.path).map(\.path) == children)
        }
    }

    /// What the specification says of applying a layer, done the simple way.
    private func apply(_ contents: LayerContents, _ level: Int, to model: inout [BytePath: String]) {
        func remove(below path: BytePath) {
            for key in model.keys where key != path && key.isSameOrBelow(path) { model[key] = nil }
        }
        for entry in contents.entries where entry.isWhiteout || entry.isOpaque {
            remove(below: entry.path)
            if entry.isWhiteout { model[entry.path] = nil }
        }
        for entry in contents.entries where !entry.isWhiteout {
            if !entry.isDirectory { remove(below: entry.path) }
            model[entry.path] = "\(level) \(entry.kind)"
        }
    }
}

/// Random layers that are well-formed: every parent is there, nothing is below a file.
enum RandomLayer {
    static func make(_ random: inout SeededGenerator, entries count: Int) -> LayerContents {
        let names = ["a", "b", "a.b", "a-", "0"].map { Array($0.utf8) }
        var entries: [BytePath: Entry] = [:]
        for _ in 0..<count {
            var path = BytePath()
            for depth in 0...Int(random.next() % 4) {
                let isLast = depth == 3 || random.next() % 3 == 0
                path = path.appending(names[Int(random.next() % 5)])
                if let existing = entries[path] {
                    if !existing.isDirectory { break }
                    continue
                }
                if !isLast {
                    entries[path] = Entry(path, .directory(opaque: random.next() % 6 == 0), mode: 0o755)
                    continue
                }
                switch random.next() % 4 {
                case 0: entries[path] = .whiteout(path)
                case 1: entries[path] = .symlink(path, to: "x")
                default: entries[path] = .file(path, bytes: random.bytes(Int(random.next() % 100)))
                }
                break
            }
        }
        return LayerContents(Array(entries.values))
    }
}

@Suite struct LayerContentsTests {
    @Test("entries are sorted by path, of equal ones the last wins, and the root is dropped")
    func sorts() {
        let contents = LayerContents([
            file("b"), file("a", "1"), .directory(""), file("a", "2"), file("a/x"), file("a.x"),
        ])
        #expect(contents.entries.map(\.path.description) == ["a", "a.x", "a/x", "b"])
        #expect(contents.entry(at: "a")?.size == 1)
        #expect(contents.entry(at: "none") == nil)
        #expect(contents.range(below: "a") == 2..<3)
        #expect(contents.range(below: "") == 0..<4)
    }

    @Test("the first name of a linked file becomes the file")
    func hardlinkOrder() throws {
        let contents = LayerContents([
            file("z", "text"), Entry("a", .hardlink(target: "m"), mode: 0), Entry("m", .hardlink(target: "z"), mode: 0),
        ])
        #expect(contents.entries.map(\.kind) == [.file, .hardlink(target: "a"), .hardlink(target: "a")])
        #expect(contents.entries[0].size == 4)
    }

    @Test("the identity has no time stamps and no place, but everything else")
    func identity() throws {
        let base = Entry.file("a", bytes: [1])
        let same = try LayerContents([base]).contentID()
        var moved = base
        moved.modified = FileTime(seconds: 99)
        #expect(try LayerContents([moved]).contentID() == same)
        let changes: [(inout Entry) -> Void] = [
            { $0.path = "b" }, { $0.mode = 0o600 }, { $0.uid = 1 }, { $0.gid = 1 }, { $0.content = .bytes([2]) },
            { $0.attributes = [ExtendedAttribute(name: "user.x", value: [])] }, { $0.kind = .fifo },
            { $0.kind = .symlink(target: [1]) }, { $0.kind = .whiteout }, { $0.kind = .directory(opaque: true) },
        ]
        var seen: Set = [same]
        for change in changes {
            var entry = base
            change(&entry)
            #expect(seen.insert(try LayerContents([entry]).contentID()).inserted)
        }
    }

    @Test("a subtree has the same identity wherever it stands")
    func relativeIdentity() throws {
        let here = [Entry.directory("a/b"), file("a/b/c", "x")]
        let there = [Entry.directory("z/b"), file("z/b/c", "x")]
        #expect(try ContentID.of(here, relativeTo: "a") == ContentID.of(there, relativeTo: "z"))
        #expect(try ContentID.of(here) != ContentID.of(there))
    }

    @Test("a layer is completed with what is below it")
    func completes() throws {
        let below = FileTree(layers: [
            layer(
                .directory("usr/lib", mode: 0o750, uid: 3), .symlink("lib", to: "usr/lib"),
                .directory("tmp", mode: 0o1777), file("usr/lib/old"))
        ])
        let contents = try layer(
            file("lib/x/y"), file("tmp/f"), .whiteout("lib/old"), .whiteout("lib/none"), file("new/f")
        ).completed(over: below)
        #expect(
            contents.entries.map(\.path.description) == [
                "new", "new/f", "tmp", "tmp/f", "usr", "usr/lib", "usr/lib/old", "usr/lib/x", "usr/lib/x/y",
            ])
        #expect(contents.entry(at: "tmp")?.mode == 0o1777)
        #expect(contents.entry(at: "usr/lib")?.uid == 3)
        #expect(contents.entry(at: "usr/lib/old")?.isWhiteout == true)
    }

    @Test("an explicit directory takes the place of a symbolic link below, and a file in the way is an error")
    func completesOver() throws {
        let below = FileTree(layers: [layer(.symlink("lib", to: "usr/lib"), file("f"))])
        let contents = try layer(.directory("lib"), file("lib/x")).completed(over: below)
        #expect(contents.entries.map(\.path.description) == ["lib", "lib/x"])
        #expect(throws: LayerError.notADirectory(path: "f/x", through: "f")) {
            try layer(file("f/x")).completed(over: below)
        }
        // A whiteout clears the way.
        #expect(
            try layer(.whiteout("f"), file("f/x")).completed(over: below).entries.map(\.kind) == [
                .directory(opaque: true), .file,
            ])
    }
}
