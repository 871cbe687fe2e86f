import Core
import DockerfileLint
import DockerfileSyntax
import Projects
import Testing
import YAML

@Suite("sample projects")
struct SampleTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var name: String
        var kind: ProjectKind
        var programs: [String]
        var builder: String?
        var base: String
        var port: Int?
        var health: String?
        var testDescription: String { name }
    }

    static let samples = [
        Sample(
            name: "go-web", kind: .go, programs: ["weather"], builder: "base:golang", base: "base:static", port: 8081,
            health: "/healthz"),
        Sample(
            name: "go-two", kind: .go, programs: ["server", "report"], builder: "base:golang", base: "scratch",
            port: 9090),
        Sample(name: "c-make", kind: .make, programs: ["moon"], builder: "base:gcc", base: "base:base"),
        Sample(name: "c-sources", kind: .c, programs: ["c-sources"], builder: "base:gcc", base: "scratch"),
        Sample(
            name: "cpp-cmake", kind: .cmake, programs: ["words"], builder: "base:build.yaml", base: "base:runtime.yaml"),
        Sample(
            name: "swift-service", kind: .swift, programs: ["greeter"], builder: "swift:6.3-bookworm",
            base: "base:swift"),
        Sample(
            name: "rust-counter", kind: .rust, programs: ["counter"], builder: "rust:1.97-bookworm", base: "base:cc",
            port: 8084, health: "/healthz"),
        Sample(name: "node-echo", kind: .node, programs: ["echo"], base: "base:cc", port: 8085, health: "/healthz"),
        Sample(
            name: "python-web", kind: .python, programs: ["python-web"], builder: "python:3.11-slim-bookworm",
            base: "base:python", port: 8083,
            health: "/healthz"),
        Sample(
            name: "java-lines", kind: .maven, programs: ["lines"], builder: "maven:3-eclipse-temurin-17",
            base: "base:runtime.yaml", port: 8086, health: "/health"),
    ]

    @Test("what a sample is, is found out", arguments: samples)
    func detection(_ sample: Sample) throws {
        let project = try Samples.project(sample.name)
        #expect(project.kind == sample.kind)
        #expect(project.programs.map(\.name) == sample.programs)
        #expect(project.build?.image == sample.builder)
        #expect(project.runtime.image == sample.base)
        #expect(project.port == sample.port)
        #expect(project.health == sample.health)
        #expect(project.conclusions.allSatisfy { !$0.what.isEmpty && !$0.why.isEmpty })
    }

    @Test(
        "a sample's Dockerfile parses, and the linter finds nothing", arguments: Samples.names,
        [ImageSource.assembled, .registry])
    func lint(_ name: String, _ images: ImageSource) throws {
        let text = try #require(Samples.files(name, images).first { $0.path == "Dockerfile" }).text
        var settings = LintSettings()
        // 2026-11-21
        settings.today = 20778
        let source = SourceFile(name: "Dockerfile", text: text)
        let file = LintFile(parsing: source, settings: settings)
        #expect(file.errors.isEmpty, "\(text)")
        let findings = Linter.lint(file)
        #expect(findings.map { "\($0.code) \($0.message)" } == [], "\(text)")
    }

    @Test("a sample's YAML is YAML", arguments: Samples.names)
    func yaml(_ name: String) throws {
        for file in try Samples.files(name) where file.path.hasSuffix(".yaml") || file.path.hasSuffix(".yml") {
            // Manifests are several documents in one file.
            for (index, document) in file.text.split(separator: "---\n").enumerated() {
                let parsed = try YAMLDocument.parse(SourceFile(name: "\(file.path)#\(index)", text: String(document)))
                #expect(parsed.errors.isEmpty, "\(file.path): \(document)")
            }
        }
    }

    @Test("a sample's dashboard is JSON with a panel for each signal", arguments: Samples.names)
    func dashboard(_ name: String) throws {
        let file = try #require(Samples.files(name).first { $0.path == "deploy/grafana-dashboard.json" })
        let board = try OrderedJSON(parsing: Array(file.text.utf8))
        guard case .array(let panels)? = board["panels"] else {
            Issue.record("no panels")
            return
        }
        let titles = panels.compactMap { $0["title"]?.string }
        let isService = try Samples.project(name).port != nil
        #expect(
            titles == (isService ? ["Latency", "Traffic", "Errors"] : []) + [
                "Saturation: memory", "Saturation: processor", "Restarts",
            ])
    }

    @Test("Dockerfiles for other builders name no base of Sampan's", arguments: Samples.names)
    func registry(_ name: String) throws {
        let files = try Samples.files(name, .registry)
        #expect(!files.contains { $0.path == "build.yaml" || $0.path == "runtime.yaml" })
        #expect(!(try #require(files.first { $0.path == "Dockerfile" }).text.contains("base:")))
    }

    @Test("a program that is named comes first")
    func program() throws {
        let tree = try Samples.tree("go-two")
        #expect(
            try Detector.detect(tree, name: "x", choices: .program("report")).programs.map(\.name) == [
                "report", "server",
            ])
        for name in ["report", "server"] {
            let remarks = try Detector.detect(tree, name: "x", choices: .program(name)).remarks
            #expect(remarks.contains { $0.hasSuffix("without it \(name) is meant (--program chooses another)") })
        }
        #expect(throws: ProjectError.noProgram("reports", known: ["server", "report"])) {
            try Detector.detect(tree, name: "x", choices: .program("reports"))
        }
    }

    @Test("two runs give the same bytes", arguments: Samples.names)
    func stable(_ name: String) throws {
        #expect(try Samples.files(name) == Samples.files(name))
    }
}
