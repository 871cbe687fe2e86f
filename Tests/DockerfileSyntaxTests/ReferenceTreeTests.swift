import Core
import DockerfileSyntax
import Testing

@Suite("the reference parser's cases")
struct ReferenceTreeTests {
    static let root = PublicCases.directory("dockerfile-parser")
    static let good = root.map { PublicCases.list($0 + "/testfiles") } ?? []
    static let bad = root.map { PublicCases.list($0 + "/testfiles-negative") } ?? []

    @Test(
        "a Dockerfile gives the tree that the reference parser gives",
        .enabled(if: root != nil, "../shared/data/dockerfile-parser is not there"), arguments: good)
    func tree(name: String) throws {
        let folder = try #require(Self.root) + "/testfiles/" + name
        let source = try #require(PublicCases.source(folder + "/Dockerfile"))
        let expected = String(decoding: try #require(PublicCases.read(folder + "/result")), as: UTF8.self)
        let result = Dockerfile.parse(source)
        let lines = { (text: String) in text.split(separator: "\n").joined(separator: "\n") }
        #expect(lines(result.dockerfile.sexp()) == lines(expected))
        #expect(result.syntaxErrors.isEmpty)
    }

    @Test(
        "what the reference parser refuses is refused",
        .enabled(if: root != nil, "../shared/data/dockerfile-parser is not there"), arguments: bad)
    func refused(name: String) throws {
        let folder = try #require(Self.root) + "/testfiles-negative/" + name
        let source = try #require(PublicCases.source(folder + "/Dockerfile"))
        #expect(!Dockerfile.parse(source).syntaxErrors.isEmpty)
    }

    @Test(
        "instructions know their lines",
        .enabled(if: root != nil, "../shared/data/dockerfile-parser is not there"))
    func lines() throws {
        let path = try #require(Self.root) + "/testfile-line/Dockerfile"
        let dockerfile = Dockerfile.parse(try #require(PublicCases.source(path))).dockerfile
        #expect(dockerfile.instructions.map(\.lines) == [5...5, 11...12, 17...31])
    }
}
