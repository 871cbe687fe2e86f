import Bases
import Core
import Debian
import Testing

@Suite("Bases: built-in recipes")
struct BuiltInRecipeTests {
    @Test("every built-in recipe loads, plain and with the debug level", arguments: RecipeChain.builtInNames)
    func loads(name: String) throws {
        let chain = try RecipeChain.load(name)
        #expect(chain.suite == "bookworm")
        #expect(chain.repository.components == ["main"])
        #expect(chain.architectures == ["amd64", "arm64"])
        #expect(chain.levels.allSatisfy { $0.origin == .builtIn && !$0.summary.isEmpty })
        guard name != "debug" else { return }
        #expect(chain.name == name)
        let debug = try RecipeChain.load(name + "-debug")
        #expect(debug.name == name + "-debug")
        #expect(debug.levels.map(\.name) == chain.levels.map(\.name) + ["debug"])
    }

    @Test(
        "a base stands on the levels that it extends",
        arguments: [
            ("static", ["static"]), ("base", ["static", "base"]), ("cc", ["static", "base", "cc"]),
            ("swift", ["static", "base", "cc", "swift"]), ("python", ["static", "base", "cc", "python"]),
            ("debug", ["static", "base", "debug"]), ("static-debug", ["static", "debug"]),
            ("debian", ["debian"]), ("golang", ["debian", "golang"]), ("gcc", ["debian", "gcc"]),
        ])
    func levels(name: String, expected: [String]) throws {
        #expect(try RecipeChain.load(name).levels.map(\.name) == expected)
    }

    @Test("static holds what distroless images promise")
    func contents() throws {
        let level = try RecipeChain.load("static").levels[0]
        #expect(
            level.users.map { "\($0.name):x:\($0.uid):\($0.gid):\($0.comment):\($0.home):\($0.shell)" } == [
                "root:x:0:0:root:/root:/sbin/nologin", "nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin",
                "nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin",
            ])
        #expect(
            level.groups.map { "\($0.name):x:\($0.gid):" } == [
                "root:x:0:", "nobody:x:65534:", "tty:x:5:", "staff:x:50:", "nonroot:x:65532:",
            ])
        #expect(level.files.map(\.path.absolute) == ["/etc/nsswitch.conf"])
        let tmp = try #require(level.directories.first { $0.path == "tmp" })
        #expect((tmp.mode, tmp.owner.uid) == (0o1777, 0))
        let home = try #require(level.directories.first { $0.path == "home/nonroot" })
        #expect((home.mode, home.owner.uid, home.owner.gid) == (0o700, 65532, 65532))
        #expect(!level.configure && !level.essential && !level.recommends)
    }

    @Test("what holds below holds above, but a package that is asked for comes")
    func inheritance() throws {
        let chain = try RecipeChain.load("python")
        let (base, cc, python) = (chain.levels[1], chain.levels[2], chain.levels[3])
        #expect(base.without.contains("libgcc-s1"))
        #expect(!cc.without.contains("libgcc-s1") && cc.without.contains("debconf"))
        #expect(!python.without.contains("libgcc-s1"))
        #expect(!chain.levels[0].slices.contains(.named(.gconv)))
        #expect(python.slices.contains(.named(.gconv)) && python.slices.contains(.named(.docs)))
        #expect(chain.image.user == "65532:65532")
        #expect(chain.image.entrypoint == ["/usr/bin/python3"])
        #expect(chain.image.environment.map(\.name) == ["PATH", "SSL_CERT_FILE", "LANG"])
    }

    @Test("debug appends its directory to the PATH and links every tool of busybox")
    func debug() throws {
        let chain = try RecipeChain.load("golang-debug")
        let path = chain.image.environment.first { $0.name == "PATH" }
        #expect(
            path?.value == "/go/bin:/usr/lib/go-1.23/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
                + ":/busybox")
        let debug = chain.levels[2]
        #expect(debug.symlinks.count == 268)
        #expect(debug.symlinks.allSatisfy { $0.target == "busybox" })
        #expect(debug.symlinks.map(\.path.absolute).contains("/busybox/sh"))
        #expect(debug.symlinks.map(\.path.absolute).contains("/busybox/["))
        #expect(debug.moves.map(\.to.absolute) == ["/busybox/busybox"])
        #expect(!debug.configure && chain.levels[1].configure && chain.isConfigured)
        #expect(chain.image.entrypoint == ["/busybox/sh"])
        #expect(chain.image.command == nil)
    }

    @Test("golang takes Go from the backports")
    func golang() throws {
        let chain = try RecipeChain.load("golang")
        #expect(chain.repository.suites == ["bookworm-backports"])
        #expect(
            chain.levels[1].packages.contains(PackageRequest(name: "golang-1.23-go", suite: "bookworm-backports")))
        #expect(chain.levels.map(\.configure) == [true, true])
        #expect(chain.levels.map(\.essential) == [true, true])
    }

    @Test("an unknown name is refused with the nearest known one")
    func unknown() {
        let error = #expect(throws: RecipeError.self) { _ = try RecipeChain.load("statik") }
        #expect(error?.diagnostic.message == "there is no base 'statik'")
        #expect(error?.diagnostic.hint == "did you mean 'static'?")
        let other = #expect(throws: RecipeError.self) { _ = try RecipeChain.load("qqqqqqqq-debug") }
        #expect(other?.kind == .unknownBuiltIn("qqqqqqqq-debug", known: RecipeChain.builtInNames))
    }

    @Test("the debug level goes on a base once", arguments: ["debug-debug", "cc-debug-debug", "-debug"])
    func debugTwice(name: String) {
        let error = #expect(throws: RecipeError.self) { _ = try RecipeChain.load(name) }
        #expect(error?.diagnostic.code == "recipe.unknown")
    }

    @Test("the text of a recipe can be shown")
    func source() throws {
        let text = try RecipeChain.source(of: "cc")
        #expect(text.name == "base:cc")
        #expect(String(decoding: text.bytes, as: UTF8.self).contains("extends: base\n"))
    }
}
