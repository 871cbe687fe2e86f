import Bases
import Core
import HostOS
import SampanTestSupport
import Testing

@Suite("Bases: recipes in files")
struct RecipeFilesTests {
    @Test("a recipe extends a file beside it, and that one its own neighbours")
    func neighbours() throws {
        let directory = try TemporaryDirectory("recipe")
        try directory.file("levels/low.yaml", "extends: static\ncertificates: [ca.pem]\npackages: [libc6]\n")
        try directory.file("levels/ca.pem", "low")
        try directory.file("ca.pem", "top")
        let top = try directory.file("top.yaml", "extends: levels/low.yaml\ncertificates: [ca.pem]\n")
        let chain = try RecipeChain.load(top)
        #expect(chain.levels.map(\.name) == ["static", "low", "top"])
        let certificates = try chain.levels.flatMap(\.certificates).map { file in
            String(decoding: try WholeFile.read(file.open(), limit: 100), as: UTF8.self)
        }
        #expect(certificates == ["low", "top"])
        #expect(try RecipeChain.load(top + "-debug").levels.map(\.name) == ["static", "low", "top", "debug"])
        #expect(try RecipeChain.load(top + "-debug").name == "top-debug")
    }

    @Test("a file may extend a built-in base with the debug level")
    func extendsDebug() throws {
        let directory = try TemporaryDirectory("recipe")
        let path = try directory.file("a.yml", "extends: static-debug\n")
        #expect(try RecipeChain.load(path).levels.map(\.name) == ["static", "debug", "a"])
    }

    @Test(
        "links don't lead out of the recipe's directory", arguments: ["/etc/passwd", "../secret", "sub/../../secret"])
    func links(target: String) throws {
        let directory = try TemporaryDirectory("recipe")
        try directory.file("secret", "s")
        try directory.directory("own/sub")
        try directory.symlink("own/link", to: target)
        let path = try directory.file(
            "own/a.yaml", "suite: bookworm\nfiles: [{path: /x, from: link}]\n")
        let list = #expect(throws: DiagnosticList.self) { _ = try RecipeChain.load(path) }
        #expect(list?.diagnostics.map(\.code) == ["recipe.file"])
    }

    @Test("a link inside of the directory is followed")
    func innerLink() throws {
        let directory = try TemporaryDirectory("recipe")
        try directory.file("sub/real", "r")
        try directory.symlink("link", to: "sub/real")
        let path = try directory.file("a.yaml", "suite: bookworm\nfiles: [{path: /x, from: link}]\n")
        #expect(throws: Never.self) { _ = try RecipeChain.load(path) }
    }

    @Test("what can be no recipe is refused")
    func refused() throws {
        let directory = try TemporaryDirectory("recipe")
        let missing = #expect(throws: RecipeError.self) { _ = try RecipeChain.load(directory.path("a.yaml")) }
        #expect(missing?.kind == .missingRecipe(path: directory.path("a.yaml")))
        let nowhere = #expect(throws: RecipeError.self) { _ = try RecipeChain.load(directory.path("no/a.yaml")) }
        #expect(nowhere?.kind == .missingRecipe(path: directory.path("no/a.yaml")))
        let folder = #expect(throws: RecipeError.self) { _ = try RecipeChain.load(try directory.directory("d.yaml")) }
        #expect(folder?.kind == .notFile(directory.path("d.yaml")))
        let huge = try directory.file("huge.yaml", Array(repeating: UInt8(ascii: "#"), count: 2 << 20))
        #expect(throws: SystemError.self) { _ = try RecipeChain.load(huge) }
        let empty = try directory.file("empty.yaml", "")
        let list = #expect(throws: DiagnosticList.self) { _ = try RecipeChain.load(empty) }
        #expect(list?.diagnostics.map(\.code) == ["yaml.empty"])
    }

    @Test("recipes that extend each other in a circle are refused, however long it is")
    func cycles() throws {
        let directory = try TemporaryDirectory("recipe")
        let first = try directory.file("a.yaml", "extends: b.yaml\n")
        try directory.file("b.yaml", "extends: ./a.yaml\n")
        let error = #expect(throws: RecipeError.self) { _ = try RecipeChain.load(first) }
        #expect(
            error?.kind
                == .extendsCycle(["a.yaml", "b.yaml", "a.yaml"].map { directory.path($0) }))
        for index in 0..<20 { try directory.file("r\(index).yaml", "extends: r\(index + 1).yaml\n") }
        let long = #expect(throws: RecipeError.self) { _ = try RecipeChain.load(directory.path("r0.yaml")) }
        #expect(long?.kind == .chainTooLong(limit: 16))
    }

    @Test("the key of a base changes with what decides on packages, and with nothing else")
    func resolutionKey() throws {
        let directory = try TemporaryDirectory("recipe")
        func key(_ text: String) throws -> Digest {
            try RecipeChain.load(try directory.file("k.yaml", "suite: bookworm\n" + text)).resolutionKey
        }
        let plain = try key("packages: [libc6]\n")
        #expect(try key("# note\npackages: [ libc6 ]\nlabels: {a: b}\nmirror: http://h/d\nuser: x\n") == plain)
        #expect(try key("packages: [libc6]\narchitectures: [arm64]\n") == plain)
        let others = try [
            "packages: [libc6=1]\n", "packages: [libc6/x]\n", "packages: [libc6]\nwithout: [aa]\n",
            "packages: [libc6]\nrecommends: true\n", "packages: [libc6]\nessential: true\n",
            "packages: [libc6]\nsuites: [x]\n", "packages: [libc6]\ncomponents: [contrib]\n",
            "packages: [libc6]\nsnapshot: 20250520T000000Z\n",
        ].map(key)
        #expect(Set(others + [plain]).count == others.count + 1)
    }
}
