import BuildGraph
import ContentStore
import Core
import HostOS
import SampanTestSupport
import Synchronization
import Testing

@Suite("cache mounts that were exported", .enabled(if: Workshop.canUnpack, "unpacking layers needs root"))
struct CacheMountTests {
    /// Restores files, or fails after some of them.
    private final class Source: CacheMountSource {
        let files: [String: String]
        let failure: Diagnostic?
        let delay: Duration
        private let calls = Mutex<(noted: [String], restored: [String])>(([], []))

        init(_ files: [String: String], failure: Diagnostic? = nil, delay: Duration = .milliseconds(20)) {
            self.files = files
            self.delay = delay
            self.failure = failure
        }

        var noted: [String] { calls.withLock { $0.noted } }
        var restored: [String] { calls.withLock { $0.restored } }

        func note(id: String) { calls.withLock { $0.noted.append(id) } }

        func restore(
            id: String, into directory: String, progress: @Sendable @escaping (Int64) -> Void
        ) async throws -> Bool {
            calls.withLock { $0.restored.append(id) }
            try await Task.sleep(for: delay)
            for (name, text) in files { try AtomicFile.write(Array(text.utf8), to: directory + "/" + name) }
            if let failure { throw failure }
            return !files.isEmpty
        }
    }

    private static let file = "FROM scratch\nRUN --mount=type=cache,id=go,target=/c,mode=0700 one\n"

    /// Reads the file `kept` of the first mount.
    private func kept(_ request: ExecutionRequest?) throws -> String? {
        guard case .directory(let path, false) = request?.mounts.first?.kind else { return nil }
        guard let bytes = try? WholeFile.read(path + "/kept") else { return nil }
        #expect(try FileInfo.of(path)?.mode == 0o700)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a new cache starts with what was exported, once; one that is there is left alone")
    func restored() async throws {
        let workshop = try Workshop()
        let source = Source(["kept": "1"])
        workshop.cacheMounts.withLock { $0 = source }
        try await workshop.build(Self.file)
        #expect(try kept(workshop.executor.requests.last) == "1")
        try await workshop.build(Self.file) { $0.noCache = true }
        #expect(source.restored == ["go"])
        // A RUN that is not run names its caches all the same.
        try await workshop.build(Self.file)
        #expect(source.noted == ["go", "go", "go"])
        #expect(source.restored == ["go"])
    }

    @Test("programs that share a new cache find it whole, and it is restored once")
    func shared() async throws {
        let workshop = try Workshop()
        let source = Source(["kept": "1"])
        workshop.cacheMounts.withLock { $0 = source }
        let seen = Mutex<[String?]>([])
        workshop.executor.set { request in
            guard case .directory(let path, _) = request.mounts.first?.kind else { return 1 }
            let bytes = try? WholeFile.read(path + "/kept")
            seen.withLock { $0.append(bytes.map { String(decoding: $0, as: UTF8.self) }) }
            return 0
        }
        try await workshop.build(
            """
            FROM scratch AS a
            RUN --mount=type=cache,id=go,target=/c one
            FROM scratch AS b
            RUN --mount=type=cache,id=go,target=/c two
            FROM scratch
            COPY --from=a / /
            COPY --from=b / /
            """)
        #expect(seen.withLock { $0 } == ["1", "1"])
        #expect(source.restored == ["go"])
    }

    @Test("a cache of which nothing is known starts with what its 'from' shows")
    func unknown() async throws {
        let workshop = try Workshop()
        try workshop.context.file("kept", "of the stage")
        workshop.cacheMounts.withLock { $0 = Source([:]) }
        try await workshop.build(
            "FROM scratch AS a\nCOPY kept /\nFROM scratch\n"
                + "RUN --mount=type=cache,id=go,target=/c,mode=0700,from=a one\n")
        #expect(try kept(workshop.executor.requests.last) == "of the stage")
        #expect(workshop.progress.warnings.isEmpty)
    }

    @Test("one that can't be restored is a note; the program runs with an empty cache, not with half of one")
    func broken() async throws {
        let workshop = try Workshop()
        let source = Source(["kept": "half"], failure: Diagnostic(code: "x", "the pack is gone", hint: "export again"))
        workshop.cacheMounts.withLock { $0 = source }
        try await workshop.build(Self.file)
        #expect(workshop.executor.programs == ["one"])
        #expect(try kept(workshop.executor.requests.last) == nil)
        let note = try #require(workshop.progress.warnings.first)
        #expect(workshop.progress.warnings.count == 1)
        #expect(note.severity == .note)
        #expect(note.message == "the cache mount 'go' starts empty")
        #expect(note.causes == ["the pack is gone"])
        #expect(note.hint == "export again")
    }

    /// Builds, or gives up after seconds in which nothing can take so long.
    private func buildInTime(_ workshop: Workshop, _ text: String) async throws {
        let build = Task { _ = try await workshop.build(text) }
        let watch = Task {
            try await Task.sleep(for: .seconds(10))
            build.cancel()
        }
        defer { watch.cancel() }
        try await build.value
    }

    @Test("programs that want the same caches for themselves, in opposite order, don't wait for each other for ever")
    func oppositeOrder() async throws {
        let workshop = try Workshop()
        // Each would have its first cache long before it asks for its second.
        let source = Source(["kept": "1"], delay: .milliseconds(300))
        workshop.cacheMounts.withLock { $0 = source }
        func mount(_ id: String) -> String { "--mount=type=cache,id=\(id),sharing=locked,target=/\(id)" }
        try await buildInTime(
            workshop,
            """
            FROM scratch AS a
            RUN \(mount("x")) \(mount("y")) one
            FROM scratch AS b
            RUN \(mount("y")) \(mount("x")) two
            FROM scratch
            COPY --from=a / /
            COPY --from=b / /
            """)
        #expect(workshop.executor.programs.sorted() == ["one", "two"])
        #expect(source.restored == ["x", "y"])
        // Mounts are still those of the instruction, in its order.
        for request in workshop.executor.requests {
            let targets = request.mounts.map(\.target)
            #expect(targets == (request.arguments.last == "one" ? ["/x", "/y"] : ["/y", "/x"]))
        }
    }

    @Test(
        "a program that mounts one cache twice does not wait for itself, and finds it at both places",
        arguments: [["locked", "locked"], ["shared", "locked"], ["locked", "private"], ["private", "private"]])
    func twice(sharing: [String]) async throws {
        let workshop = try Workshop()
        let source = Source(["kept": "1"])
        workshop.cacheMounts.withLock { $0 = source }
        let mounts = sharing.enumerated().map {
            "--mount=type=cache,id=x,sharing=\($0.element),target=/\($0.offset)\($0.offset == 1 ? ",readonly" : "")"
        }
        try await buildInTime(workshop, "FROM scratch\nRUN \(mounts.joined(separator: " ")) one\n")
        let request = try #require(workshop.executor.requests.last)
        #expect(request.mounts.map(\.target) == ["/0", "/1"])
        guard case .directory(let first, false) = request.mounts.first?.kind,
            case .directory(let second, true) = request.mounts.last?.kind
        else {
            Issue.record("\(request.mounts)")
            return
        }
        #expect(first == second)
        #expect(source.restored == ["x"])
    }
}
