import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("builds that share a cache", .enabled(if: Need.root, Need.rootReason))
struct SharedCacheBuildTests {
    /// What a program wrote can't be made twice, so an equal digest says that none ran.
    private static let dockerfile = """
        FROM base AS build
        COPY src /src
        RUN cat /proc/sys/kernel/random/uuid > /built && cat /src/* >> /built
        FROM base
        COPY --from=build /built /built
        RUN cat /proc/sys/kernel/random/uuid > /own
        COPY late /late
        CMD ["/bin/sh"]
        """

    private func machine() throws -> Workspace {
        let work = try Workspace("shared")
        try work.importBase()
        try work.file("src/a", "a\n")
        try work.file("late", "late\n")
        return work
    }

    /// The arguments for a cache that is kept in one of two ways.
    private struct Place {
        let to: String
        let from: String
        let registry: TestRegistry?

        init(_ kind: String, _ directory: TemporaryDirectory) throws {
            registry = kind == "registry" ? try TestRegistry() : nil
            let where_ =
                registry.map { "type=registry,ref=\($0.authority)/team/web:cache" }
                ?? "type=local,PLACE=\(directory.path("cache"))"
            to = where_.replacing("PLACE", with: "dest")
            from = where_.replacing("PLACE", with: "src")
        }
    }

    @Test(
        "on another machine nothing runs, and no layer is fetched that nothing reads", arguments: ["registry", "local"])
    func secondMachine(kind: String) throws {
        let (first, second) = (try machine(), try machine())
        let place = try Place(kind, first.place)
        let built = try first.image(Self.dockerfile, ["--cache-to", place.to + ",mode=max"])
        place.registry?.clearRequests()
        let outcome = try second.build(Self.dockerfile, ["--cache-from", place.from])
        #expect(outcome.code == 0 && outcome.result == built, "\(outcome)")
        if let registry = place.registry {
            // The image has two layers of its own that come from the cache; the stage that compiled is never fetched.
            #expect(registry.steps.filter { $0 == "GET manifests" }.count == 1)
            #expect(registry.steps.filter { $0 == "GET blobs" }.count <= 3, "\(registry.steps)")
        }
        // A changed source runs what depends on it alone.
        try second.file("late", "later\n")
        let changed = try second.image(Self.dockerfile, ["--cache-from", place.from])
        #expect(try second.files(changed)["own"]?.text == first.files(built)["own"]?.text)
        #expect(try second.files(changed)["late"]?.text == "later\n")
        #expect(try second.usage() == Tree.size(second.home))
    }

    @Test("with mode=min the stages that are not in the result run again")
    func minimal() throws {
        let (first, second) = (try machine(), try machine())
        let place = try Place("local", first.place)
        let built = try first.image(Self.dockerfile, ["--cache-to", place.to])
        try second.file("src/a", "another\n")
        let other = try second.image(Self.dockerfile, ["--cache-from", place.from])
        #expect(other != built)
        #expect(try second.files(other)["own"]?.text != first.files(built)["own"]?.text)
    }

    @Test("a cache inside of the pushed image is found by the image's name")
    func inline() throws {
        let (first, second) = (try machine(), try machine())
        let registry = try TestRegistry()
        let name = registry.authority + "/team/web:1"
        let dockerfile = "FROM base\nRUN cat /proc/sys/kernel/random/uuid > /own\nCOPY late /late\n"
        let built = try first.image(dockerfile, ["--cache-to", "type=inline", "-t", name, "--push"])
        let again = try second.image(dockerfile, ["--cache-from", name, "--cache-to", "type=inline"])
        #expect(again == built)
    }

    @Test(
        "a registry of others keeps all parts", .enabled(if: Need.programs("docker-registry"), "needs docker-registry"))
    func realRegistry() throws {
        let (first, second) = (try machine(), try machine())
        let registry = try RealRegistry()
        let cache = "type=registry,ref=\(registry.authority)/team/web:cache"
        let dockerfile =
            "FROM base\nRUN --mount=type=cache,target=/c cat /proc/sys/kernel/random/uuid | tee /c/id > /own\n"
        let built = try first.image(
            dockerfile, ["--cache-to", cache + ",mode=max", "--cache-mounts", "export"])
        // Once more, with everything there.
        _ = try first.image(dockerfile, ["--cache-to", cache + ",mode=max", "--cache-mounts", "export"])
        #expect(try second.image(dockerfile, ["--cache-from", cache]) == built)
        let mounted = try second.image(
            "FROM base\nRUN --mount=type=cache,target=/c cp /c/id /copied\n", ["--cache-from", cache])
        #expect(try second.files(mounted)["copied"]?.text == first.files(built)["own"]?.text)
    }

    @Test("what is not there yet is a note, what can't be read a warning, and the build goes on")
    func messages() throws {
        let work = try machine()
        let path = work.place.path("cache")
        let dockerfile = "FROM base\nRUN true\n"
        let absent = try work.build(dockerfile, ["--cache-from", "type=local,src=\(path)"])
        #expect(absent.code == 0)
        #expect(absent.error.contains("note: there is no cache '\(path)' yet\n"), "\(absent)")
        try work.place.file("cache", "no directory")
        let broken = try work.build(dockerfile, ["--cache-from", "type=local,src=\(path)"])
        #expect(broken.code == 0)
        #expect(
            broken.error.contains(
                "warning: the cache '\(path)' is not used: '\(path)' is not the directory of a build cache: "
                    + "it is not a directory\n"), "\(broken)")
        let failed = try work.build(dockerfile, ["--cache-to", "type=local,dest=\(path)"])
        #expect(failed.code == 2)
        #expect(failed.error.contains("error: cannot export the cache to '\(path)': "), "\(failed)")
        let ignored = try work.build(dockerfile, ["--cache-to", "type=local,dest=\(path),ignore-error=true"])
        #expect(ignored.code == 0)
        #expect(ignored.error.contains("warning: cannot export the cache to '\(path)': "), "\(ignored)")
    }

    @Test(
        "options that can't be are usage errors before anything is built",
        arguments: [
            (["--cache-to", "type=gha"], "--cache-to has no type 'gha'"),
            (["--cache-from", "type=local"], "--cache-from type=local needs src"),
            (["--cache-to", "type=registry,ref=a,mode=full"], "--cache-to has no mode 'full'"),
            (["--cache-mounts", "maybe"], "--cache-mounts 'maybe' is not understood"),
        ])
    func usage(arguments: [String], message: String) throws {
        let work = try Workspace()
        let outcome = try work.build("FROM scratch\n", arguments)
        #expect(outcome.code == 64)
        #expect(outcome.error.hasPrefix("error: \(message)\n"), "\(outcome)")
        #expect(outcome.output == "")
    }

    @Test("killed at any moment of an export, what was there before is whole", arguments: ["registry", "local"])
    func kill(kind: String) throws {
        let (first, second) = (try machine(), try machine())
        let place = try Place(kind, first.place)
        let arguments = ["--cache-to", place.to + ",mode=max", "--cache-mounts", "export"]
        func dockerfile(_ round: Int) -> String {
            """
            FROM base
            RUN --mount=type=cache,target=/c cat /proc/sys/kernel/random/uuid > /c/\(round); cp /c/\(round) /own
            RUN dd if=/dev/urandom of=/big bs=1M count=4 2>/dev/null
            """
        }
        /// Whether the cache has a build: two machines that use it come to the same.
        func has(_ round: Int) throws -> Bool {
            let images = try (0..<2).map { _ in
                try machine().image(dockerfile(round), ["--cache-from", place.from])
            }
            return images[0] == images[1]
        }
        _ = try first.image(dockerfile(0), arguments)
        var last = 0
        var random = SeededGenerator(seed: 5)
        for round in 1...6 {
            try first.file("Dockerfile", dockerfile(round))
            let builder = try ChildProcess.spawn(
                Program.options(
                    ["build"] + arguments + [first.context], environment: ["SAMPAN_HOME": first.home]))
            usleep(UInt32(50_000 + random.next() % 600_000))
            builder.terminate(SIGKILL)
            _ = builder.wait()
            // It was killed before the new cache took the place of the last, or after.
            if try !has(last) {
                #expect(try has(round), "round \(round)")
                last = round
            }
        }
        _ = try first.image(dockerfile(9), arguments)
        let mounted = try second.image(
            "FROM base\nRUN --mount=type=cache,target=/c ls /c > /list\n", ["--cache-from", place.from])
        #expect(try second.files(mounted)["list"]?.text.contains("9\n") == true)
    }
}

/// Debian's registry on loopback, for one test.
final class RealRegistry {
    let authority: String
    private let place: TemporaryDirectory
    private let process: ChildProcess

    init() throws {
        place = try TemporaryDirectory("registry")
        let port = UInt16.random(in: 20000...60000)
        authority = "127.0.0.1:\(port)"
        let file = try place.file(
            "config.yml",
            """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: \(place.path("data"))}, delete: {enabled: true}}
            http: {addr: "\(authority)"}
            """)
        var options = ChildProcess.Options("/usr/bin/docker-registry", ["serve", file])
        options.descriptors[1] = try .open(place.path("log"), O_RDWR | O_CREAT)
        options.descriptors[2] = try .open(place.path("log"), O_RDWR | O_CREAT)
        process = try ChildProcess.spawn(options)
        for _ in 0..<200 {
            if (try? Shell.run("bash -c 'exec 3<>/dev/tcp/127.0.0.1/\(port)' 2>/dev/null")) != nil { return }
            usleep(50_000)
        }
    }

    deinit {
        process.terminate(SIGKILL)
        _ = process.wait()
    }
}
