import Archive
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("the cache, and the same bytes every time")
struct CacheTests {
    private static let dockerfile = """
        FROM base AS build
        WORKDIR /src
        COPY src/ .
        RUN cat *.txt > /all && echo made-$(ls | wc -l) >> /all && mkdir -p /out/deep && cp /all /out/deep/file && ln -s deep /out/l
        FROM base
        COPY --from=build /out /out
        RUN echo second > /second && touch /tmp/x && rm /tmp/x
        CMD ["/bin/sh"]
        """

    private func workspace(_ name: String = "cache") throws -> Workspace {
        let work = try Workspace(name)
        try work.importBase()
        for name in ["a.txt", "b.txt", "sub/c.txt"] { try work.file("src/" + name, name + "\n") }
        try work.file("other", "other\n")
        return work
    }

    @Test("two homes and two directories give one digest, with RUN", .enabled(if: Need.root, Need.rootReason))
    func reproducible() throws {
        let one = try workspace()
        let first = try one.image(Self.dockerfile, ["-o", "type=oci-archive,dest=\(one.place.path("a.tar"))"])
        // File systems stamp in seconds or finer; another second must make no difference.
        usleep(1_100_000)
        let two = try workspace("another-name-of-another-length")
        for name in ["a.txt", "b.txt"] { try Shell.run("touch -d '2001-02-03 04:05:06' \(two.context)/src/\(name)") }
        let second = try two.image(Self.dockerfile, ["-o", "type=oci-archive,dest=\(two.place.path("a.tar"))"])
        #expect(first == second)
        #expect(try one.place.bytes("a.tar") == two.place.bytes("a.tar"))
        #expect(try one.image(Self.dockerfile, ["--no-cache"]) == first)
        let stamped = ["SOURCE_DATE_EPOCH": "1700000000"]
        let (third, fourth) = (
            try one.image(Self.dockerfile, environment: stamped), try two.image(Self.dockerfile, environment: stamped)
        )
        #expect(third == fourth)
        #expect(third != first)
    }

    @Test(
        "new times and files that nothing selects hit; a changed byte or mode misses",
        .enabled(if: Need.root, Need.rootReason))
    func keys() throws {
        let work = try workspace()
        let dockerfile = "FROM base\nCOPY src /src\nRUN cat /proc/uptime > /once\n"
        // --no-cache shows that RUN has another result each time.
        let first = try work.image(dockerfile)
        try Shell.run("find \(work.context) -exec touch -d '2001-02-03 04:05:06' {} +")
        #expect(try work.image(dockerfile) == first)
        try work.file("other", "changed\n")
        #expect(try work.image(dockerfile) == first)
        try work.file("src/a.txt", "a.txt!\n")
        let changed = try work.image(dockerfile)
        #expect(changed != first)
        try work.file("src/a.txt", "a.txt\n")
        #expect(try work.image(dockerfile) == first)
        chmod(work.context + "/src/a.txt", 0o755)
        #expect(try work.image(dockerfile) != first)
        chmod(work.context + "/src/a.txt", 0o644)
        usleep(20_000)
        #expect(try work.image(dockerfile, ["--no-cache"]) != first)
    }

    @Test("an equal result of a stage that ran anew hits below it", .enabled(if: Need.root, Need.rootReason))
    func contentKeys() throws {
        let work = try workspace()
        func build(_ comment: String) throws -> String {
            try work.image(
                """
                FROM base AS build
                RUN echo \(comment) > /dev/null; echo result > /result
                FROM base
                COPY --from=build /result /result
                RUN cat /proc/uptime > /once
                """)
        }
        let first = try build("one")
        #expect(try build("two") == first)
    }

    @Test("--no-cache-filter runs a stage anew, and no other", .enabled(if: Need.root, Need.rootReason))
    func filter() throws {
        let work = try workspace()
        let dockerfile = """
            FROM base AS one
            RUN cat /proc/uptime > /one
            FROM base AS two
            RUN cat /proc/uptime > /two
            FROM scratch
            COPY --from=one /one /
            COPY --from=two /two /
            """
        try work.image(dockerfile, ["-t", "x"])
        let before = try work.files("x")
        usleep(30_000)
        try work.image(dockerfile, ["-t", "x", "--no-cache-filter", "two"])
        let after = try work.files("x")
        #expect(before["one"]?.text == after["one"]?.text)
        #expect(before["two"]?.text != after["two"]?.text)
    }

    @Test("a RUN that changes nothing makes no layer", .enabled(if: Need.root, Need.rootReason))
    func emptyRun() throws {
        let work = try workspace()
        try work.image(
            "FROM base\nRUN true\nRUN touch /x && rm /x\nRUN ls -R / > /dev/null 2>&1; cat /etc/resolv.conf > /dev/null\n",
            ["-t", "x"])
        let image = try work.inspect("x")
        #expect(image.layers.count == 1)
        #expect(image.image.history.count == 4)
        #expect(image.image.history.map(\.emptyLayer) == [false, true, true, true])
    }

    @Test("equal and different builds at once in one home are all right", .enabled(if: Need.root, Need.rootReason))
    func atOnce() throws {
        let work = try workspace()
        let reference = try workspace()
        let slow = Self.dockerfile.replacing(
            "WORKDIR /src", with: "WORKDIR /src\nRUN sleep 0.3; cat /proc/uptime > /dev/null")
        let other = slow.replacing("second", with: "third")
        let expected = try [slow, other].map { try reference.image($0) }
        try work.file("one.Dockerfile", slow)
        try work.file("two.Dockerfile", other)
        let started = try ["one", "two", "one", "two", "one"].enumerated().map { index, name in
            var options = try Program.options(
                ["build", "-q", "-f", "\(work.context)/\(name).Dockerfile", "-t", "app:\(name)", work.context],
                environment: ["SAMPAN_HOME": work.home])
            options.descriptors[1] = try .open(work.place.path("out\(index)"), O_RDWR | O_CREAT)
            options.descriptors[2] = try .open(work.place.path("err\(index)"), O_RDWR | O_CREAT)
            return try ChildProcess.spawn(options)
        }
        for (index, process) in started.enumerated() {
            let status = process.wait()
            let error = try work.place.text("err\(index)")
            #expect(status == .exited(0), "\(error)")
            #expect(try work.place.text("out\(index)") == expected[index % 2] + "\n")
        }
        #expect(try work.succeed(["cache", "du"]).output.contains("left behind") == false)
    }

    @Test("equal steps of builds at once run once", .enabled(if: Need.root, Need.rootReason))
    func singleFlight() throws {
        let work = try workspace()
        try work.file(
            "Dockerfile",
            "FROM base\nRUN --mount=type=cache,target=/c,sharing=shared echo ran >> /c/log; sleep 1; cat /proc/uptime > /x\n"
        )
        let started = try (0..<3).map { _ in
            try ChildProcess.spawn(
                Program.options(["build", "-q", work.context], environment: ["SAMPAN_HOME": work.home]))
        }
        for process in started { #expect(process.wait() == .exited(0)) }
        try work.image("FROM base\nRUN --mount=type=cache,target=/c cp /c/log /log\n", ["-t", "x"])
        #expect(try work.files("x")["log"]?.text == "ran\n")
    }

    @Test("pruning everything beside a running build takes nothing from it", .enabled(if: Need.root, Need.rootReason))
    func pruneBeside() throws {
        let work = try workspace()
        let dockerfile = Self.dockerfile.replacing("WORKDIR /src", with: "WORKDIR /src\nRUN sleep 0.7")
        let expected = try work.image(dockerfile)
        try work.file("Dockerfile", dockerfile)
        let build = try ChildProcess.spawn(
            Program.options(
                ["build", "-q", "--no-cache", "-t", "app", work.context], environment: ["SAMPAN_HOME": work.home]))
        for _ in 0..<8 {
            #expect(try work.run("cache", "prune").code == 0)
            usleep(100_000)
        }
        #expect(build.wait() == .exited(0))
        #expect(try work.image(dockerfile, ["-t", "app"]) == expected)
        #expect(try work.files("app")["second"]?.text == "second\n")
        #expect(try work.usage() == Tree.size(work.home))
    }

    @Test("prune frees what is asked for, and images with a name still work", .enabled(if: Need.root, Need.rootReason))
    func prune() throws {
        let work = try workspace()
        let digest = try work.image(Self.dockerfile, ["-t", "app"])
        try work.succeed(["cache", "prune"])
        #expect(try work.files("app")["second"]?.text == "second\n")
        #expect(try work.image(Self.dockerfile, ["-t", "app"]) == digest)
        #expect(try work.usage() == Tree.size(work.home))
        try work.succeed(["cache", "prune", "--all"])
        #expect(try work.run("export", "app").code == 2)
        #expect(try work.usage() == Tree.size(work.home))
    }
}
