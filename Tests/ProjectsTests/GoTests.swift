import Projects
import Testing

@testable import Projects

@Suite("Go projects")
struct GoTests {
    private static func project(
        _ files: [String: String], module: String = "module example.com/a\n\ngo 1.22\n",
        images: ImageSource = .assembled
    ) throws -> Project {
        try Detector.detect(
            ProjectTree(files.merging(["go.mod": module]) { own, _ in own }), name: "dir",
            choices: .images(images))
    }

    private static let main = "package main\n\nfunc main() {}\n"

    @Test(
        "go.mod in all its forms",
        arguments: [
            ("module example.com/web\n", "example.com/web", "web", [String](), [String]()),
            ("module \"example.com/web/v3\"\ngo 1.21.4 // why\n", "example.com/web/v3", "web", [], []),
            ("module a\nrequire b.example.com/c v1.0.0\n", "a", "a", ["b.example.com/c"], []),
            (
                "module a\nrequire (\n\tb v1 // indirect\n\tc v2\n)\nreplace (\n\tb => ../b\n)\n", "a", "a",
                ["b", "c"], ["../b"]
            ),
            ("module a\nreplace b v1 => ./b\n", "a", "a", [], ["./b"]), ("", "", "app", [], []),
            ("// module x\n", "", "app", [], []),
            ("module\n(\n)\n", "", "app", [], []),
        ])
    func module(_ text: String, _ path: String, _ name: String, _ requires: [String], _ local: [String]) {
        let module = GoModule(text)
        #expect(module.path == path)
        #expect(module.name == name)
        #expect(module.requires == requires)
        #expect(module.localReplacements == local)
    }

    @Test("imports, embedded files and constraints of a file")
    func file() {
        let file = GoFile(
            """
            /* package no
            */
            //go:build linux && !tools

            // Package main.
            package main

            import "fmt"
            import (
            \t"net/http"
            \tx "example.com/x" // why
            )

            //go:embed a/* "b c.txt"
            var files embed.FS
            """)
        #expect(file.package == "main")
        #expect(file.imports == ["fmt", "net/http", "example.com/x"])
        #expect(!file.isIgnored)
        #expect(GoFile("//go:build ignore\npackage main\n").isIgnored)
    }

    @Test(
        "the builder is the base where its Go is new enough, else an image",
        arguments: [
            ("go 1.16", "base:golang"), ("go 1.23", "base:golang"), ("go 1.23.0", "base:golang"), ("", "base:golang"),
            ("go 1.24", "golang:1.27-bookworm"), ("go 1.25.3", "golang:1.27-bookworm"),
            ("go 1.26", "golang:1.26-bookworm"), ("go 1.26.4", "golang:1.26-bookworm"),
            ("go 1.99", "golang:1.99-bookworm"), ("go 1.22\ntoolchain go1.23.1", "base:golang"),
            ("go 1.22\ntoolchain go1.25.1", "golang:1.25-bookworm"),
            ("go 1.26.0\ntoolchain go1.27.2", "golang:1.27-bookworm"),
            // One that is older than the module itself counts for nothing, and so does a word.
            ("go 1.26.0\ntoolchain go1.25.2", "golang:1.26-bookworm"),
            ("go 1.22\ntoolchain default", "base:golang"),
        ])
    func builder(_ line: String, _ image: String) throws {
        let project = try Self.project(["main.go": Self.main], module: "module a\n\(line)\n")
        #expect(project.build?.image == image)
    }

    @Test(
        "no needs, no base; each need brings one",
        arguments: [
            ("fmt.Println()", "scratch"), ("http.Get(\"https://example.com\")", "base:static"),
            ("time.LoadLocation(\"UTC\")", "base:static"), ("os.CreateTemp(\"\", \"\")", "base:static"),
            ("user.Current()", "base:static"), ("// http.Get(", "scratch"),
        ])
    func needs(_ line: String, _ base: String) throws {
        let project = try Self.project(["main.go": "package main\n\nfunc main() {\n\t\(line)\n}\n"])
        #expect(project.runtime.image == base)
    }

    @Test("other builders get the same from the builder's image")
    func registry() throws {
        let body = "package main\n\nfunc main() {\n\thttp.Get(x)\n\ttime.LoadLocation(x)\n\tos.CreateTemp(a, b)\n}\n"
        let project = try Self.project(["main.go": body], images: .registry)
        #expect(
            project.runtime.lines == [
                "COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt",
                "ENV ZONEINFO=/zoneinfo.zip", "COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip",
                "COPY --from=build --chown=65532:65532 /srv /tmp",
            ])
    }

    @Test("C called from Go asks for the C library, C++ for its runtime")
    func cgo() throws {
        let main = "package main\n\n// #include <math.h>\nimport \"C\"\n\nfunc main() {}\n"
        #expect(try Self.project(["main.go": main]).runtime.image == "base:base")
        #expect(try Self.project(["main.go": main]).build?.lines.first == "ENV CGO_ENABLED=1")
        #expect(try Self.project(["main.go": main, "x.cpp": ""]).runtime.image == "base:cc")
        let module = "module a\nrequire github.com/mattn/go-sqlite3 v1.14.0\n"
        #expect(
            try Self.project(["main.go": Self.main], module: module).conclusions("linked") == ["against the C library"])
        // A test that needs it does not make the program need it.
        #expect(try Self.project(["main.go": Self.main, "main_test.go": main]).runtime.image == "scratch")
    }

    @Test("modules are fetched before the sources come, where that can be")
    func order() throws {
        let module = "module a\nrequire b v1\n"
        let files = ["main.go": Self.main, "go.sum": ""]
        #expect(try Self.project(files, module: module).build?.lines.contains("COPY go.mod go.sum ./") == true)
        for more in ["vendor/modules.txt": "", "go.work": "go 1.22\nuse .\n"] {
            let other = files.merging([more.key: more.value]) { $1 }
            #expect(
                try Self.project(other, module: module).build?.lines.contains { $0.contains("go mod download") }
                    == false)
        }
        let local = try Self.project(files, module: module + "replace b => ../b\n")
        #expect(local.build?.lines.contains { $0.contains("go mod download") } == false)
        #expect(local.remarks.contains { $0.contains("../b") })
    }

    @Test("programs of the development are not shipped, unless there is no other")
    func programs() throws {
        let all = [
            "cmd/a/main.go": Self.main, "tools/gen/main.go": Self.main, "testdata/x/main.go": Self.main,
            "sub/go.mod": "", "sub/main.go": Self.main,
        ]
        #expect(try Self.project(all).programs.map(\.name) == ["a"])
        #expect(try Self.project(["examples/b/main.go": Self.main]).programs.map(\.name) == ["b"])
        #expect(throws: ProjectError.self) { try Self.project(["a.go": "package a\n"]) }
    }

    @Test("a program that can ask for its own health does")
    func health() throws {
        let main = """
            package main

            func main() {
            \tif len(os.Args) > 1 && os.Args[1] == "healthcheck" {
            \t}
            \thttp.HandleFunc("/livez", f)
            \thttp.ListenAndServe(":8080", nil)
            }
            """
        let project = try Self.project(["main.go": main])
        #expect(project.healthCommand == ["/a", "healthcheck"])
        #expect(project.health == "/livez")
    }
}
