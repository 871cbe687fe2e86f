import Testing

@testable import Projects

@Suite("versions that projects ask for")
struct VersionTests {
    private func builder(_ files: [String: String], _ images: ImageSource = .registry) throws -> (String?, String) {
        let project = try Detector.detect(ProjectTree(files), name: "dir", choices: .images(images))
        let why = project.conclusions.first { $0.about == "builder" }?.why
        return (project.build?.image ?? project.runtime.image, why ?? "")
    }

    @Test(
        "Rust: the toolchain file as it stands, the manifest's oldest as a bound",
        arguments: [
            ([:], "rust:1.97-bookworm", "Cargo.toml names no version"),
            (
                ["rust-toolchain.toml": "[toolchain]\nchannel = \"1.85.0\"\n"], "rust:1.85.0-bookworm",
                "rust-toolchain.toml pins 1.85.0"
            ),
            (["rust-toolchain": "1.90\n"], "rust:1.90-bookworm", "rust-toolchain pins 1.90"),
            (["rust-toolchain": "1.40.0\n"], "rust:1.97-bookworm", "Cargo.toml names no version"),
            (
                ["rust-toolchain.toml": "[toolchain]\nchannel = \"stable\"\n"], "rust:1.97-bookworm",
                "rust-toolchain.toml asks for the stable one"
            ),
            (["rust-toolchain": "nightly-2026-10-01\n"], "rust:1.97-bookworm", "Cargo.toml names no version"),
            (
                ["Cargo.toml": "[package]\nname = \"a\"\nrust-version = \"1.74\"\n"], "rust:1.97-bookworm",
                "rust-version is 1.74"
            ),
            (
                ["Cargo.toml": "[package]\nname = \"a\"\nrust-version = \"1.99.1\"\n"], "rust:1.99-bookworm",
                "rust-version is 1.99.1"
            ),
            (["rust-toolchain": "\u{0}$(x)"], "rust:1.97-bookworm", "Cargo.toml names no version"),
        ] as [([String: String], String, String)])
    func rust(_ files: [String: String], _ image: String, _ why: String) throws {
        let own = ["Cargo.toml": "[package]\nname = \"a\"\n", "src/main.rs": "fn main() {}\n"]
        #expect(try builder(own.merging(files) { $1 }) == (image, why))
    }

    @Test("a stable toolchain is the image's own: the file that would fetch another is left out")
    func stable() throws {
        let tree = ProjectTree([
            "Cargo.toml": "[package]\nname = \"a\"\n", "src/main.rs": "", "rust-toolchain": "stable",
        ])
        #expect(try Detector.detect(tree, name: "x").ignored == ["rust-toolchain*", "**/target"])
        let nightly = ProjectTree([
            "Cargo.toml": "[package]\nname = \"a\"\n", "src/main.rs": "", "rust-toolchain": "nightly",
        ])
        #expect(
            try Detector.detect(nightly, name: "x").remarks.contains { $0.contains("asks for the toolchain nightly") })
    }

    @Test(
        "Node: a pinned line, else the first of ours that engines takes",
        arguments: [
            (nil, [:], "24"), (">=20", [:], "24"), ("^20 || ^22", [:], "22"), ("20.x", [:], "20"), ("<24", [:], "22"),
            (">=18 <23", [:], "22"), ("18 - 20", [:], "18"), (">= 26", [:], "26"), ("~22.1.0", [:], "22"),
            ("*", [:], "24"), ("latest", [:], "24"), ("<10", [:], "18"), (">20.1.0 <21", [:], "20"),
            (">=20", [".nvmrc": "v20.11.1\n"], "20"), (nil, [".node-version": "22\n", ".nvmrc": "18\n"], "22"),
            (nil, [".nvmrc": "lts/jod\n"], "22"), (nil, [".nvmrc": "lts/*\n"], "24"), (nil, [".nvmrc": "node\n"], "24"),
            (nil, [".nvmrc": "16.1\n"], "24"), (nil, [".nvmrc": "$(x)\n"], "24"), (nil, [".nvmrc": ""], "24"),
            (">=99999999999999999999", [:], "24"),
        ] as [(String?, [String: String], String)])
    func node(_ engines: String?, _ files: [String: String], _ major: String) throws {
        let asked = engines.map { ", \"engines\": {\"node\": \"\($0)\"}" } ?? ""
        let manifest = ["package.json": "{\"main\": \"a.js\"\(asked)}", "a.js": ""]
        #expect(try builder(manifest.merging(files) { $1 }).0 == "node:\(major)-bookworm-slim")
    }

    @Test("Node: volta's pin counts where no file has one")
    func volta() throws {
        let manifest = "{\"main\": \"a.js\", \"volta\": {\"node\": \"20.5.1\"}, \"engines\": {\"node\": \">=18\"}}"
        #expect(try builder(["package.json": manifest]) == ("node:20-bookworm-slim", "volta pins 20.5.1"))
    }

    @Test(
        "Python: a file that pins, else the newest that requires-python takes",
        arguments: [
            ([:], "3.14"), (["runtime.txt": "python-3.12.4\n"], "3.12"), ([".python-version": "3.13\n"], "3.13"),
            ([".python-version": "pypy3.10\n"], "3.14"), ([".python-version": "3.6\n"], "3.14"),
            (["pyproject.toml": "[project]\nrequires-python = \">=3.9,<3.13\"\n"], "3.12"),
            (["pyproject.toml": "[project]\nrequires-python = \"==3.11.*\"\n"], "3.11"),
            (["pyproject.toml": "[project]\nrequires-python = \">=3.15\"\n"], "3.15"),
            (["pyproject.toml": "[tool.poetry.dependencies]\npython = \"~3.12\"\n"], "3.12"),
            (["pyproject.toml": "[project]\nrequires-python = \"$(x)\"\n"], "3.14"),
        ] as [([String: String], String)])
    func python(_ files: [String: String], _ version: String) throws {
        #expect(try builder(["main.py": ""].merging(files) { $1 }).0 == "python:\(version)-slim-bookworm")
    }

    @Test(
        "Java: the long-term release that compiles what the pom asks for",
        arguments: [
            ("", "21"), ("<maven.compiler.release>17</maven.compiler.release>", "17"),
            ("<java.version>1.8</java.version>", "17"), ("<java.version>11</java.version>", "17"),
            ("<maven.compiler.source>18</maven.compiler.source>", "21"), ("<java.version>23</java.version>", "25"),
            ("<java.version>27</java.version>", "27"), ("<java.version>${x}</java.version>", "21"),
        ])
    func java(_ properties: String, _ version: String) throws {
        let pom = "<project><artifactId>a</artifactId><properties>\(properties)</properties></project>"
        let main = ["src/main/java/A.java": "class A { public static void main(String[] a) {} }\n"]
        #expect(try builder(["pom.xml": pom].merging(main) { $1 }).0 == "maven:3-eclipse-temurin-\(version)")
    }

    @Test("Java: what the compiler plugin is told counts, too")
    func plugin() throws {
        let plugin =
            "<plugin><artifactId>maven-compiler-plugin</artifactId><configuration><release>25</release></configuration></plugin>"
        let pom = "<project><build><plugins>\(plugin)</plugins></build></project>"
        let main = ["src/main/java/A.java": "class A { public static void main(String[] a) {} }\n"]
        #expect(try builder(["pom.xml": pom].merging(main) { $1 }).0 == "maven:3-eclipse-temurin-25")
    }

    @Test(
        "Swift: the pin, else the newest, and never one that can't read the manifest",
        arguments: [
            ("6.0", nil, "6.3"), ("5.5", nil, "6.3"), ("6.4", nil, "6.4"), ("6.0", "6.1.2\n", "6.1"),
            ("6.2", "6.1\n", "6.3"), ("5.9", "5.8\n", "6.3"), ("6.0", "main-snapshot\n", "6.3"),
        ] as [(String, String?, String)])
    func swift(_ tools: String, _ pin: String?, _ version: String) throws {
        var files = [
            "Package.swift":
                "// swift-tools-version: \(tools)\nlet package = Package(name: \"a\", targets: [.executableTarget(name: \"a\")])\n"
        ]
        files[".swift-version"] = pin
        let project = try Detector.detect(ProjectTree(files), name: "x", choices: .images(.registry))
        #expect(project.build?.image == "swift:\(version)-bookworm")
        #expect(project.runtime.image == "swift:\(version)-bookworm-slim")
    }

    @Test("the table is in order: the newest first, but for Java, each line once")
    func table() {
        for lines in [Images.go, Images.swift, Images.rust, Images.node, Images.python, Images.gcc] {
            #expect(lines.map(\.version) == Set(lines.map(\.version)).sorted(by: >))
        }
        #expect(Images.java.map(\.version.major) == [17, 21, 25])
        // None was at its end on the day that the table is of.
        let ends = (Images.go + Images.node + Images.python + Images.java).compactMap(\.until)
        #expect(ends.allSatisfy { $0 > "2026-11" })
    }
}
