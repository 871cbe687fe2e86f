import BuildGraph
import Core
import DockerfileSyntax
import Layers
import Testing

@Suite("COPY as entries")
struct CopyPlannerTests {
    private struct NoArchives: ArchiveOpener {
        func open(_ file: Entry) throws -> LayerContents? { nil }
    }

    private static let source = StackTree([
        ListedLayer(
            LayerContents([
                .file("a.txt", bytes: [1]), .file("b.txt", bytes: [2]), .directory("d", mode: 0o700),
                .file("d/x.go", bytes: [3]),
                .file("d/x_test.go", bytes: [4]), .file("d/e/y.go", bytes: [5], mode: 0o755),
                .symlink("link", to: "d/x.go"),
                .symlink("d/inner", to: "x.go"),
            ]))
    ])

    private static let target = StackTree([
        ListedLayer(
            LayerContents([
                .directory("app", mode: 0o750, uid: 7), .symlink("lib", to: "usr/lib"), .directory("usr/lib"),
                .file("file", bytes: [9]),
            ]))
    ])

    /// Each entry as `path mode uid:gid`, directories with a slash, links with their target.
    private func plan(
        _ sources: [String], _ destination: String, owner: CopyOperation.Owner? = nil, mode: String? = nil,
        excludes: [String] = [],
        parents: Bool = false, workdir: String = "/"
    ) throws -> [String] {
        var planner = CopyPlanner(
            CopyOperation(
                sources: sources.map { .tree(Self.source, pattern: $0, span: nil) }, destination: destination,
                workdir: workdir,
                owner: owner, mode: try mode.map { try ModeChange($0) },
                excludes: excludes.isEmpty ? nil : try IgnoreMatcher(patterns: excludes), parents: parents),
            into: Self.target, unpacker: NoArchives())
        return try planner.plan().entries.map { entry in
            var text = entry.path.description
            if entry.isDirectory { text += "/" }
            if case .symlink(let link) = entry.kind { text += "->" + String(decoding: link, as: UTF8.self) }
            return "\(text) \(String(entry.mode, radix: 8)) \(entry.uid):\(entry.gid)"
        }
    }

    @Test("a file goes to a name, into an existing directory, or into one that a slash makes")
    func files() throws {
        #expect(try plan(["a.txt"], "/new") == ["new 644 0:0"])
        #expect(try plan(["a.txt"], "/app") == ["app/ 750 7:0", "app/a.txt 644 0:0"])
        #expect(try plan(["a.txt"], "/x/y/") == ["x/ 755 0:0", "x/y/ 755 0:0", "x/y/a.txt 644 0:0"])
        #expect(try plan(["a.txt"], ".", workdir: "/app") == ["app/ 750 7:0", "app/a.txt 644 0:0"])
        #expect(
            try plan(["a.txt"], "sub/n", workdir: "/app") == ["app/ 750 7:0", "app/sub/ 755 0:0", "app/sub/n 644 0:0"])
    }

    @Test("a directory gives its contents; links inside it stay links, a named link is followed")
    func directories() throws {
        #expect(
            try plan(["d"], "/t") == [
                "t/ 755 0:0", "t/e/ 755 0:0", "t/e/y.go 755 0:0", "t/inner->x.go 777 0:0", "t/x.go 644 0:0",
                "t/x_test.go 644 0:0",
            ])
        #expect(try plan(["link"], "/n/") == ["n/ 755 0:0", "n/link 644 0:0"])
    }

    @Test("a destination behind a link goes where the link leads")
    func linkedDestination() throws {
        #expect(try plan(["a.txt"], "/lib/") == ["usr/ 755 0:0", "usr/lib/ 755 0:0", "usr/lib/a.txt 644 0:0"])
    }

    @Test("owner and mode apply to what is made, not to what is there")
    func ownerAndMode() throws {
        let owner = CopyOperation.Owner(uid: 33, gid: 44)
        #expect(
            try plan(["a.txt"], "/app/n/", owner: owner, mode: "600") == [
                "app/ 750 7:0", "app/n/ 755 33:44", "app/n/a.txt 600 33:44",
            ])
        #expect(
            try plan(["d/e"], "/q", owner: owner, mode: "go=") == ["q/ 755 33:44", "q/y.go 700 33:44"])
    }

    @Test("wildcards match, and may match nothing")
    func wildcards() throws {
        #expect(try plan(["*.txt"], "/t/") == ["t/ 755 0:0", "t/a.txt 644 0:0", "t/b.txt 644 0:0"])
        #expect(try plan(["none*"], "/t/").isEmpty)
    }

    @Test("--exclude leaves out, --parents keeps the path behind the pivot")
    func excludesAndParents() throws {
        #expect(try plan(["d"], "/t", excludes: ["**/*_test.go", "inner", "e"]) == ["t/ 755 0:0", "t/x.go 644 0:0"])
        #expect(
            try plan(["d/e/y.go"], "/t/", parents: true) == [
                "t/ 755 0:0", "t/d/ 700 0:0", "t/d/e/ 755 0:0", "t/d/e/y.go 755 0:0",
            ])
        #expect(try plan(["*/./e/y.go"], "/t/", parents: true) == ["t/ 755 0:0", "t/e/ 755 0:0", "t/e/y.go 755 0:0"])
        #expect(try plan(["d/./e/y.go"], "/t/", parents: true) == ["t/ 755 0:0", "t/e/ 755 0:0", "t/e/y.go 755 0:0"])
    }

    @Test("what cannot be is refused with its reason")
    func errors() throws {
        func message(_ sources: [String], _ destination: String) -> String? {
            do {
                _ = try plan(sources, destination)
                return nil
            } catch {
                return Diagnostic(explaining: error).message
            }
        }
        #expect(message(["nope"], "/t") == "'nope' was not found")
        #expect(message(["a.txt"], "/file/") == "the destination '/file' is a file, not a directory")
        #expect(message(["a.txt", "b.txt"], "/new") == "several sources need a directory as destination")
        #expect(message(["d"], "/file") == "the destination '/file' is a file, not a directory")
    }

    @Test("a mistyped source is answered with the near name")
    func suggestion() {
        let error = #expect(throws: CopyError.self) { try plan(["d/x.g"], "/t") }
        #expect(error?.diagnostic.hint == "did you mean 'd/x.go'?")
    }

    // MARK: - What differs from other tools

    /// Plans with trees of its own; hard links show as `path=>target`.
    private func plan(
        _ sources: [CopyOperation.Source], into target: [Entry], at destination: String,
        owner: CopyOperation.Owner? = nil, parents: Bool = false, archives: [BytePath: [Entry]] = [:]
    ) throws -> [String] {
        var planner = CopyPlanner(
            CopyOperation(
                sources: sources, destination: destination, workdir: "/", owner: owner, parents: parents,
                unpack: !archives.isEmpty),
            into: StackTree([ListedLayer(LayerContents(target))]),
            unpacker: KnownArchives(archives: archives.mapValues { LayerContents($0) }))
        return try planner.plan().entries.map { entry in
            var text = entry.path.description
            switch entry.kind {
            case .directory(let opaque): text += opaque ? "/!" : "/"
            case .hardlink(let target): text += "=>" + target.description
            case .symlink(let target): text += "->" + String(decoding: target, as: UTF8.self)
            default: break
            }
            return "\(text) \(String(entry.mode, radix: 8)) \(entry.uid):\(entry.gid)"
        }
    }

    private struct KnownArchives: ArchiveOpener {
        var archives: [BytePath: LayerContents]

        func open(_ file: Entry) throws -> LayerContents? { archives[file.path] }
    }

    private func tree(_ entries: [Entry], _ pattern: String) -> CopyOperation.Source {
        .tree(StackTree([ListedLayer(LayerContents(entries))]), pattern: pattern, span: nil)
    }

    @Test("a directory below the destination becomes what the source's is, the destination itself does not")
    func existingDirectories() throws {
        let source: [Entry] = [
            .directory("d", mode: 0o711), .directory("d/s", mode: 0o710, uid: 3), .directory("d/new", mode: 0o701),
        ]
        let target: [Entry] = [.directory("p", mode: 0o700, uid: 5), .directory("p/s", mode: 0o1777, uid: 5)]
        #expect(
            try plan([tree(source, "d")], into: target, at: "/p") == [
                "p/ 700 5:0", "p/new/ 701 0:0", "p/s/ 710 3:0",
            ])
        #expect(
            try plan([tree(source, "d")], into: target, at: "/p", owner: .init(uid: 9, gid: 8)) == [
                "p/ 700 5:0", "p/new/ 701 9:8", "p/s/ 710 9:8",
            ])
        // With --parents an existing directory stays.
        #expect(
            try plan([tree(source, "d/s")], into: [.directory("d", mode: 0o700, uid: 5)], at: "/", parents: true) == [
                "d/ 700 5:0", "d/s/ 710 3:0",
            ])
    }

    @Test("names of one file stay names of one file, within one source")
    func hardlinks() throws {
        let source: [Entry] = [
            .file("d/a", bytes: [1], uid: 4), Entry("d/b", .hardlink(target: "d/a"), mode: 0),
            Entry("d/e/c", .hardlink(target: "d/a"), mode: 0), .file("other/a", bytes: [2]),
        ]
        #expect(
            try plan([tree(source, "d")], into: [], at: "/t") == [
                "t/ 755 0:0", "t/a 644 4:0", "t/b=>t/a 644 4:0", "t/e/ 755 0:0", "t/e/c=>t/a 644 4:0",
            ])
        #expect(
            try plan([tree(source, "d/a"), tree(source, "d/b")], into: [], at: "/t/") == [
                "t/ 755 0:0", "t/a 644 4:0", "t/b 644 4:0",
            ])
        // The first name is replaced by another file: the rest still belong together.
        #expect(
            try plan([tree(source, "d"), tree(source, "other")], into: [], at: "/t/") == [
                "t/ 755 0:0", "t/a 644 0:0", "t/b 644 4:0", "t/e/ 755 0:0", "t/e/c=>t/b 644 4:0",
            ])
    }

    @Test("an archive's entries take the place of whatever is there and keep their owners")
    func archives() throws {
        let archive: [Entry] = [
            .directory("d", mode: 0o711, uid: 3), .file("d/f", bytes: [1], mode: 0o4755, uid: 3),
            Entry("d/h", .hardlink(target: "d/f"), mode: 0), .file("was-dir", bytes: [1]),
            .symlink("was-file", to: "x"),
            .file("via/n", bytes: [1]),
        ]
        let target: [Entry] = [
            .symlink("t/d", to: "real"), .directory("t/real"), .directory("t/was-dir"),
            .file("t/was-dir/x", bytes: [2]), .file("t/was-file", bytes: [2]), .symlink("t/via", to: "/t/real"),
        ]
        #expect(
            try plan(
                [tree([.file("x.tar", bytes: [0])], "x.tar")], into: target, at: "/t", archives: ["x.tar": archive])
                == [
                    "t/ 755 0:0", "t/d/ 711 3:0", "t/d/f 4755 3:0", "t/d/h=>t/d/f 4755 3:0", "t/real/ 755 0:0",
                    "t/real/n 644 0:0", "t/was-dir 644 0:0", "t/was-file->x 777 0:0",
                ])
        #expect(
            try plan(
                [tree([.file("x.tar", bytes: [0])], "x.tar")], into: [.directory("d", mode: 0o700, uid: 5)], at: "/",
                owner: .init(uid: 1, gid: 2), archives: ["x.tar": Array(archive.prefix(3))])
                == ["d/ 711 1:2", "d/f 4755 1:2", "d/h=>d/f 4755 1:2"])
    }

    @Test("a whiteout in an archive for ADD is refused")
    func archiveWhiteout() {
        let error = #expect(throws: CopyError.self) {
            try plan(
                [tree([.file("x", bytes: [0])], "x")], into: [], at: "/", archives: ["x": [.whiteout("etc/passwd")]])
        }
        #expect(error?.diagnostic.message == "the archive '/x' cannot be unpacked")
        #expect(error?.diagnostic.causes == ["it holds a whiteout at '/etc/passwd'"])
    }
}
