import FoundationEssentials
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

/// A project whose Dockerfile is fat, and what its slim image has to be.
struct SlimSubject: Sendable, CustomTestStringConvertible {
    /// Below the repository's root.
    var directory: String
    var dockerfile = "Dockerfile"
    /// What images of registries stand for here.
    var contexts: [String: String]
    /// Probes and runs.
    var asked: [String]
    /// How many checks the proof must have.
    var checks: Int
    /// Of the files of both images, in bytes.
    var sizes: (before: ClosedRange<Int>, after: ClosedRange<Int>)
    /// Of the new text.
    var lines: [String]
    /// Arguments of a run, and what it prints.
    var run: (arguments: [String], output: String)?

    var testDescription: String { directory }
    /// In a directory of the workspace.
    var options: [String] {
        contexts.sorted { $0.key < $1.key }.map { "--build-context=\($0.key)=\($0.value)" }
    }

    private static let mega = 1_000_000

    static let all = [
        SlimSubject(
            directory: "examples/go-web", dockerfile: "Dockerfile.fat", contexts: ["golang:1": "base:golang"],
            asked: ["--probe", "http://localhost:8080/healthz", "--probe", "http://localhost:8080/nowhere"], checks: 2,
            sizes: (500 * mega...900 * mega, 5 * mega...10 * mega),
            lines: ["    CGO_ENABLED=0 go build -trimpath -ldflags=\"-s -w\" -o server .", "CMD [\"./server\"]"]),
        SlimSubject(
            directory: "Tests/Fixtures/slim/cgo", contexts: ["golang:1": "base:golang"],
            asked: [
                "--probe", "http://localhost:9000/of/2", "--probe", "http://localhost:9000/of/x", "--run", "roots 2",
            ], checks: 3, sizes: (500 * mega...900 * mega, 5 * mega...10 * mega),
            lines: [
                "    go build -trimpath -ldflags=\"-s -w\" -o /usr/local/bin/roots .", "# The libraries that it loads.",
                "CMD [\"roots\"]",
            ], run: (["roots", "16"], "4.0000\n")),
        SlimSubject(
            directory: "Tests/Fixtures/slim/c-data", contexts: ["gcc:14": "base:gcc"],
            asked: ["--run", "", "--run", "fr", "--run", "xx"], checks: 3,
            sizes: (200 * mega...500 * mega, 2 * mega...4 * mega),
            lines: [
                "COPY --from=build /usr/local/share/greet /usr/local/share/greet",
                "# Without a language it speaks English.", "CMD [\"en\"]",
            ], run: (["cs"], "ahoj\n7.071\n")),
        SlimSubject(
            directory: "Tests/Fixtures/slim/python-script", contexts: ["python:3": "base:../python.yaml"],
            asked: ["--run", "", "--run", "south", "--run", "none"], checks: 3,
            sizes: (100 * mega...200 * mega, 20 * mega...45 * mega),
            lines: [
                "COPY --from=build /usr/lib/python3.11 /usr/lib/python3.11", "COPY --from=build /app /app",
                "    chown 65532:65532 /slim/var/cache", "ENV HARBOUR=\"north\"",
                "LABEL org.opencontainers.image.title=\"tides\"",
            ], run: (["south"], "Saturday: 4.0 m\n")),
        SlimSubject(
            directory: "Tests/Fixtures/slim/go-zones", contexts: ["golang:1": "base:golang"],
            asked: ["--run", "", "--run", "Asia/Tokyo", "--run", "Nowhere/Land"], checks: 3,
            sizes: (500 * mega...900 * mega, 3 * mega...7 * mega),
            lines: [
                "COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/",
                "COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo",
                "HEALTHCHECK --interval=10s CMD [\"/clock\", \"UTC\"]",
            ], run: (["Asia/Tokyo"], "2024-07-01 21:00:00 +0900 JST\nno server\n")),
    ]
}

/// Programs of five kinds, each with a toolchain in its image, are slimmed, proved, linted, built and run.
@Suite(
    "what sampan slim makes of fat images", .serialized,
    .enabled(if: Need.root && DebianBases.isReachable, DebianBases.reason))
struct SlimSubjectTests {
    /// A Debian as people take it for scripts.
    private static let python = "extends: debian\npackages: [python3]\n"

    private func slim(_ subject: SlimSubject, _ work: Workspace, _ options: [String]) throws -> Program.Outcome {
        return try Program.run(
            ["slim", subject.dockerfile] + subject.options + subject.asked + options,
            environment: ["SAMPAN_HOME": work.home], directory: work.place.path("project"), timeout: .seconds(600))
    }

    @Test(
        "proved by the same answers, small, without root; what is written passes the linter and builds at once",
        arguments: SlimSubject.all)
    func subject(_ subject: SlimSubject) throws {
        let work = try DebianBases.workspace()
        let project = work.place.path("project")
        try Shell.run("cp -R '\(Repository.root)/\(subject.directory)' '\(project)'")
        // Compiling Go's own packages takes most of the time: what one test compiled the next one has.
        let cache = "RUN --mount=type=cache,target=/root/.cache/go-build \\\\\\n    go build"
        try Shell.run("sed -i 's|^RUN go build|\(cache)|' '\(project)/\(subject.dockerfile)'")
        try work.place.file("python.yaml", Self.python)
        let outcome = try slim(subject, work, ["-o", "Dockerfile.slim", "-t", "slim:1"])
        #expect(outcome.code == 0, "\(outcome)")

        // The proof, line by line.
        let message = outcome.error
        let said = message.split(separator: "\n").map(String.init)
        #expect(said.count { $0.hasSuffix("  alike") } == subject.checks, "\(message)")
        for word in ["DIFFERENT", "could not be compared"] { #expect(!message.contains(word), "\(message)") }
        let conclusion = "proved: \(subject.checks) of \(subject.checks) alike"
        #expect(said.last { $0.hasPrefix("proved") } == conclusion, "\(message)")
        let user = said.first { $0.hasPrefix("user ") }?.split(separator: " ")
        #expect(user == ["user", "root", "65532:65532"], "\(message)")

        // The images.
        let text = try work.place.text("project/Dockerfile.slim")
        let written = text.split(separator: "\n").map(String.init)
        for line in subject.lines { #expect(written.contains(line), "\(line) in\n\(text)") }
        let size = try row("size", said)
        #expect(subject.sizes.before.contains(size.before) && subject.sizes.after.contains(size.after), "\(size)")
        try work.succeed(["export", "-o", "type=tar,dest=\(work.place.path("image.tar"))", "slim:1"])
        let archive = Int(try Tree.size(work.place.path("image.tar")))
        #expect(subject.sizes.after.contains(archive) || archive < size.after * 13 / 10, "\(archive)")
        #expect(try work.inspect("slim:1").config.user == "65532:65532")

        // The text.
        let again = try slim(subject, work, ["--quiet"])
        #expect(again.output == text, "\(again)")
        let lint = try Program.run(
            ["lint", "--failure-threshold", "warning", "Dockerfile.slim"], environment: ["SAMPAN_HOME": work.home],
            directory: project)
        #expect(lint.code == 0, "\(lint)")
        try build(subject, work)
        if let run = subject.run {
            let ran = try work.succeed(["run", "--network", "none", "built:1"] + run.arguments)
            #expect(ran.output == run.output, "\(ran)")
        } else {
            try serve("built:1", work)
        }
    }

    /// The file's own names are all that a build needs to know.
    private func build(_ subject: SlimSubject, _ work: Workspace) throws {
        let built = try Program.run(
            ["build", "-q", "-f", "Dockerfile.slim", "-t", "built:1"] + subject.options + ["."],
            environment: ["SAMPAN_HOME": work.home], directory: work.place.path("project"), timeout: .seconds(600))
        #expect(built.code == 0, "\(built)")
    }

    /// Bytes of a row such as `size  675 MB  6.58 MB`.
    private func row(_ name: String, _ lines: [String]) throws -> (before: Int, after: Int) {
        let line = try #require(lines.first { $0.hasPrefix(name + " ") })
        let words = line.split(separator: " ").dropFirst().map(String.init)
        try #require(words.count == 4)
        func bytes(_ number: String, _ unit: String) throws -> Int {
            Int(try #require(Double(number)) * (try #require(["kB": 1e3, "MB": 1e6, "GB": 1e9][unit])))
        }
        return (try bytes(words[0], words[1]), try bytes(words[2], words[3]))
    }

    /// Starts the service on a port of its own choice, and asks it how it is.
    private func serve(_ image: String, _ work: Workspace) throws {
        var options = try Program.options(
            ["run", "--read-only", "-e", "ADDR=127.0.0.1:0", "-e", "PPROF_ADDR=", image],
            environment: ["SAMPAN_HOME": work.home], directory: work.place.path)
        options.descriptors[1] = try .open(work.place.path("log"), O_WRONLY | O_CREAT | O_TRUNC)
        let child = try ChildProcess.spawn(options)
        defer { child.terminate(SIGKILL) }
        var port: String?
        let isUp = Traces.wait {
            let log = (try? work.place.text("log")) ?? ""
            port = log.split(separator: "127.0.0.1:").dropFirst().first.map { String($0.prefix { $0.isNumber }) }
            return port != nil && log.contains("ready")
        }
        try #require(isUp)
        let script = """
            exec 3<>/dev/tcp/127.0.0.1/\(port ?? "")
            printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3
            cat <&3
            """
        let answer = try Shell.run("bash '\(work.place.file("ask", script))'")
        #expect(answer.hasPrefix("HTTP/1.0 200"), "\(answer)")
        child.terminate(SIGTERM)
        #expect(child.wait().shellCode == 0)
    }

    @Test("a service that speaks TLS, with a certificate of its own")
    func tls() throws {
        let work = try DebianBases.workspace()
        try work.place.file("python.yaml", Self.python)
        try Shell.run(
            """
            cd '\(work.context)' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
                -subj '/CN=nobody.example' -keyout key.pem -out cert.pem 2>log && chmod 600 key.pem && rm log
            """)
        try work.file(
            "serve.py",
            """
            import http.server
            import ssl

            server = http.server.ThreadingHTTPServer(("", 443), http.server.SimpleHTTPRequestHandler)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain("/etc/service/cert.pem", "/etc/service/key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.serve_forever()

            """)
        try work.file("index.html", "<p>hello\n")
        try work.file(
            "Dockerfile",
            """
            FROM python:3
            COPY *.pem /etc/service/
            COPY serve.py /
            COPY index.html /www/
            WORKDIR /www
            CMD ["python3", "/serve.py"]

            """)
        let outcome = try work.run([
            "slim", "context/Dockerfile", "--build-context=python:3=base:\(work.place.path("python.yaml"))",
            "--probe=https://localhost/", "--probe=https://localhost/none", "--tag=tls:1",
        ])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.error.contains("https://localhost/      200, 9 bytes    200, 9 bytes    alike\n"), "\(outcome)")
        #expect(outcome.error.contains("proved: 2 of 2 alike\n"))
        #expect(outcome.error.contains("port 443 is below 1024: engines let any user listen there"), "\(outcome)")
        // Its user may read it, and nobody else.
        #expect(outcome.output.contains("\nCOPY --from=build --chown=65532:65532 /etc/service /etc/service\n"))
        #expect(try work.files("tls:1")["etc/service/key.pem"]?.access == "600 65532:65532")
    }
}
