import DockerfileSyntax
import Projects
import Testing

@Suite("what a build is not given")
struct IgnoreTests {
    private func lines(_ files: [String: String]) throws -> [String] {
        let tree = ProjectTree(files)
        let file = try #require(
            ProjectFiles().files(of: Detector.detect(tree, name: "x"), in: tree).first { $0.path == ".dockerignore" })
        return file.text.split(separator: "\n").map(String.init)
    }

    @Test("readme and licence stay away, unless something takes them in")
    func texts() throws {
        let main = "fn main() {}\n"
        let manifest = "[package]\nname = \"a\"\n"
        #expect(try lines(["Cargo.toml": manifest, "src/main.rs": main]).contains("*.md"))
        let documented = "#![doc = include_str!(\"../README.md\")]\n" + main
        #expect(try !lines(["Cargo.toml": manifest, "src/main.rs": documented]).contains("*.md"))
        #expect(
            try !lines(["Cargo.toml": manifest + "license-file = \"LICENSE\"\n", "src/main.rs": main]).contains(
                "LICENSE*"))
    }

    @Test("directories that manifests name are given")
    func tests() throws {
        let manifest =
            "// swift-tools-version: 6.0\nPackage(name: \"a\", targets: [.executableTarget(name: \"a\"), .testTarget(name: \"T\")])"
        #expect(try !lines(["Package.swift": manifest, "Tests/T/x.swift": ""]).contains { $0.contains("Tests") })
        #expect(try lines(["go.mod": "module a\n", "main.go": "package main\n"]).contains("/bin"))
        #expect(try !lines(["go.mod": "module a\n", "bin/a/main.go": "package main\n"]).contains("/bin"))
    }

    @Test("an embedded key is given, others are not")
    func embedded() throws {
        let main = "package main\n\n//go:embed public.pem\nvar key []byte\n"
        let lines = try lines(["go.mod": "module a\n", "main.go": main, "public.pem": ""])
        #expect(lines.contains("**/*.pem") && lines.last == "!**/public.pem")
    }

    @Test("directories with names that no shell takes are passed over")
    func names() throws {
        let files = ["go.mod": "module a\n", "cmd/a/main.go": "package main\n", "cmd/$(x)/main.go": "package main\n"]
        let project = try Detector.detect(ProjectTree(files), name: "x")
        #expect(project.programs.map(\.name) == ["a"])
        #expect(project.remarks.contains { $0.contains("cmd/$(x)") })
    }
}
