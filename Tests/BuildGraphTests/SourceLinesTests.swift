import BuildGraph
import ContentStore
import Core
import OCI
import SampanTestSupport
import Testing

@Suite("which lines made an image")
struct SourceLinesTests {
    private func sources(_ workshop: Workshop, _ text: String) async throws -> ImageSources {
        let state = try await workshop.session(text).run()
        #expect(state.sources.layers.count == state.layers.count)
        #expect(state.sources.dockerfile == SHA256.digest(of: text))
        return state.sources
    }

    private func place(_ lines: ClosedRange<Int>, _ stage: String) -> InstructionPlace {
        InstructionPlace(file: "Dockerfile", firstLine: lines.lowerBound, lastLine: lines.upperBound, stage: stage)
    }

    @Test("each layer has the lines of its instruction, those of the stage below included")
    func layers() async throws {
        let workshop = try Workshop()
        try workshop.context.file("a", "a")
        let sources = try await sources(
            workshop,
            """
            # A comment.
            FROM scratch AS one
            COPY \\
              # inside
              a /a

            FROM one
            USER 7
            COPY <<x /x
            text
            x
            USER 8
            WORKDIR /deep/down
            """)
        #expect(sources.layers == [place(3...5, "one"), place(9...11, "1"), place(13...13, "1")])
        #expect(
            sources.instructions == [
                "COPY": place(9...11, "1"), "USER": place(12...12, "1"), "WORKDIR": place(13...13, "1"),
            ])
    }

    @Test("what a base brings has no line here, nor have its triggers; FROM has the one that names it")
    func bases() async throws {
        let workshop = try Workshop()
        workshop.base("base") {
            $0.user = "5"
            $0.onBuild = ["COPY <<a /a\nx\na", "USER 6"]
        }
        let sources = try await sources(workshop, "FROM base AS one\nLABEL a=b\nFROM one\n")
        #expect(sources.layers == [nil])
        #expect(sources.instructions == ["FROM": place(1...1, "one"), "LABEL": place(2...2, "one")])
    }

    @Test("the store gives back what it was told, until the manifest is forgotten")
    func stored() async throws {
        let workshop = try Workshop()
        let text = "FROM scratch\nCOPY <<a /a\ntext\na\n"
        let sources = try await sources(workshop, text)
        let digest = try await workshop.build(text).digest
        #expect(try workshop.store.sources(of: digest) == nil)
        try workshop.store.recordSources(sources, of: digest)
        #expect(try workshop.store.sources(of: digest) == sources)
        let other = ImageSources(layers: [nil])
        try workshop.store.recordSources(other, of: digest)
        #expect(try workshop.store.sources(of: digest) == other)
        // What a session made is its own for as long as it lasts.
        workshop.store.close()
        let store = try Store.open(StoreLocation(home: workshop.home.path))
        defer { store.close() }
        #expect(try store.sources(of: digest) == other)
        _ = try store.prune(PruneOptions(all: true))
        #expect(try store.sources(of: digest) == nil)
    }
}
