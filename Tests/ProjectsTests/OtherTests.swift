import Core
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
            (
                ["requirements.txt": "Django\ngunicorn\n", "manage.py": "", "shop/wsgi.py": "", "shop/asgi.py": ""],
                ["python3", "-m", "gunicorn", "--bind", "0.0.0.0:8000", "shop.wsgi:application"]
            ),
            (
                ["requirements.txt": "Django\nuvicorn\n", "manage.py": "", "shop/wsgi.py": "", "shop/asgi.py": ""],
                ["python3", "-m", "uvicorn", "--host", "0.0.0.0", "--port", "8000", "shop.asgi:application"]
            ),
            (
                ["requirements.txt": "Django\n", "manage.py": "", "shop/wsgi.py": ""],
                ["python3", "manage.py", "runserver", "--noreload", "0.0.0.0:8000"]
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

    @Test(
        "Python alone is stopped by SIGINT, what hears SIGTERM is not",
        arguments: [
            (["main.py": "print()\n"], "SIGINT"), (["main.py": "signal.signal(signal.SIGTERM, f)\n"], nil),
            (["requirements.txt": "Flask\ngunicorn\n", "app.py": "app = Flask(__name__)\n"], nil),
        ] as [([String: String], String?)])
    func stopping(_ files: [String: String], _ signal: String?) throws {
        let project = try detect(files)
        #expect(project.stopSignal == signal)
        let text = ProjectFiles().files(of: project, in: ProjectTree(files))[0].text
        #expect(text.contains("\nSTOPSIGNAL SIGINT\n") == (signal != nil))
    }

    @Test("packages of pyproject.toml are installed before the sources come, and the project is there once")
    func pyproject() throws {
        func project(_ manifest: String, _ code: String = "") throws -> Project {
            try detect(["pyproject.toml": manifest, "src/pkg/cli.py": code])
        }
        let manifest = "[project]\nname = 'pkg'\ndependencies = ['a>=1', 'b']\n[project.scripts]\ngo = 'pkg.cli:main'\n"
        let packages = [
            "WORKDIR /src",
            "# Packages change less often than sources: they are installed anew when this file changes.",
            "COPY pyproject.toml ./", "RUN --mount=type=cache,target=/root/.cache/pip \\",
            "    python3 -c \"import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); "
                + "print(*p['project']['dependencies'], sep='\\n')\" >/tmp/requirements.txt \\",
            "    && pip install --target /deps -r /tmp/requirements.txt",
        ]
        let plain = try project(manifest)
        #expect(plain.build?.lines == packages)
        #expect(plain.programs[0].copies == ["COPY --from=build /deps/ /deps/", "COPY src/ ./src/"])
        #expect(plain.programs[0].entrypoint.last?.contains("sys.path.insert(0, 'src')") == true)
        let install = [
            "COPY . .", "RUN --mount=type=cache,target=/root/.cache/pip \\",
            "    pip install --target /deps --no-deps .",
        ]
        for built in [
            try project(manifest + "[build-system]\nrequires = ['maturin>=1']\n"),
            try project(manifest, "from importlib.metadata import version\n"),
        ] {
            #expect(built.build?.lines == packages + install)
            #expect(built.programs[0].copies == ["COPY --from=build /deps/ /deps/"])
            #expect(
                built.programs[0].entrypoint.last == "import sys; from pkg.cli import main as f; sys.exit(f())")
        }
        let old = try project(manifest + "[project]\nrequires-python = '==3.9.*'\n")
        #expect(old.build?.lines[4].contains("import pip._vendor.tomli as tomllib; ") == true)
        let local = try project(manifest.replacing("'b'", with: "'b @ file:///src/b'"))
        #expect(local.build?.lines.last == "    pip install --target /deps .")
    }

    @Test(
        "a start that calls no node is told, and what to do",
        arguments: [
            ("next start", "node node_modules/next/dist/bin/next start"), ("ts-node x.ts", "node dist/index.js"),
            ("npm run x && y", "node server.js"),
        ])
    func start(_ script: String, _ advice: String) throws {
        let manifest = "{\"scripts\": {\"start\": \"\(script)\"}}"
        let error = #expect(throws: ProjectError.self) { try detect(["package.json": manifest]) }
        let diagnostic = try #require(error?.diagnostic)
        #expect(
            diagnostic.causes == [
                "the script 'start' calls no node, but is '\(script)'; there is no 'main', no index.js and no server.js"
            ])
        #expect(diagnostic.hint?.hasSuffix(": \"start\": \"\(advice)\"") == true)
        let other = try detect(["package.json": manifest, "index.js": ""])
        #expect(
            other.remarks.first == "the script 'start' ('\(script)') is passed over, as it calls no node")
    }

    @Test("a package.json that is none is told with its place")
    func malformed() {
        #expect(throws: ProjectError.malformed("package.json", line: 3, expected: "a key in quotes")) {
            try detect(["package.json": "{\n \"name\": \"x\",\n}\n"])
        }
    }

    @Test("Java is called Java, too")
    func java() {
        #expect(ProjectKind(word: "java") == .maven && ProjectKind(word: "maven") == .maven)
        #expect(ProjectKind(word: "jav") == nil)
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
