import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

/// Programs of another architecture: those of a base with a shell, made of Debian's packages without running anything.
enum ForeignBase {
    static let architecture = Platform.host.architecture == "arm64" ? "amd64" : "arm64"
    static let machine = architecture == "arm64" ? "aarch64" : "x86_64"
    static let platform = "linux/" + architecture
    static let emulator = "qemu-\(machine)-static"

    static let canRun = Need.root && Need.programs(emulator, "gpgv")
    static let reason: Comment = "needs root, qemu-user-static and a Debian archive"

    private static let place: Result<TemporaryDirectory, any Error> = Result {
        let place = try TemporaryDirectory("foreign")
        atexit { ForeignBase.remove() }
        let made = try Program.run(
            ["base", "build", "static-debug", "--platform", platform, "-o", "type=tar,dest=\(place.path)/root.tar"],
            environment: ["SAMPAN_HOME": place.path("home")])
        try #require(made.code == 0, "\(made)")
        try Shell.run("mkdir \(place.path)/root && tar -C \(place.path)/root -xf \(place.path)/root.tar")
        return place
    }

    private static func remove() {
        if case .success(let made) = place { try? Directory.removeTree(made.path) }
    }

    /// Its busybox, to be copied into a context.
    static func shell() throws -> [UInt8] { try WholeFile.read(place.get().path("root/busybox/busybox")) }
}

@Suite("programs of other architectures", .enabled(if: ForeignBase.canRun, ForeignBase.reason))
struct EmulationTests {
    private static let dockerfile = """
        FROM scratch
        COPY --chmod=755 busybox /bin/busybox
        COPY --chmod=755 busybox /bin/sh
        ENV PATH=/bin
        RUN ["/bin/busybox", "uname", "-m"]
        RUN busybox mkdir -m 1777 /tmp && echo text > /tmp/f && busybox chown 5:6 /tmp/f && busybox chmod 4755 /tmp/f \\
            && busybox touch -d @1000000000 /tmp/f && busybox rm /bin/busybox
        """

    private func workspace(_ dockerfile: String = dockerfile) throws -> Workspace {
        let work = try Workspace("emulation")
        try work.file("busybox", ForeignBase.shell())
        try work.file("Dockerfile", dockerfile)
        return work
    }

    private func build(
        _ work: Workspace, _ arguments: [String] = [], environment: [String: String] = [:]
    ) throws -> Program.Outcome {
        try work.run(
            ["build", "--platform", ForeignBase.platform] + arguments + [work.context], environment: environment)
    }

    @Test("RUN runs them, and what they leave is a layer like any other")
    func run() throws {
        let work = try workspace()
        let outcome = try build(work, ["-t", "x"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.error.contains(" \(ForeignBase.machine)\n"), "\(outcome.error)")
        let files = try work.files("x")
        #expect(files["tmp/f"]?.access == "4755 5:6")
        #expect(files["tmp/f"]?.text == "text\n")
        #expect(files["bin/busybox"] == nil)
        #expect(Set(files.keys).subtracting(["bin", "bin/sh", "tmp", "tmp/f"]) == [])
        #expect(try work.inspect("x").image.architecture == ForeignBase.architecture)
        #expect(Traces.remaining(work.home) == [])
    }

    @Test("a step that has run needs no emulator any more")
    func cached() throws {
        let work = try workspace()
        let first = try build(work)
        #expect(first.code == 0, "\(first)")
        let path = try Self.programs(without: work)
        let again = try build(work, environment: ["PATH": path])
        #expect(again.code == 0 && again.result == first.result, "\(again)")
    }

    /// A PATH without an emulator. The runtime is found by name.
    private static func programs(without work: Workspace) throws -> String {
        let place = work.place.path("programs")
        try Directory.create(place)
        for name in ["crun", "runc"] {
            if let path = try? ProgramPath.find(name) { symlink(path, "\(place)/\(name)") }
        }
        return place
    }

    @Test("where the emulator is missing, the error says what to install and what else can be done")
    func missing() throws {
        let work = try workspace()
        let outcome = try build(work, environment: ["PATH": Self.programs(without: work)])
        #expect(outcome.code == 2)
        #expect(
            outcome.error.contains(
                "error: programs for \(ForeignBase.platform) cannot run on this machine (\(Platform.host))\n"),
            "\(outcome.error)")
        #expect(outcome.error.contains("Dockerfile:5:1\n"), "\(outcome.error)")
        #expect(outcome.error.contains("cause: there is no \(ForeignBase.emulator) in PATH\n"))
        #expect(
            outcome.error.contains(
                "hint: `apt-get install qemu-user-static`; or do the work of this stage on this machine's platform: "
                    + "`FROM --platform=$BUILDPLATFORM` and a compiler for $TARGETPLATFORM\n"))
        let other = try work.run(["build", "--platform", "windows/amd64", work.context])
        #expect(other.code == 2)
        #expect(other.error.contains("error: programs for windows/amd64 cannot run on this machine"), "\(other.error)")
    }

    @Test("an ordinary user gets the same digest as root, without any handler on the host")
    func ordinaryUser() throws {
        let work = try workspace()
        let expected = try build(work)
        #expect(expected.code == 0, "\(expected)")
        let user = try OrdinaryUser(.rootless)
        try user.work.file("busybox", ForeignBase.shell())
        try user.work.file("Dockerfile", Self.dockerfile)
        let outcome = try user.run(["build", "--platform", ForeignBase.platform, user.work.context])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.error.contains(" \(ForeignBase.machine)\n"))
        #expect(outcome.result == expected.result)
        #expect(Traces.remaining(user.work.home) == [])
    }

    @Test(
        "an emulated step leaves what the same step leaves on its own platform",
        .enabled(if: Need.root, Need.rootReason))
    func equalToNative() throws {
        let step = """
            RUN umask 027; echo a > /new; mkdir -m 2775 /dir; ln /new /dir/hard; ln -s x /dir/soft; mkfifo /dir/fifo; \\
                chown 7:8 /new /dir; chmod 6711 /new; rm -r /old; mkdir /old; echo b > /old/b; rm /gone; \\
                touch -h -d @1000000000 /new /dir/soft /dir/fifo /dir /old/b /old
            """
        let before = "mkdir /old; touch /old/a /gone"
        let native = try Workspace("native")
        try native.importBase()
        try native.image("FROM base\nRUN \(before)\n\(step)\n", ["-t", "x"])
        let foreign = try workspace(
            """
            FROM scratch
            COPY --chmod=755 busybox /bin/busybox
            RUN ["/bin/busybox", "--install", "-s", "/bin"]
            ENV PATH=/bin
            RUN \(before)
            \(step)
            """)
        let outcome = try build(foreign, ["-t", "x"])
        #expect(outcome.code == 0, "\(outcome)")
        func facts(_ work: Workspace) throws -> [String] {
            try work.files("x").filter { !["bin", "etc", "tmp", "root"].contains($0.key.split(separator: "/")[0]) }
                .map { "\($0.key) \($0.value.access) \($0.value.text)" }.sorted()
        }
        #expect(try facts(native) == facts(foreign))
        #expect(try facts(native).count == 7)
    }

    @Test("killed at any moment, it leaves no process, no mount and no handler")
    func kill() throws {
        let work = try workspace(
            """
            FROM scratch
            COPY --chmod=755 busybox /bin/busybox
            RUN ["/bin/busybox", "sleep", "0.2"]
            """)
        #expect(try build(work).code == 0)
        var random = SeededGenerator(seed: 5)
        for round in 0..<8 {
            let builder = try ChildProcess.spawn(
                Program.options(
                    ["build", "--no-cache", "--platform", ForeignBase.platform, work.context],
                    environment: ["SAMPAN_HOME": work.home]))
            usleep(UInt32(random.next() % 600_000))
            builder.terminate(SIGKILL)
            builder.wait()
            #expect(Traces.remaining(work.home) == [], "round \(round)")
        }
        #expect(try build(work, ["--no-cache"]).code == 0)
        let handlers = try Shell.run(
            "unshare -m sh -c 'mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>/dev/null; ls /proc/sys/fs/binfmt_misc'"
        )
        let own = "/proc/sys/fs/binfmt_misc/qemu-" + ForeignBase.machine
        #expect(!handlers.contains("qemu-" + ForeignBase.machine) || access(own, F_OK) == 0)
    }
}
