import BuildGraph
import Core
import Glibc
import HostOS
import Layers
import SampanTestSupport
import Testing

@Suite("when a RUN runs", .enabled(if: Workshop.canUnpack, "unpacking layers with their owners needs root"))
struct RunCacheTests {
    private static let file = """
        FROM scratch
        ARG A
        COPY used /
        RUN --mount=type=secret,id=s --mount=type=cache,target=/c build
        """

    private func workshop() throws -> Workshop {
        let workshop = try Workshop()
        try workshop.context.file("used", "1")
        try workshop.context.file("unused", "1")
        return workshop
    }

    /// Builds, applies a change, builds again, and says what ran the second time.
    private func again(
        _ workshop: Workshop, text: String = file, _ first: @escaping (inout BuildRequest) -> Void = { _ in },
        _ second: @escaping (inout BuildRequest) -> Void = { _ in }, between: () throws -> Void = {}
    ) async throws -> [String] {
        func base(_ request: inout BuildRequest) { request.secrets = ["s": .init(Array("secret".utf8))] }
        try await workshop.build(text) {
            base(&$0)
            first(&$0)
        }
        workshop.executor.forget()
        try between()
        try await workshop.build(text) {
            base(&$0)
            second(&$0)
        }
        return workshop.executor.programs
    }

    @Test("nothing changed: it does not run")
    func same() async throws { #expect(try await again(workshop()) == []) }

    @Test("a file that no COPY names, time stamps and modes of nothing copied change nothing")
    func irrelevant() async throws {
        let workshop = try workshop()
        let ran = try await again(
            workshop,
            between: {
                try workshop.context.file("unused", "2")
                try workshop.context.file("new", "2")
                var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
                utimensat(AT_FDCWD, workshop.context.path("used"), &times, 0)
            })
        #expect(ran == [])
    }

    @Test("the bytes of a secret and proxies are in no key")
    func secrets() async throws {
        let proxies = ["HTTP_PROXY": "http://user:password@proxy:1", "no_proxy": "x"]
        let ran = try await again(
            try workshop(), { _ in },
            {
                $0.secrets = ["s": .init(Array("other".utf8))]
                $0.buildArguments = proxies
            })
        #expect(ran == [])
    }

    @Test("the bytes and the mode of a copied file count")
    func inputs() async throws {
        let workshop = try workshop()
        #expect(try await again(workshop, between: { try workshop.context.file("used", "2") }) == ["build"])
        #expect(
            try await again(workshop, between: { try workshop.context.file("used", "2", mode: 0o755) }) == ["build"])
    }

    @Test("a declared ARG counts, one that is not declared does not")
    func arguments() async throws {
        #expect(try await again(workshop(), { _ in }, { $0.buildArguments = ["A": "1"] }) == ["build"])
        #expect(try await again(workshop(), { _ in }, { $0.buildArguments = ["B": "1"] }) == [])
    }

    @Test("the network, hosts, limits and shared memory count")
    func settings() async throws {
        #expect(try await again(workshop(), { _ in }, { $0.network = .none }) == ["build"])
        #expect(
            try await again(workshop(), { _ in }, { $0.settings.extraHosts = [.init(name: "a", address: "1.2.3.4")] })
                == ["build"])
        #expect(try await again(workshop(), { _ in }, { $0.settings.sharedMemory = 1 << 20 }) == ["build"])
        #expect(
            try await again(
                workshop(), { _ in }, { $0.settings.ulimits = [.init(name: "nofile", soft: 1, hard: 2)] }) == ["build"])
    }

    @Test(
        "what a program can see of a mount counts: mode, owner, and what a new cache starts with",
        arguments: [
            ("secret,id=s", "secret,id=s,mode=0444"), ("secret,id=s", "secret,id=s,uid=7"),
            ("secret,id=s", "secret,id=s,gid=7"), ("secret,id=s", "secret,id=s,target=/run/other"),
            ("ssh", "ssh,mode=0666"), ("ssh", "ssh,uid=7"), ("ssh", "ssh,gid=7"), ("ssh", "ssh,target=/run/other"),
            ("cache,target=/c", "cache,target=/c,mode=0700"), ("cache,target=/c", "cache,target=/c,uid=7"),
            ("cache,target=/c", "cache,target=/c,gid=7"), ("cache,target=/c", "cache,target=/c,from=a"),
            ("cache,target=/c,from=a", "cache,target=/c,from=b"),
            ("cache,target=/c,from=a", "cache,target=/c,from=a,source=/to"),
        ])
    func mountAccess(one: String, other: String) async throws {
        let workshop = try workshop()
        func build(_ mount: String) async throws -> [String] {
            workshop.executor.forget()
            let text = "FROM scratch AS a\nCOPY used /to/\nFROM a AS b\nFROM scratch\nRUN --mount=type=\(mount) see\n"
            try await workshop.build(text) {
                $0.secrets = ["s": .init(Array("secret".utf8))]
                $0.agents = ["default": "/nowhere"]
            }
            return workshop.executor.programs
        }
        #expect(try await build(one) == ["see"])
        #expect(try await build(one) == [])
        #expect(try await build(other) == ["see"])
        #expect(try await build(one) == [])
        #expect(try await build(other) == [])
    }

    @Test("--no-cache runs all, --no-cache-filter the stages it names")
    func noCache() async throws {
        let text = "FROM scratch AS one\nRUN one\nFROM scratch\nCOPY --from=one /made /\nRUN two\n"
        #expect(try await again(try workshop(), text: text, { _ in }, { $0.noCache = true }) == ["one", "two"])
        // What the first stage makes is the same again, so the second is found.
        #expect(try await again(try workshop(), text: text, { _ in }, { $0.noCacheStages = ["one"] }) == ["one"])
    }

    @Test("a RUN made anew with the same contents lets the RUN on it be found")
    func sameContents() async throws {
        let text = "FROM scratch AS one\nRUN make\nFROM one\nRUN on top\n"
        let workshop = try workshop()
        try await workshop.build(text)
        workshop.executor.forget()
        workshop.progress.forget()
        try await workshop.build(text) { $0.noCacheStages = ["one"] }
        #expect(workshop.executor.programs == ["make"])
        #expect(workshop.progress.cached == ["[stage-1 2/2] RUN on top"])
        // Other contents are another matter.
        workshop.executor.forget()
        workshop.executor.set { request in
            try request.write("made", "differently")
            return 0
        }
        try await workshop.build(text) { $0.noCacheStages = ["one"] }
        #expect(workshop.executor.programs == ["make", "on top"])
    }

    @Test("equal RUNs of two stages run once, also at the same time")
    func equalRuns() async throws {
        let workshop = try workshop()
        workshop.executor.set { request in
            try await Task.sleep(for: .milliseconds(50))
            try request.write("out", "x")
            return 0
        }
        let built = try await workshop.build(
            """
            FROM scratch AS a
            RUN work
            FROM scratch AS b
            RUN work
            FROM scratch
            COPY --from=a /out /a
            COPY --from=b /out /b
            """)
        #expect(workshop.executor.programs == ["work"])
        #expect(built.paths == ["a", "b"])
    }

    @Test("a program that changes nothing makes no layer, and is not run again")
    func noChange() async throws {
        let workshop = try workshop()
        workshop.executor.set { _ in 0 }
        let built = try await workshop.build("FROM scratch\nRUN true\n")
        #expect(built.image.layers.isEmpty)
        #expect(built.history == ["(RUN /bin/sh -c true # buildkit)"])
        workshop.executor.forget()
        let next = try await workshop.build("FROM scratch\nRUN true\n")
        #expect(workshop.executor.programs == [])
        #expect(next.digest == built.digest)
    }

    @Test("two homes give one digest, whatever the time and the names of directories")
    func reproducible() async throws {
        var digests: Set<Digest> = []
        for _ in 0..<2 {
            digests.insert(try await workshop().build(Self.file) { $0.secrets = ["s": .init([1])] }.digest)
        }
        #expect(digests.count == 1)
    }
}
