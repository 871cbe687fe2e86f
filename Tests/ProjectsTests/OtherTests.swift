import Projects
import Testing

@testable import Projects

@Suite("Python, Node, Rust, Java and Swift projects")
struct OtherTests {
    private func detect(_ files: [String: String], _ images: ImageSource = .assembled) throws -> Project {
        try Detector.detect(ProjectTree(files), name: "dir", choices: .images(images))
    }

    @Test(
        "what a Python project starts",
        arguments: [
            (["main.py": ""], ["python3", "main.py"]),
            (["tool/__main__.py": "", "setup.py": ""], ["python3", "-m", "tool"]),
            (["x.py": "if __name__ == '__main__':\n    pass\n"], ["python3", "x.py"]),
            (
                ["pyproject.toml": "[project.scripts]\ngo = 'pkg.cli:main'\n", "pkg/cli.py": ""],
                ["python3", "-c", "import sys; from pkg.cli import main as f; sys.exit(f())"]
            ),
            (
                ["requirements.txt": "fastapi==1\nuvicorn[standard]==1\n", "web/app.py": "api = FastAPI()\n"],
                ["python3", "-m", "uvicorn", "--host", "0.0.0.0", "--port", "8000", "web.app:api"]
            ),
            (
                ["requirements.txt": "Flask==3\ngunicorn==1\n", "app.py": "app = Flask(__name__)\n"],
                ["python3", "-m", "gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
            ),
        ] as [([String: String], [String])])
    func python(_ files: [String: String], _ words: [String]) throws {
        #expect(try detect(files).programs[0].entrypoint == words)
    }

    @Test(
        "versions of Python",
        arguments: [
            (">=3.9", "base:python"), (">=3.8,<4", "base:python"), ("^3.10", "base:python"),
            (">=3.12", "python:3.14-slim-bookworm"),
            ("==3.10.*", "python:3.10-slim-bookworm"), ("~=3.11", "base:python"),
        ])
    func pythonVersions(_ range: String, _ image: String) throws {
        let project = try detect([
            "pyproject.toml": "[project]\nname = 'a'\nrequires-python = \"\(range)\"\n", "main.py": "",
        ])
        #expect(project.runtime.image == image)
    }

    @Test("Node with a build step and development's modules")
    func node() throws {
        let manifest =
            "{\"name\": \"@team/site\", \"main\": \"dist/index.js\", \"scripts\": {\"build\": \"tsc\"}, \"dependencies\": {\"a\": \"1\"}}"
        let project = try detect(["package.json": manifest, "package-lock.json": "{}", "src/index.ts": ""])
        #expect(project.name == "site")
        #expect(project.build?.lines.contains("RUN npm run build && npm prune --omit=dev") == true)
        #expect(
            project.programs[0].copies == [
                "COPY --from=build /app/node_modules/ ./node_modules/", "COPY --from=build /app/package.json ./",
                "COPY --from=build /app/dist/ ./dist/",
            ])
        #expect(throws: ProjectError.self) { try detect(["package.json": "{}"]) }
        #expect(throws: ProjectError.self) { try detect(["package.json": "not json"]) }
    }

    @Test("Rust programs of a workspace and of src/bin")
    func rust() throws {
        let project = try detect([
            "Cargo.toml": "[workspace]\nmembers = [\"a\"]\n", "a/Cargo.toml": "[package]\nname = \"a\"\n",
            "a/src/main.rs": "", "a/src/bin/b.rs": "",
            "a/src/bin/c/main.rs": "",
        ])
        #expect(project.programs.map(\.name) == ["a", "b", "c"])
        #expect(project.remarks.contains { $0.contains("Cargo.lock") })
        #expect(throws: ProjectError.self) {
            try detect(["Cargo.toml": "[package]\nname = \"a\"\n", "src/lib.rs": ""])
        }
    }

    @Test("a pom's main class, jar and Java")
    func maven() throws {
        let pom = """
            <project><!-- <version>0</version> --><parent><version>9</version></parent><artifactId>a</artifactId>
            <properties><java.version>25</java.version><main>x.Main</main></properties>
            <build><finalName>${project.artifactId}</finalName><plugins><plugin><configuration><mainClass>${main}</mainClass></configuration></plugin></plugins></build></project>
            """
        let project = try detect(["pom.xml": pom])
        #expect(project.programs[0].entrypoint.last == "x.Main")
        #expect(project.build?.image == "maven:3-eclipse-temurin-25")
        #expect(project.build?.lines.contains("    && cp target/a.jar /out/app.jar") == true)
        #expect(throws: ProjectError.self) { try detect(["pom.xml": "<project><a><b></project"]) }
    }

    @Test("Swift packages: products, resources, libraries of Foundation")
    func swift() throws {
        let manifest = """
            // swift-tools-version:6.1
            let package = Package(name: "p", products: [.executable(name: "tool", targets: ["ToolMain"])],
                targets: [.executableTarget(name: "ToolMain", resources: [.copy("x")])])
            """
        let project = try detect([
            "Package.swift": manifest, "Sources/ToolMain/main.swift": "import FoundationNetworking\n",
        ])
        #expect(project.programs.map(\.name) == ["tool"])
        #expect(project.recipes.map(\.packages) == [["libcurl4"]])
        #expect(project.build?.lines.contains { $0.contains("*.resources") } == true)
        #expect(throws: ProjectError.self) { try detect(["Package.swift": "// none"]) }
    }

    @Test("several kinds: the first counts, the others are told")
    func several() throws {
        let files = ["go.mod": "module a\n", "main.go": "package main\n", "package.json": "{}", "Makefile": ""]
        let project = try detect(files)
        #expect(project.kind == .go)
        #expect(project.remarks.contains { $0.contains("package.json") && !$0.contains("Makefile") })
        #expect(throws: ProjectError.unknown(links: [])) { try detect(["README.md": ""]) }
        #expect(throws: ProjectError.notOfKind(.rust, found: [.go, .node, .make])) {
            try Detector.detect(ProjectTree(files), name: "x", choices: .kind(.rust))
        }
    }

    @Test("TOML over several lines, with comments and quotes")
    func toml() {
        let lines = TOMLLines("a = 1 # x\n[t.\"u\"]\nb = [\n  \"c # no\", # yes\n  'd',\n]\n[[bin]]\nname = \"e\"\n")
        #expect(lines.text("bin", "name") == "e")
        #expect(Words.quoted(lines.value("t.u", "b") ?? "") == ["c # no", "d"])
        #expect(TOMLLines("a = [\n\"x\"").entries.isEmpty)
    }
}
