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
        private let calls = Mutex<(noted: [String], restored: [String])>(([], []))

        init(_ files: [String: String], failure: Diagnostic? = nil) {
            self.files = files
            self.failure = failure
        }

        var noted: [String] { calls.withLock { $0.noted } }
        var restored: [String] { calls.withLock { $0.restored } }

        func note(id: String) { calls.withLock { $0.noted.append(id) } }

        func restore(
            id: String, into directory: String, progress: @Sendable @escaping (Int64) -> Void
        ) async throws -> Bool {
            calls.withLock { $0.restored.append(id) }
            try await Task.sleep(for: .milliseconds(20))
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
}
