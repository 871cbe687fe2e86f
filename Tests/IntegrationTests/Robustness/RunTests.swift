import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("a RUN that fails, and running images", .enabled(if: Need.root, Need.rootReason))
struct RunTests {
    private func workspace() throws -> Workspace {
        let work = try Workspace()
        try work.importBase()
        return work
    }

    @Test("a failed RUN shows the line, keeps its log whole, and lets one in")
    func failedRun() throws {
        let work = try workspace()
        let outcome = try work.build(
            """
            FROM base
            RUN echo before > /before
            RUN seq 1 5000 && echo partial > /partial && \\
                echo "the reason" >&2 && exit 3
            """, ["-t", "x"])
        #expect(outcome.code == 2)
        #expect(outcome.output == "")
        #expect(outcome.error.contains("error: RUN failed with exit code 3\n"))
        #expect(
            outcome.error.contains("3 | RUN seq 1 5000 && echo partial > /partial && \\\n  | ^^^"),
            "\(outcome.error.suffix(900))")
        #expect(outcome.error.contains("cause: the reason\n"))
        let lines = outcome.error.split(separator: "\n")
        let log = try #require(lines.first { $0.contains("its whole output is in ") }?.split(separator: " ").last)
        let kept = String(decoding: try WholeFile.read(String(log)), as: UTF8.self)
        #expect(kept == (1...5000).map { "\($0)\n" }.joined() + "the reason\n")
        let step = try #require(lines.first { $0.contains("sampan run --step") }?.split(separator: " ").last)
        let inside = try work.run("run", "--step", String(step), "cat", "/before", "/partial")
        #expect(inside.code == 0, "\(inside)")
        #expect(inside.output == "before\npartial\n")
        #expect(try work.run("run", "--step", String(step), "sh", "-c", "exit 9").code == 9)
        #expect(try work.run("export", "x").code == 2)
        #expect(Traces.remaining(work.home) == [])
    }

    @Test("a RUN ended by a signal and one without its program say so")
    func signals() throws {
        let work = try workspace()
        let killed = try work.build("FROM base\nRUN sh -c 'kill -9 $$'; exit $?\n")
        #expect(killed.code == 2)
        #expect(killed.error.contains("RUN failed with exit code 137"))
        let missing = try work.build("FROM base\nRUN [\"/no/such\"]\n")
        #expect(missing.code == 2)
        #expect(missing.error.contains("/no/such"))
    }

    @Test("an image's program gets variables, user, directory and arguments, and its exit code comes through")
    func run() throws {
        let work = try workspace()
        try work.image(
            """
            FROM base
            ENV A=image B=image
            WORKDIR /work
            USER app
            ENTRYPOINT ["/bin/sh", "-c"]
            CMD ["echo $A $B $(id -u) $(pwd); echo error >&2; exit 42"]
            """, ["-t", "x"])
        let plain = try work.run("run", "x")
        #expect(plain.code == 42)
        #expect(plain.output == "image image 1000 /work\n")
        #expect(plain.error == "error\n")
        let changed = try work.run(
            [
                "run", "-e", "A=given", "-e", "OWN", "-u", "5:6", "-w", "/tmp", "x",
                "echo $A $OWN $(id -u):$(id -g) $(pwd)",
            ],
            environment: ["OWN": "passed"])
        #expect(changed.output == "given passed 5:6 /tmp\n")
        #expect(try work.run("run", "--entrypoint", "/bin/echo", "x", "a", "b").output == "a b\n")
        let piped = try work.run(["run", "--entrypoint", "/bin/cat", "x"], input: Array("through".utf8))
        #expect(piped.output == "through")
        try work.place.file("data/file", "host\n")
        let volume = try work.run(
            "run", "-v", "\(work.place.path("data")):/data:ro", "x",
            "cat /data/file; touch /data/x 2>/dev/null || echo no")
        #expect(volume.output == "host\nno\n")
        #expect(try work.run("run", "--read-only", "-u", "0", "x", "touch /x 2>/dev/null || echo no").output == "no\n")
        #expect(try work.run("run", "x", "touch /tmp/changed").code == 0)
        #expect(try work.run("run", "x", "test ! -e /tmp/changed").code == 0)
        let none = try work.run("run", "--entrypoint", "/none", "x")
        #expect(none.code == 127)
        #expect(Traces.remaining(work.home) == [])
    }

    /// Starts the program with its output in files `out` and `err`.
    private func start(_ arguments: [String], _ work: Workspace) throws -> ChildProcess {
        var options = try Program.options(arguments, environment: ["SAMPAN_HOME": work.home])
        options.descriptors[1] = try .open(work.place.path("out"), O_RDWR | O_CREAT | O_TRUNC)
        options.descriptors[2] = try .open(work.place.path("err"), O_RDWR | O_CREAT | O_TRUNC)
        return try ChildProcess.spawn(options)
    }

    @Test("SIGINT and SIGTERM stop a program as its image asks, and nothing is left", arguments: [SIGINT, SIGTERM])
    func stop(signal: Int32) throws {
        let work = try workspace()
        try work.image(
            """
            FROM base
            STOPSIGNAL SIGUSR1
            CMD ["/bin/sh", "-c", "trap 'echo bye; exit 6' USR1; echo up; sleep 600 & wait"]
            """, ["-t", "x"])
        let process = try start(["run", "x"], work)
        #expect(Traces.wait { (try? work.place.text("out")) == "up\n" })
        process.terminate(signal)
        #expect(process.wait(timeout: .seconds(20)) == .exited(6))
        #expect(try work.place.text("out") == "up\nbye\n")
        #expect(Traces.remaining(work.home) == [])
    }

    @Test("a program that will not stop is killed after the grace")
    func grace() throws {
        let work = try workspace()
        let process = try start(
            ["run", "--stop-timeout", "1", "base", "sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"],
            work)
        #expect(Traces.wait { (try? work.place.text("out")) == "up\n" })
        process.terminate(SIGTERM)
        #expect(process.wait(timeout: .seconds(20)) == .exited(137))
        #expect(Traces.remaining(work.home) == [])
    }

    @Test("an interrupted build ends its programs with 130 and leaves nothing", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        let work = try workspace()
        // A number of its own finds the program among all processes.
        let marker = "7\(UInt32.random(in: 100_000...999_999))"
        try work.file("Dockerfile", "FROM base\nRUN trap '' INT TERM; echo up; sleep \(marker)\n")
        let process = try start(["build", "-t", "x", work.context], work)
        #expect(Traces.wait { !Traces.find("sleep\u{0}\(marker)").isEmpty })
        process.terminate(signal)
        #expect(process.wait(timeout: .seconds(30)) == .exited(130))
        #expect(Traces.remaining("sleep\u{0}\(marker)") == [])
        #expect(Traces.remaining(work.home) == [])
        #expect(try work.place.text("out") == "")
        #expect(try work.place.text("err").contains("interrupted"))
        #expect(try work.run("export", "x").code == 2)
        let usage = try work.succeed(["cache", "du"])
        #expect(!usage.output.contains("in use"))
        #expect(try work.usage() == Tree.size(work.home))
    }
}
