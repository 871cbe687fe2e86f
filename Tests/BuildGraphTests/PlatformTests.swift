import BuildGraph
import ContentStore
import Core
import Layers
import OCI
import SampanTestSupport
import Synchronization
import Testing

@Suite("building for several platforms at once", .enabled(if: Workshop.canUnpack, "unpacking layers needs root"))
struct PlatformTests {
    private static let platforms = [
        Platform(os: "linux", architecture: "amd64"), Platform(os: "linux", architecture: "arm64"),
    ]

    private func states(_ workshop: Workshop, _ text: String) async throws -> [StageState] {
        try await SharedBuild.run(workshop.sessions(text, Self.platforms))
    }

    @Test("a stage that is the same for all platforms runs once, others once a platform; steps say what they are for")
    func sharedStages() async throws {
        let workshop = try Workshop()
        workshop.base("tools")
        workshop.base("base")
        try workshop.context.file("src", "1")
        let states = try await states(
            workshop,
            """
            FROM --platform=linux/amd64 tools AS tools
            RUN once
            FROM --platform=linux/amd64 tools AS build
            COPY --from=tools /made /tool
            COPY src /
            ARG TARGETARCH
            RUN compile $TARGETARCH
            FROM scratch
            COPY --from=build /made /
            RUN finish
            """)
        #expect(
            workshop.executor.programs.sorted() == [
                "compile $TARGETARCH", "compile $TARGETARCH", "finish", "finish", "once",
            ])
        #expect(states.map(\.platform) == Self.platforms)
        let started = workshop.progress.started
        #expect(started.filter { $0.hasSuffix("RUN once") } == ["[linux/amd64 tools 2/2] RUN once"])
        #expect(
            started.filter { $0.hasSuffix("RUN finish") }.sorted() == [
                "[linux/amd64 stage-2 3/3] RUN finish", "[linux/arm64 stage-2 3/3] RUN finish",
            ])
        #expect(started.filter { $0.contains("build context") } == ["[internal] load build context"])
        #expect(
            started.filter { $0.contains("metadata for tools") } == ["[linux/amd64 internal] load metadata for tools"])
    }

    @Test(
        "an ARG before FROM that holds the target's name tells stages apart, and so does one in a trigger of the base")
    func argumentsTellApart() async throws {
        let workshop = try Workshop()
        workshop.base("tools")
        workshop.base("triggering") { $0.onBuild = ["ARG TARGETARCH", "RUN trigger"] }
        _ = try await states(
            workshop,
            """
            ARG KIND=for-${TARGETARCH}
            FROM --platform=linux/amd64 tools AS one
            ARG KIND
            RUN one
            FROM --platform=linux/amd64 triggering AS two
            FROM scratch
            COPY --from=one /made /1
            COPY --from=two /made /2
            """)
        #expect(workshop.executor.programs.sorted() == ["one", "one", "trigger", "trigger"])
    }

    @Test("a stage on a stage of another platform keeps that platform, also for what it copies from images")
    func inherited() async throws {
        let workshop = try Workshop()
        workshop.base("tools")
        workshop.base("files")
        _ = try await states(
            workshop,
            """
            FROM --platform=linux/amd64 tools AS one
            FROM one AS two
            RUN --mount=type=bind,from=files,target=/m two
            FROM scratch
            COPY --from=two /made /
            """)
        #expect(workshop.executor.programs == ["two"])
        #expect(
            workshop.progress.started.filter { $0.contains("metadata for files") } == [
                "[linux/amd64 internal] load metadata for files"
            ])
    }

    @Test("equal programs of sessions without the cache run once, and the second is told as cached")
    func equalPrograms() async throws {
        let workshop = try Workshop()
        let session = try workshop.session(
            """
            FROM scratch AS a
            RUN work
            FROM scratch AS b
            RUN work
            FROM scratch
            COPY --from=a /made /a
            COPY --from=b /made /b
            """
        ) { $0.noCache = true }
        _ = try await session.run()
        #expect(workshop.executor.programs == ["work"])
        #expect(workshop.progress.cached.count == 1)
    }

    @Test("the failure of one platform ends the build and is the one that is told")
    func failure() async throws {
        let workshop = try Workshop()
        workshop.executor.set { request in
            if request.platform.architecture == "arm64" { return 7 }
            try await Task.sleep(for: .seconds(60))
            return 0
        }
        do {
            _ = try await states(workshop, "FROM scratch\nRUN x\n")
            Issue.record("it did not fail")
        } catch {
            #expect(Diagnostic(explaining: error).message == "RUN failed with exit code 7")
        }
    }

    @Test("what several platforms export together lets another machine run nothing for any of them")
    func exported() async throws {
        let text = """
            FROM --platform=linux/amd64 tools AS tools
            RUN once
            FROM scratch
            COPY --from=tools /made /tool
            RUN finish
            """
        let first = try Workshop()
        first.base("tools")
        let sessions = try first.sessions(text, Self.platforms)
        let states = try await SharedBuild.run(sessions)
        var records = CacheRecords()
        var blobs: [Digest: [UInt8]] = [:]
        for session in sessions {
            let part = try await session.cacheRecords(mode: .max)
            records.merge(part.records)
            for blob in part.blobs { blobs[blob.descriptor.digest] = try first.store.readBlob(blob.descriptor.digest) }
        }
        #expect(records.count == 4)
        let second = try Workshop()
        second.base("tools")
        let cache = MemoryCache(records: records, blobs: blobs, for: second.store)
        second.caches.withLock { $0 = [cache] }
        let again = try await self.states(second, text)
        #expect(second.executor.programs == [])
        #expect(again.map(\.layers.count) == states.map(\.layers.count))
        #expect(cache.fetched == [])
    }
}
