import Archive
import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("bases that are interrupted, or made where little is allowed")
struct BaseRobustnessTests {
    /// Packages that take a moment to fetch and to pack.
    private static func largePackages() -> [DebFile] {
        var random = SeededGenerator(seed: 23)
        return (0..<12).map { number in
            DebFile(
                "big\(number)", architecture: "all",
                members: (0..<8).map { index in
                    .file("usr/share/big\(number)/\(index)", String(decoding: random.text(150_000), as: UTF8.self))
                })
        }
    }

    @Test("killed at any moment, a base loses nothing but unfinished work")
    func kill() throws {
        let bench = try BaseBench(Self.largePackages())
        let names = (0..<12).map { "big\($0)" }.joined(separator: ", ")
        let recipe = try bench.recipe("packages: [\(names)]")
        let start = ContinuousClock.now
        let expected = try bench.succeed("build", recipe).result
        let whole = (ContinuousClock.now - start).components
        let microseconds = UInt64(whole.seconds) * 1_000_000 + UInt64(whole.attoseconds / 1_000_000_000_000)
        var random = SeededGenerator(seed: 29)
        var killed = 0
        for round in 0..<12 {
            // Every other time there is nothing to begin with.
            if round % 2 == 0 { try Directory.removeTree(bench.work.home) }
            var options = try Program.options(
                ["base", "build", "--no-cache", "-t", "app", recipe], environment: ["SAMPAN_HOME": bench.work.home],
                directory: bench.work.place.path)
            options.descriptors[2] = try .open("/dev/null", O_WRONLY)
            options.descriptors[1] = try .open("/dev/null", O_WRONLY)
            let process = try ChildProcess.spawn(options)
            usleep(UInt32(random.next() % (microseconds * 7 / 10)))
            process.terminate(SIGKILL)
            if process.wait() == .signaled(SIGKILL) { killed += 1 }
            #expect(Traces.remaining(bench.work.home) == [], "round \(round)")
            #expect(try bench.succeed("build", recipe, "-t", "app").result == expected, "round \(round)")
            #expect(try bench.work.usage() == Tree.size(bench.work.home), "round \(round)")
        }
        #expect(killed >= 3)
        #expect(!(try bench.work.succeed(["cache", "du"]).output.contains("left behind")))
    }

    @Test("two builds of one base at once share the work and agree")
    func concurrent() throws {
        let bench = try BaseBench(Self.largePackages())
        let recipe = try bench.recipe("packages: [big0, big1, big2, big3]")
        var processes: [ChildProcess] = []
        for number in 0..<3 {
            var options = try Program.options(
                ["base", "build", "-q", recipe], environment: ["SAMPAN_HOME": bench.work.home],
                directory: bench.work.place.path)
            options.descriptors[1] = try .open(
                bench.work.place.path("out\(number)"), O_WRONLY | O_CREAT | O_TRUNC)
            processes.append(try ChildProcess.spawn(options))
        }
        for process in processes { #expect(process.wait().isSuccess) }
        let digests = try (0..<3).map { try bench.work.place.text("out\($0)") }
        #expect(Set(digests).count == 1)
        #expect(bench.count(".deb") == 4)
        #expect(try bench.work.usage() == Tree.size(bench.work.home))
    }

    @Test("an interruption ends it at once, and says nothing that isn't so")
    func interruption() throws {
        let bench = try BaseBench()
        let recipe = try bench.recipe("packages: [app]")
        bench.mirror.server.inject(.silent, on: .everything)
        var options = try Program.options(
            ["base", "build", recipe], environment: ["SAMPAN_HOME": bench.work.home],
            directory: bench.work.place.path)
        options.descriptors[1] = try .open("/dev/null", O_WRONLY)
        options.descriptors[2] = try .open(bench.work.place.path("err"), O_WRONLY | O_CREAT | O_TRUNC)
        let process = try ChildProcess.spawn(options)
        #expect(Traces.wait { bench.count("InRelease") > 0 })
        process.terminate(SIGINT)
        let status = try #require(process.wait(timeout: .seconds(10)))
        #expect(status.shellCode == 130)
        #expect(try !bench.work.place.text("err").contains("fallen silent"))
    }

    @Test("a base needs no root where nothing is configured", .enabled(if: Need.root, Need.rootReason))
    func ordinaryUser() throws {
        let bench = try BaseBench()
        try bench.recipe("packages: [app]", "directories: [{path: /tmp, mode: \"1777\"}]")
        let expected = try bench.succeed("build", "./my.yaml").result
        let user = try OrdinaryUser(.none)
        for name in ["my.yaml", "keys.gpg"] { try user.work.place.file(name, bench.work.place.bytes(name)) }
        let outcome = try user.run(["base", "build", "./my.yaml"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.result == expected)
    }

    /// Runs it where apt has neither sources nor other settings.
    private func withoutApt(_ work: Workspace, _ arguments: [String]) throws -> Program.Outcome {
        let quoted = arguments.map { "'\($0)'" }.joined(separator: " ")
        var options = ChildProcess.Options(
            "/bin/sh",
            [
                "-c",
                "mount --make-rprivate / && mount -t tmpfs tmpfs /etc/apt && exec '\(try Program.find())' \(quoted)",
            ])
        options.environment = ["SAMPAN_HOME=\(work.home)", "HOME=\(work.place.path)", "PATH=/usr/bin:/usr/sbin:/bin"]
        options.directory = work.place.path
        options.namespaces = [.mount]
        options.descriptors[1] = try .open(work.place.path("out"), O_WRONLY | O_CREAT | O_TRUNC)
        options.descriptors[2] = try .open(work.place.path("err"), O_WRONLY | O_CREAT | O_TRUNC)
        let status = try ChildProcess.spawn(options).wait()
        return Program.Outcome(
            code: status.shellCode, output: try work.place.text("out"), error: try work.place.text("err"))
    }

    @Test(
        "where no mirror is known it says how to name one; a lock whose packages are there needs none",
        .enabled(if: Need.root, Need.rootReason))
    func noMirror() throws {
        let bench = try BaseBench()
        let hint =
            "hint: set 'mirror:' in the recipe or SAMPAN_DEBIAN_MIRROR to the address of a Debian mirror; the apt "
            + "sources of this host name none\n"
        for arguments in [["base", "build", "static"], ["base", "lock", "static", "-o", "-"]] {
            let outcome = try withoutApt(bench.work, arguments)
            #expect(outcome.code == 2)
            #expect(outcome.error == "error: no Debian mirror is known for suite 'bookworm'\n" + hint)
        }
        try bench.work.file("Dockerfile", "FROM base:static\n")
        let build = try withoutApt(bench.work, ["build", bench.work.context])
        #expect(build.code == 2)
        #expect(build.error.contains("no Debian mirror is known for suite 'bookworm'"), "\(build.error)")
        try bench.bareRecipe("suite: bookworm\narchitectures: [amd64]\npackages: [app]\n")
        try bench.succeed("lock", "./my.yaml", "--mirror", bench.mirror.url, "--keyring", "keys.gpg")
        let missing = try withoutApt(bench.work, ["base", "build", "./my.yaml"])
        #expect(missing.code == 2)
        #expect(missing.error.contains("no Debian mirror is known for suite 'bookworm'"), "\(missing.error)")
        let digest = try bench.succeed(
            "build", "./my.yaml", "--mirror", bench.mirror.url, "--keyring", "keys.gpg"
        ).result
        let offline = try withoutApt(bench.work, ["base", "build", "--no-cache", "./my.yaml"])
        #expect(offline.code == 0, "\(offline)")
        #expect(offline.result == digest)
    }

    @Test(
        "packages that can't be configured are reported with what was printed last",
        .enabled(if: Need.root, Need.rootReason))
    func failedConfiguration() throws {
        let busybox = DebFile.Member(
            .init(name: Array("./bin/busybox".utf8), kind: .file, mode: 0o755),
            content: try WholeFile.read("/bin/busybox"))
        let script = "#!/bin/sh\necho \"setting up in $PWD\"\necho no such device >&2\nexit 3\n"
        let bench = try BaseBench([
            DebFile(
                "shell",
                members: [busybox, .directory("usr/sbin")]
                    + ["sh", "chmod", "rm"].map { .symlink("bin/\($0)", to: "busybox") },
                controlFiles: [("preinst", script)])
        ])
        let recipe = try bench.recipe("packages: [shell]", "configure: true", "essential: false")
        let outcome = try bench.base("build", recipe)
        #expect(outcome.code == 2)
        let lines = try bench.error(of: outcome).split(separator: "\n")
        try #require(lines.count == 4, "\(outcome)")
        #expect(lines[0] == "error: dpkg could not configure the packages (exit code 3)")
        #expect(lines[1] == "cause: no such device")
        #expect(lines[2].hasPrefix("cause: its whole output is in \(bench.work.home)/logs/"))
        #expect(lines[3] == "hint: packages whose scripts need a running system can't be part of an image")
        let log = try #require(lines[2].split(separator: " ").last)
        #expect(
            try String(decoding: WholeFile.read(String(log)), as: UTF8.self) == "setting up in /\nno such device\n")
        #expect(Traces.remaining(bench.work.home) == [])
        // The same package where nothing is configured.
        try bench.recipe("packages: [shell]")
        #expect(try bench.work.files(bench.succeed("build", recipe).result)["usr/bin/sh"]?.link == "busybox")
    }
}
