import SampanTestSupport
import Testing

@testable import SampanCommands

struct FileNamingTests {
    private let naming = FileNaming(directory: "/home/me/web/cmd") { path in
        ["/home/me/web", "/home/me/other"].first { path == $0 || path.hasPrefix($0 + "/") }
    }

    @Test(
        "files are called from the working directory for people, from the repository's root beside the source",
        arguments: [
            ("/home/me/web/cmd/Dockerfile", "Dockerfile", "cmd/Dockerfile"),
            ("/home/me/web/Dockerfile", "../Dockerfile", "Dockerfile"),
            ("/home/me/web/cmd/../build/./Dockerfile", "../build/Dockerfile", "build/Dockerfile"),
            ("/home/me/web/cmd/a b/Dockerfile", "a b/Dockerfile", "cmd/a b/Dockerfile"),
            ("/home/me/other/x/Dockerfile", "../../other/x/Dockerfile", "x/Dockerfile"),
            ("/home/me/none/Dockerfile", "../../none/Dockerfile", "/home/me/none/Dockerfile"),
            ("/srv/Dockerfile", "/srv/Dockerfile", "/srv/Dockerfile"),
            ("/home/me/website/Dockerfile", "../../website/Dockerfile", "/home/me/website/Dockerfile"),
            // Of a git URL, and of standard input.
            ("sub/Dockerfile", "sub/Dockerfile", "sub/Dockerfile"), ("<stdin>", "<stdin>", "<stdin>"),
            ("/", "/", "/"), ("/../..", "/../..", "/../.."),
        ])
    func names(file: String, near: String, inRepository: String) {
        #expect(naming.near(file) == near)
        #expect(naming.inRepository(file) == inRepository)
    }

    @Test("without version control files are called from the working directory where they are below it")
    func unversioned() {
        let naming = FileNaming(directory: "/work") { _ in nil }
        #expect(naming.inRepository("/work/a/Dockerfile") == "a/Dockerfile")
        #expect(naming.inRepository("/workshop/Dockerfile") == "/workshop/Dockerfile")
        #expect(FileNaming(directory: "/") { _ in nil }.near("/work/Dockerfile") == "work/Dockerfile")
    }

    @Test("a repository is found by what version control keeps in its root")
    func repository() throws {
        let place = try TemporaryDirectory("naming")
        try place.directory("a/b")
        try place.file("a/.git", "gitdir: elsewhere\n")
        let naming = try FileNaming.here()
        #expect(naming.root(place.path("a/b")) == place.path("a"))
        #expect(naming.root(place.path("a")) == place.path("a"))
        #expect(naming.root(place.path("a/none/c")) == place.path("a"))
    }
}
