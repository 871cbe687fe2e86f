import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("COPY, from a Dockerfile to an image")
struct CopyTests {
    private func tree() throws -> Workspace {
        let work = try Workspace()
        for name in ["a/one.txt", "a/two.md", "a/b/three.txt", "a/b/c/four.txt", "top.txt"] {
            try work.file(name, name + "\n")
        }
        return work
    }

    /// The files that one COPY puts into an empty image, directories with a slash.
    private func copied(_ instruction: String, _ work: Workspace) throws -> [String] {
        try work.image("FROM scratch\n\(instruction)\n", ["-t", "x"])
        return try work.files("x").map { $0.value.kind == .directory ? $0.key + "/" : $0.key }.sorted()
    }

    @Test(
        "which files come, and where they go",
        arguments: [
            ("COPY top.txt /", ["top.txt"]),
            ("COPY top.txt /renamed", ["renamed"]),
            ("COPY top.txt /new/", ["new/", "new/top.txt"]),
            ("COPY a/b /", ["c/", "c/four.txt", "three.txt"]),
            ("COPY a/b /b", ["b/", "b/c/", "b/c/four.txt", "b/three.txt"]),
            ("COPY a/*.txt top.txt /d/", ["d/", "d/one.txt", "d/top.txt"]),
            ("COPY a/*/*.txt /d/", ["d/", "d/three.txt"]),
            ("COPY --parents a/b/*.txt /d/", ["d/", "d/a/", "d/a/b/", "d/a/b/three.txt"]),
            ("COPY --parents a/./b/c /d/", ["d/", "d/b/", "d/b/c/", "d/b/c/four.txt"]),
            (
                "COPY --parents a/**/*.txt /",
                [
                    "a/", "a/b/", "a/b/c/", "a/b/c/four.txt", "a/b/three.txt", "a/one.txt",
                ]
            ),
            ("COPY --exclude=*.md --exclude=b/c a /d/", ["d/", "d/b/", "d/b/three.txt", "d/one.txt"]),
            ("COPY --exclude=**/*.txt a /d/", ["d/", "d/b/", "d/b/c/", "d/two.md"]),
        ])
    func selection(instruction: String, expected: [String]) throws {
        #expect(try copied(instruction, try tree()) == expected)
    }

    @Test(
        "modes and owners",
        arguments: [
            ("--chmod=4711 --chown=5:6", "4711 5:6"), ("--chown=7", "640 7:7"), ("--chmod=u=rwx,go=rX", "755 0:0"),
            ("--chmod=a+x,g-r", "711 0:0"), ("", "640 0:0"),
        ])
    func access(flags: String, expected: String) throws {
        let work = try Workspace()
        try work.file("f", "f", mode: 0o640)
        try work.image("FROM scratch\nCOPY \(flags) f /f\n", ["-t", "x"])
        #expect(try work.files("x")["f"]?.access == expected)
    }

    @Test("names of users and groups are those of the image", .enabled(if: Need.root, Need.rootReason))
    func names() throws {
        let work = try Workspace()
        try work.importBase()
        try work.file("f", "f")
        try work.image(
            "FROM base\nCOPY --chown=app f /one\nCOPY --chown=app:extra f /two\nCOPY --chown=:77 f /x\n", ["-t", "x"])
        let files = try work.files("x")
        #expect(files["one"]?.access == "644 1000:1001")
        #expect(files["two"]?.access == "644 1000:77")
        let failed = try work.build("FROM base\nCOPY --chown=nobody f /one\n")
        #expect(failed.code == 2)
        #expect(failed.error.contains("nobody"))
        #expect(failed.error.contains("COPY --chown=nobody f /one"))
    }

    @Test("links are copied as they are, and followed where they lead on the way")
    func links() throws {
        let work = try Workspace()
        try work.file("real/f", "f\n")
        try work.place.symlink("context/link", to: "real")
        try work.place.symlink("context/real/self", to: "../../outside")
        try work.image("FROM scratch\nCOPY real /out/\nCOPY link/f /f\n", ["-t", "x"])
        let files = try work.files("x")
        #expect(files["out/self"]?.kind == .symlink)
        #expect(files["out/self"]?.link == "../../outside")
        #expect(files["f"]?.text == "f\n")
    }

    @Test("a link in the image is followed inside the image", .enabled(if: Need.root, Need.rootReason))
    func linkedDestination() throws {
        let work = try Workspace()
        try work.importBase()
        try work.file("f", "f\n")
        try work.image(
            "FROM base\nRUN mkdir /real && ln -s /real /via && ln -s ../../../../real /up\nCOPY f /via/one\nCOPY f /up/two\n",
            ["-t", "x"])
        let files = try work.files("x")
        #expect(files["real/one"]?.text == "f\n")
        #expect(files["real/two"]?.text == "f\n")
        #expect(files["via"]?.kind == .symlink)
    }

    @Test("--link makes a layer that does not look at what is below")
    func link() throws {
        let work = try tree()
        let first = try work.image("FROM scratch\nCOPY --link a /app\n", ["-t", "x"])
        try work.image("FROM scratch\nCOPY top.txt /\nCOPY --link a /app\n", ["-t", "y"])
        let (x, y) = (try work.inspect("x"), try work.inspect("y"))
        #expect(x.manifest.layers.last?.digest == y.manifest.layers.last?.digest)
        #expect(first.hasPrefix("sha256:"))
    }

    @Test("the ignore file hides files from COPY, and a Dockerfile's own goes first")
    func ignoring() throws {
        let work = try tree()
        try work.file(".dockerignore", "# comment\n**/*.txt\n!a/b/**\na/b/c\n")
        try work.image("FROM scratch\nCOPY . /\n", ["-t", "x"])
        #expect(
            try work.files("x").filter { $0.value.kind == .file }.keys.sorted() == [
                ".dockerignore", "Dockerfile", "a/b/three.txt", "a/two.md",
            ])
        try work.file("other.Dockerfile", "FROM scratch\nCOPY . /\n")
        try work.file("other.Dockerfile.dockerignore", "*\n!top.txt\n")
        try work.succeed(["build", "-f", work.context + "/other.Dockerfile", "-t", "y", work.context])
        #expect(try work.files("y").keys.sorted() == ["top.txt"])
        let failed = try work.build("FROM scratch\nCOPY top.txt /\n")
        #expect(failed.code == 2)
        #expect(failed.error.contains(".dockerignore"), "\(failed.error)")
    }

    @Test("what isn't there is an error that shows the line")
    func missing() throws {
        let work = try tree()
        let failed = try work.build("FROM scratch\nCOPY top.text /\n")
        #expect(failed.code == 2)
        #expect(failed.output == "")
        #expect(
            failed.error.hasSuffix(
                """
                error: 'top.text' was not found
                 --> \(work.context)/Dockerfile:2:6
                2 | COPY top.text /
                  |      ^^^^^^^^
                hint: did you mean 'top.txt'?

                """), "\(failed.error)")
    }

    @Test("the files keep no times of the host")
    func times() throws {
        let work = try tree()
        try work.image("FROM scratch\nCOPY . /\n", ["-t", "x"])
        #expect(Set(try work.files("x").values.map(\.seconds)) == [0])
        try work.image("FROM scratch\nCOPY . /\n", ["-t", "y"], environment: ["SOURCE_DATE_EPOCH": "1700000000"])
        #expect(Set(try work.files("y").values.map(\.seconds)) == [1_700_000_000])
        #expect(try work.inspect("y").image.created == "2023-11-14T22:13:20Z")
    }
}
