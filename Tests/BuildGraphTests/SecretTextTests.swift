import BuildGraph
import ContentStore
import Core
import Testing

@Suite("passwords in the text of instructions")
struct SecretTextTests {
    private static let file = """
        FROM scratch AS build
        ADD http://user:hunter2@host/dir/file http://other:hunter2@host/dir/file /to/
        RUN --network=none get https://host/x \\
          && get https://user:hunter2@host/y
        FROM scratch
        COPY --from=build / /
        RUN echo http://user:hunter2@host
        """

    /// A long line that is cut off in the middle of a password.
    private static func longLine(_ limit: Int) -> String {
        let head = "RUN get http://user:"
        return head + String(repeating: "hunter2", count: limit / 7) + "@host"
    }

    @Test("no text of an instruction is in what a cache exports", .enabled(if: Workshop.canUnpack))
    func records() async throws {
        let workshop = try Workshop()
        let export = try await workshop.export(Self.file, .max)
        #expect(export.records.count == 4)
        let text = try String(decoding: export.records.encoded(), as: UTF8.self)
        for word in ["hunter2", "ADD", "RUN", "COPY", "get", "host"] { #expect(!text.contains(word), "\(word)") }
    }

    @Test("names of steps show no password of any URL", .enabled(if: Workshop.canUnpack))
    func labels() async throws {
        let workshop = try Workshop()
        try await workshop.build(Self.file + "\n" + Self.longLine(200) + "\n")
        let names = workshop.progress.started
        #expect(
            names.contains { $0.hasSuffix("ADD http://***@host/dir/file http://***@host/dir/file /to/") }, "\(names)")
        #expect(names.contains { $0.hasSuffix("RUN get http://***@host") }, "\(names)")
        #expect(!names.joined().contains("hunter2"), "\(names)")
    }

    @Test("what the store says of a step shows no password", .enabled(if: Workshop.canUnpack))
    func descriptions() async throws {
        let workshop = try Workshop()
        try await workshop.build(Self.file + "\n" + Self.longLine(300) + "\n")
        // Found by content, a step is recorded again.
        try await workshop.build(Self.file) { $0.noCacheStages = ["build"] }
        let texts = try workshop.store.usage().items.map(\.description)
        #expect(texts.contains { $0.contains("RUN echo http://***@host") }, "\(texts)")
        #expect(!texts.joined().contains("hunter2"), "\(texts)")
    }
}
