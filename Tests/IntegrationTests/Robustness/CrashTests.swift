import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("a builder that is killed, and a disk that is full", .enabled(if: Need.root, Need.rootReason))
struct CrashTests {
    private static let dockerfile = """
        FROM base AS build
        COPY src /src
        RUN cat /src/* > /all && mkdir -p /out/deep && cp /all /out/deep/ && rm -r /src
        RUN dd if=/dev/zero of=/out/zeros bs=64k count=32 2>/dev/null && sleep 0.05
        FROM base
        COPY --from=build /out /out
        RUN --mount=type=cache,target=/cache echo x > /cache/f && rm /etc/group && echo end > /end
        CMD ["/bin/sh"]
        """

    private func workspace() throws -> Workspace {
        let work = try Workspace("crash")
        try work.importBase()
        var random = SeededGenerator(seed: 7)
        for index in 0..<40 { try work.file("src/\(index)", random.text(20_000)) }
        try work.file("Dockerfile", Self.dockerfile)
        return work
    }

    /// `SAMPAN_TEST_CRASHES` says how often; the moments come from a seed.
    private static let rounds = ProgramPath.variable("SAMPAN_TEST_CRASHES").flatMap { Int($0) } ?? 20

    @Test("killed at any moment, it loses nothing but unfinished work")
    func kill() throws {
        let work = try workspace()
        let expected = try work.image(Self.dockerfile)
        // How long an undisturbed build takes here and now.
        let start = ContinuousClock.now
        #expect(
            try work.image(Self.dockerfile, ["--no-cache", "-o", "type=oci,dest=\(work.place.path("undisturbed"))"])
                == expected)
        let whole = (ContinuousClock.now - start).components
        let microseconds = UInt64(whole.seconds) * 1_000_000 + UInt64(whole.attoseconds / 1_000_000_000_000)
        var random = SeededGenerator(seed: 11)
        var killed = 0
        for round in 0..<Self.rounds {
            let layout = work.place.path("out\(round)")
            let builder = try ChildProcess.spawn(
                Program.options(
                    ["build", "--no-cache", "-t", "app", "-o", "type=oci,dest=\(layout)", work.context],
                    environment: ["SAMPAN_HOME": work.home]))
            usleep(UInt32(random.next() % (microseconds * 11 / 10)))
            builder.terminate(SIGKILL)
            if builder.wait() == .signaled(SIGKILL) { killed += 1 }
            #expect(Traces.remaining(work.home) == [], "round \(round)")
            // A layout is an image as soon as it has its index.
            if try FileInfo.of(layout + "/index.json") != nil {
                #expect(try ImageFacts(layout: layout).layers.count == 3)
            }
            #expect(try work.image(Self.dockerfile, ["-t", "app"]) == expected, "round \(round)")
            #expect(try work.usage() == Tree.size(work.home), "round \(round)")
        }
        #expect(killed >= Self.rounds / 2)
        let usage = try work.succeed(["cache", "du"]).output
        #expect(!usage.contains("left behind") && !usage.contains("in use"), "\(usage)")
        #expect(try work.files("app")["end"]?.text == "end\n")
        #expect(Traces.remaining(work.home) == [])
    }

    @Test("killed at any moment of an import or an export, it leaves whole files or none")
    func killExport() throws {
        let work = try workspace()
        try work.image(Self.dockerfile, ["-t", "app"])
        var random = SeededGenerator(seed: 13)
        for round in 0..<max(4, Self.rounds / 4) {
            let archive = work.place.path("out.tar")
            let arguments =
                round % 2 == 0
                ? ["export", "-o", "type=oci-archive,dest=\(archive)", "app"]
                : ["import", try BaseRoot.archive(), "again"]
            let process = try ChildProcess.spawn(Program.options(arguments, environment: ["SAMPAN_HOME": work.home]))
            usleep(UInt32(random.next() % 60_000))
            process.terminate(SIGKILL)
            process.wait()
            if try FileInfo.of(archive) != nil { #expect(try FileFact.read(archive)["index.json"] != nil) }
            unlink(archive)
            #expect(try work.files("base")["bin/busybox"] != nil)
        }
        try work.importBase("again")
        #expect(try work.usage() == Tree.size(work.home))
    }

    @Test("a full disk is named, and the store works again once there is room")
    func diskFull() throws {
        let work = try Workspace("disk")
        try work.place.directory("home")
        try Shell.run("mount -t tmpfs -o size=8m tmpfs '\(work.home)'")
        defer { _ = try? Shell.run("umount -l '\(work.home)'") }
        try work.importBase()
        let dockerfile = "FROM base\nCOPY small /small\nRUN echo run > /run-result\n"
        var random = SeededGenerator(seed: 17)
        try work.file("small", "small\n")
        let expected = try work.image(dockerfile, ["-t", "good"])
        try work.file("large", random.bytes(12 << 20))
        let copy = try work.build("FROM scratch\nCOPY large /large\n", ["-t", "x"])
        #expect(copy.code == 2)
        #expect(copy.error.contains("disk") && copy.error.contains("full"), "\(copy.error)")
        #expect(copy.error.contains(work.home), "\(copy.error)")
        #expect(copy.error.contains("hint: "), "\(copy.error)")
        let run = try work.build("FROM base\nRUN dd if=/dev/zero of=/large bs=1M count=12\n", ["-t", "x"])
        #expect(run.code == 2)
        #expect(run.error.contains("No space left on device"), "\(run.error)")
        let large = try work.place.file("large.tar", try TarFile.bytes([TarFile.file("f", "")]) + random.bytes(1))
        try Shell.run("tar -C '\(work.context)' -cf '\(large)' large")
        let imported = try work.run("import", large, "y")
        #expect(imported.code == 2)
        #expect(imported.error.contains("full"), "\(imported.error)")
        #expect(try work.run("export", "x").code == 2)
        #expect(try work.files("good")["run-result"]?.text == "run\n")
        #expect(try work.image(dockerfile, ["-t", "good"]) == expected)
        try work.succeed(["cache", "prune"])
        #expect(try work.image(dockerfile, ["--no-cache"]) == expected)
        #expect(!(try work.succeed(["cache", "du"]).output.contains("left behind")))
    }

    @Test("a full disk of an output is named, and no half file stays")
    func outputFull() throws {
        let work = try Workspace("disk")
        try work.place.directory("out")
        try Shell.run("mount -t tmpfs -o size=1m tmpfs '\(work.place.path("out"))'")
        defer { _ = try? Shell.run("umount -l '\(work.place.path("out"))'") }
        var random = SeededGenerator(seed: 19)
        try work.file("large", random.bytes(3 << 20))
        for output in [
            "type=docker,dest=\(work.place.path("out"))/x.tar", "type=tar,dest=\(work.place.path("out"))/x.tar",
        ] {
            let outcome = try work.build("FROM scratch\nCOPY large /large\n", ["-o", output])
            #expect(outcome.code == 2)
            #expect(outcome.error.contains("full"), "\(outcome.error)")
            #expect(outcome.error.contains(work.place.path("out")), "\(outcome.error)")
            #expect(try Tree.files(work.place.path("out")) == [])
        }
    }
}
