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
}
