import BuildGraph
import Core
import DockerfileSyntax
import Layers
import Testing

@Suite("which stages a target needs")
struct StageGraphTests {
    private func graph(_ text: String, _ change: (inout BuildRequest) -> Void = { _ in }) throws -> StageGraph {
        let dockerfile = try Dockerfile.parse(SourceFile(name: "Dockerfile", text: text)).get()
        var request = BuildRequest(dockerfile: dockerfile, context: FixedContext(.empty))
        change(&request)
        return try StageGraph(request)
    }

    private static let file = """
        ARG VERSION=1
        FROM golang:${VERSION} AS build
        RUN true
        FROM build AS test
        RUN go test
        FROM scratch AS files
        COPY a /
        FROM scratch
        COPY --from=build /x /
        COPY --from=2 /a /
        """

    @Test("stages that nothing asks for are left out")
    func needed() throws {
        let all = try graph(Self.file)
        #expect(all.target == 3)
        #expect(all.needed == [0, 2, 3])
        #expect(all.runsPrograms)
        #expect(all.nodes[0].base == .external("golang:1"))
        let files = try graph(Self.file) { $0.target = "files" }
        #expect(files.needed == [2])
        #expect(!files.runsPrograms)
        #expect(try graph(Self.file) { $0.target = "TEST" }.needed == [0, 1])
    }

    @Test("FROM sees ARGs from before it, with --build-arg")
    func arguments() throws {
        #expect(
            try graph(Self.file) { $0.buildArguments = ["VERSION": "1.27"] }.nodes[0].base == .external("golang:1.27"))
        let cross = try graph("FROM --platform=$BUILDPLATFORM alpine\n") {
            $0.platform = Platform(os: "linux", architecture: "arm64")
        }
        #expect(cross.nodes[0].platform == .host)
    }

    @Test("a named context takes the place of a stage or an image")
    func namedContexts() throws {
        let named = try graph(Self.file) {
            $0.namedContexts = ["build": .image("store:x"), "golang:1": .image("store:y")]
        }
        #expect(named.needed == [2, 3])
        let contexts = NamedContexts(["docker.io/library/golang:1": .image("store:y")])
        #expect(contexts.find("golang:1") != nil)
        #expect(contexts.find("golang:2") == nil)
    }

    @Test(
        "mistakes are named",
        arguments: [
            ("FROM scratch AS one\n", "ohne", "there is no stage 'ohne' in Dockerfile", "did you mean 'one'?"),
            ("FROM --platform=x/y/z/w a\n", nil, "'x/y/z/w' is not a platform", nil),
            ("ARG A\nFROM $A\n", nil, "the base image name '$A' is empty once its variables are replaced", nil),
            ("FROM scratch AS a\nCOPY --from=b / /\nFROM a AS b\n", nil, "stage 'a' needs itself", nil),
        ] as [(String, String?, String, String?)])
    func mistakes(text: String, target: String?, message: String, hint: String?) {
        let error = #expect(throws: Diagnostic.self) { try graph(text) { $0.target = target } }
        #expect(error?.message == message)
        if let hint { #expect(error?.hint == hint) }
    }
}
