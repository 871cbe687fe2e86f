import BuildGraph
import Core
import Layers
import Testing

@Suite("a stack of layers, asked path by path")
struct StackTreeTests {
    private func stack(_ layers: [Entry]...) -> StackTree {
        StackTree(layers.map { ListedLayer(LayerContents($0)) })
    }

    @Test("upper layers win, whiteouts and opaque directories hide")
    func merging() throws {
        let tree = stack(
            [
                .directory("a"), .file("a/x", bytes: [1]), .file("a/y", bytes: [1]), .file("b/z", bytes: [1]),
                .file("c", bytes: [1]),
            ],
            [
                Entry("a", .directory(opaque: false), mode: 0o700), .whiteout("a/x"),
                Entry("b", .directory(opaque: true), mode: 0o755),
                .file("b/n", bytes: [2]), .directory("c"),
            ])
        #expect(try tree.entry(at: "a")?.mode == 0o700)
        #expect(try tree.entry(at: "a/x") == nil)
        #expect(try tree.children(of: "a").map(\.path) == ["a/y"])
        #expect(try tree.children(of: "b").map(\.path) == ["b/n"])
        #expect(try tree.entry(at: "b/z") == nil)
        #expect(try tree.entry(at: "c")?.isDirectory == true)
        #expect(try tree.walk(below: "").map(\.path) == ["a", "a/y", "b", "b/n", "c"])
    }

    @Test("a file in the way hides what lower layers have below it")
    func fileOverDirectory() throws {
        let tree = stack([.file("a/b", bytes: [1])], [.file("a", bytes: [2])])
        #expect(try tree.entry(at: "a")?.isFile == true)
        #expect(try tree.entry(at: "a/b") == nil)
        #expect(try tree.children(of: "a").isEmpty)
    }

    @Test("links lead on inside the tree, never out of it")
    func links() throws {
        let tree = stack([
            .symlink("lib", to: "usr/lib"), .directory("usr/lib"), .file("usr/lib/so", bytes: [1]),
            .symlink("up", to: "../../usr"),
            .symlink("abs", to: "/lib"), .symlink("one", to: "two"), .symlink("two", to: "one"),
        ])
        #expect(try tree.resolve("lib/so") == "usr/lib/so")
        #expect(try tree.resolve("abs/so") == "usr/lib/so")
        #expect(try tree.resolve("up/lib") == "usr/lib")
        #expect(try tree.resolve("lib", followLast: false) == "lib")
        #expect(try tree.resolve("lib/none/deeper") == "usr/lib/none/deeper")
        let error = #expect(throws: Diagnostic.self) { try tree.resolve("one") }
        #expect(error?.code == "tree.link-loop")
    }

    @Test("directories that only their contents tell of are there, also between names that sort among them")
    func implied() throws {
        let tree = stack([.file("a/x/1", bytes: [1]), .file("a-b", bytes: [1]), .file("a/x-y", bytes: [1])])
        #expect(try tree.children(of: "").map(\.path) == ["a", "a-b"])
        #expect(try tree.children(of: "a").map(\.path) == ["a/x", "a/x-y"])
        #expect(try tree.entry(at: "a/x")?.mode == 0o755)
    }

    @Test("a hard link of a listed layer shows as the file it names")
    func hardlink() throws {
        var file = Entry.file("a", bytes: [7, 7])
        file.mode = 0o640
        let tree = stack([file, Entry("b", .hardlink(target: "a"), mode: 0o640)])
        let link = try #require(try tree.entry(at: "b"))
        #expect(link.isFile && link.size == 2 && link.mode == 0o640)
        #expect(try tree.readFile("b") == [7, 7])
    }
}
