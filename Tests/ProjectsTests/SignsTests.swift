import Projects
import Testing

@testable import Projects

@Suite("signs in sources")
struct SignsTests {
    @Test(
        "ports",
        arguments: [
            ("http.ListenAndServe(\":8080\", nil)", 8080), ("addr := \"0.0.0.0:9000\"", 9000),
            ("listen(\"localhost:7000\")", 7000),
            ("app.listen(3000)", 3000), ("const port = process.env.PORT || 5173", 5173),
            ("PORT = int(os.environ.get('PORT', '8000'))", 8000),
            ("#define PORT 8081", nil), ("addr.sin_port = htons(8082);", 8082),
            ("app.run(host=\"0.0.0.0\", port=5000)", 5000),
            ("new InetSocketAddress(8086)", 8086), ("TcpListener::bind(\"[::]:8084\")", 8084),
            ("server.port=8090", 8090),
            ("buffer := make([]byte, 4096) // port", nil), ("// listen(\":8080\")", nil),
            ("x := \"example.com:8080\"", nil),
            ("year := 2024 // of the report", nil), ("port := flag.Int(\"port\", 70000, \"\")", nil),
            ("listen(12345678)", nil), ("", nil),
            ("bind(\":0\")", nil), ("let report = 8181", nil), ("import x8181, \"8181\"", nil),
            ("serverPort = 8181", 8181), ("serve(\"unix:/tmp/port\")", nil),
        ] as [(String, Int?)])
    func ports(_ line: String, _ port: Int?) {
        #expect(ServiceSigns.port(line[...]) == port)
    }

    @Test("a health endpoint counts for a service alone")
    func health() {
        let tree = ProjectTree(["a.py": "x = \"/healthz\"\n", "b.py": "listen(8000)\ny = '/metrics'\n"])
        var project = Project(kind: .python, name: "x")
        ServiceSigns(tree, in: ["a.py", "b.py"]).apply(to: &project, Choices())
        #expect(project.port == 8000 && project.health == "/healthz" && project.metrics == "/metrics")
        var other = Project(kind: .python, name: "x")
        ServiceSigns(tree, in: ["a.py"]).apply(to: &other, Choices())
        #expect(other.port == nil && other.health == nil)
    }

    @Test("data files that sources open go where the program looks")
    func data() {
        let tree = ProjectTree([
            "a.c": "f = fopen(\"data/x.txt\", \"r\");\ng = fopen(\"conf\", \"r\");\nopendir(\"./maps/\");\n",
            "data/x.txt": "", "conf": "", "maps/a": "", "maps/b": "",
        ])
        var project = Project(kind: .make, name: "x")
        DataFiles(tree, sources: ["a.c"]).apply(to: &project)
        #expect(
            project.runtime.lines == ["WORKDIR /app", "COPY data/x.txt ./data/", "COPY conf ./", "COPY maps ./maps/"])
    }

    @Test(
        "names that resources can have",
        arguments: [
            ("My App", "my-app"), ("go_web", "go-web"), ("--", "app"), ("", "app"), ("ÄÖ1", "1"),
            ("@scope/name", "scope-name"),
        ])
    func names(_ text: String, _ name: String) { #expect(Words.safeName(text) == name) }

    @Test(
        "where the sources are, from git's configuration",
        arguments: [
            ("[remote \"origin\"]\n\turl = https://git.example.com/a/b.git\n", "https://git.example.com/a/b"),
            ("[remote \"origin\"]\n\turl = git@git.example.com:a/b.git\n", "https://git.example.com/a/b"),
            ("[remote \"origin\"]\nurl=ssh://git@git.example.com/a/b\n", "https://git.example.com/a/b"),
            ("[remote \"origin\"]\n\turl = https://me:secret@git.example.com/a\n", nil),
            ("[remote \"fork\"]\n\turl = https://x.example.com/a\n", nil),
            ("[remote \"origin\"]\n\turl = https://x.example.com/a\" b\n", nil), ("", nil),
        ] as [(String, String?)])
    func source(_ config: String, _ url: String?) { #expect(RepositoryFacts.source(config: config) == url) }
}
