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
        let script = "from notes.handler import greet; print(greet('you'))"
        let outcome = try sample.succeed(["run", "--read-only", "--entrypoint", "python3", "notes", "-c", script])
        #expect(outcome.output == "hello you\n")
        #expect(
            !(try sample.work.files("notes")).keys.contains { $0.hasSuffix("bin/pip") || $0 == "app/requirements.txt" })
    }
}
