import BuildGraph
import Core
import Layers
import Testing

@Suite("what a COPY source names")
struct SourceMatcherTests {
    private static let tree = StackTree([
        ListedLayer(
            LayerContents([
                .file("a.go", bytes: [1]), .file("b.txt", bytes: [1]), .file("d1/f", bytes: [1]),
                .file("d1/s/f", bytes: [1]), .file("d2/f", bytes: [1]), .file("d2/g.go", bytes: [1]),
                .file("x*y", bytes: [1]), .file("[z]", bytes: [1]), .symlink("ld", to: "d1"),
                .symlink("lf", to: "/d1/f"), .symlink("dangling", to: "nowhere"), .symlink("out", to: "../../d2/f"),
            ]))
    ])

    /// `name` alone, or `name>real` where links led on.
    private func matches(_ pattern: String, parents: Bool = false) throws -> [String] {
        try SourceMatcher(tree: Self.tree, span: nil).matches(pattern, parents: parents).map { match in
            let pivot = match.pivot.isRoot ? "" : "\(match.pivot)|"
            return pivot + (match.name == match.entry.path ? "\(match.name)" : "\(match.name)>\(match.entry.path)")
        }
    }

    @Test(
        "paths and wildcards",
        arguments: [
            ("a.go", ["a.go"]), ("/a.go", ["a.go"]), ("./d1/../a.go", ["a.go"]), ("../../a.go", ["a.go"]),
            ("d1/", ["d1"]), ("lf", ["lf>d1/f"]), ("ld/s/f", ["ld/s/f>d1/s/f"]), ("out", ["out>d2/f"]),
            ("*.go", ["a.go"]), ("?.go", ["a.go"]), ("[ab].*", ["a.go", "b.txt"]), ("[^a].*", ["b.txt"]),
            ("d?/f", ["d1/f", "d2/f"]), ("*/*.go", ["d2/g.go"]), ("d*", ["d1", "d2"]), ("l*", ["ld>d1", "lf>d1/f"]),
            ("none*", []), ("x\\*y", ["x*y"]), ("x[*]y", ["x*y"]), ("\\[z\\]", ["[z]"]),
            ("**/f", ["d1/f", "d1/s/f", "d2/f"]), ("**/*.go", ["a.go", "d2/g.go"]), ("d1/**/f", ["d1/f", "d1/s/f"]),
        ])
    func names(pattern: String, expected: [String]) throws { #expect(try matches(pattern) == expected) }

    @Test(
        "with --parents what stands before /./ is not made again",
        arguments: [
            ("d1/s/f", ["d1/s/f"]), ("d1/./s/f", ["d1|d1/s/f"]), ("./d1/f", ["d1/f"]),
            ("*/./f", ["d1|d1/f", "d2|d2/f", "ld|ld/f>d1/f"]),
            ("/./d1/s/f", ["d1/s/f"]), ("d1/./**/f", ["d1|d1/f", "d1|d1/s/f"]),
        ])
    func pivots(pattern: String, expected: [String]) throws {
        #expect(try matches(pattern, parents: true) == expected)
    }

    @Test(
        "a path that is not there is an error that names a near one",
        arguments: [("d1/g", nil), ("a.g", "a.go"), ("dangling", nil), ("b.txt/x", nil), ("D1/f", nil)]
            as [(String, String?)])
    func missing(path: String, near: String?) {
        let error = #expect(throws: CopyError.self) { try matches(path) }
        #expect(error?.diagnostic.message == "'\(path)' was not found")
        if let near { #expect(error?.diagnostic.hint == "did you mean '\(near)'?") }
    }
}
