import Archive
import ContentStore
import Core
import HostOS
import ImageAnalysis
import ImageLayouts
import Layers
import OCI
import SampanTestSupport
import Synchronization
import Testing

@Suite("Reading images") struct ScanTests {
    private static let layers: [[ScanMember]] = [
        [
            .directory("bin"), .file("bin/run", "#!/bin/sh -e\necho hello\n", mode: 0o755), .file("a", "one"),
            .file("d/x", "xx"), .file("d/y", "yyy"), .file("big", bytes: [UInt8](repeating: 7, count: 3_000_000)),
            .file("etc/passwd", "root:x:0:0::/:/bin/sh\n"), .symlink("link", "d"), .file("empty", ""),
            .hardlink("z", "a"),
        ],
        [.file("a", "three"), .file("d/.wh.x", ""), .file("n/new", "1234"), .file("n/.wh..wh..opq", "")],
        [.file("twice", "first"), .file("twice", "second one"), .file(".wh.big", "")],
    ]

    @Test("layers make one tree, whatever form they come in", arguments: ScanForm.allCases)
    func tree(_ form: ScanForm) async throws {
        let image = try await ScanImage(Self.layers, form).analyse()
        #expect(
            try lines(image) == [
                "a file 5", "bin directory", "bin/run file 24", "d directory", "d/y file 3", "empty file 0",
                "etc directory", "etc/passwd file 22", "link -> d", "n directory", "n/new file 4", "twice file 10",
                "z file 3 = a",
            ])
        #expect(image.layers.map(\.facts.contentBytes) == [3_000_054, 9, 15])
        #expect(image.contentBytes == 3_000_078)
        #expect(
            image.layers.map { $0.facts.archiveSize }
                == (try Self.layers.map { Int64(try ScanMember.archive($0).count) }))
        #expect(image.remarks.isEmpty)
    }

    @Test("every file has its digest, every script its interpreter, and what judges need is kept")
    func facts() async throws {
        let image = try await ScanImage(Self.layers).analyse()
        func facts(_ path: BytePath) throws -> ContentFacts? {
            try image.tree.lookup(path).flatMap { image.facts(of: $0) }
        }
        #expect(try facts("bin/run")?.interpreter == ["/bin/sh", "-e"])
        #expect(try facts("a")?.digest == SHA256.digest(of: "three"))
        // The name that the first layer has for what it called a.
        #expect(try facts("z")?.digest == SHA256.digest(of: "one"))
        #expect(try facts("twice")?.digest == SHA256.digest(of: "second one"))
        #expect(try facts("etc/passwd")?.captured == Array("root:x:0:0::/:/bin/sh\n".utf8))
        #expect(try facts("a")?.captured == nil)
        #expect(try facts("empty") == ContentFacts(kind: .empty))
        #expect(try facts("d") == nil)
        #expect(try facts("link")?.digest == nil)
        #expect(
            image.layers[0].facts.facts[image.layers[0].facts.contents.index(of: "big") ?? 0]?.digest
                == SHA256.digest(of: [UInt8](repeating: 7, count: 3_000_000)))
    }

    @Test("files are opened where their layers lie", arguments: ScanForm.allCases)
    func open(_ form: ScanForm) async throws {
        let source = try ScanImage(Self.layers, form)
        let image = try await source.analyse()
        let files = ImageFiles(image, source: source)
        for (path, content) in [("a", "three"), ("z", "one"), ("d/y", "yyy"), ("empty", ""), ("twice", "second one")] {
            let node = try #require(try image.tree.lookup(BytePath(cleaning: path)))
            let bytes = try await files.open(node).readAll(limit: 100)
            #expect(String(decoding: bytes, as: UTF8.self) == content)
        }
    }

    @Test("a layer that comes twice is read once")
    func repeated() async throws {
        let source = try ScanImage([Self.layers[0], Self.layers[2], Self.layers[0]])
        let image = try await source.analyse()
        #expect(image.layers.count == 3)
        #expect(source.asked.load(ordering: .relaxed) == 2)
        #expect(image.layers[0].facts.diffID == image.layers[2].facts.diffID)
    }

    @Test("the history says which instruction made a layer, when it is complete")
    func causes() async throws {
        let archives = try Self.layers[..<2].map(ScanMember.archive)
        let history = [
            ImageConfig.History(created: "2024-01-01T00:00:00Z", createdBy: "ADD x"),
            ImageConfig.History(createdBy: "ENV A=b", emptyLayer: true), ImageConfig.History(createdBy: "RUN y"),
        ]
        let place = InstructionPlace(file: "Dockerfile", firstLine: 3, lastLine: 4, stage: "0")
        let sources = ImageSources(layers: [nil, place], instructions: ["USER": place])
        let image = try await ScanImage(archives, history: history, sources: sources).analyse()
        #expect(
            image.layers.map(\.cause) == [
                LayerCause(instruction: "ADD x", created: "2024-01-01T00:00:00Z"),
                LayerCause(instruction: "RUN y", place: place),
            ])
        #expect(image.instructions == ["USER": place])
        let short = try await ScanImage(archives, history: [history[0]]).analyse()
        #expect(short.layers.map(\.cause.instruction) == ["", ""])
    }

    @Test("entries come in path order with what is theirs, in whatever order an archive has them", arguments: 0..<8)
    func order(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let names = (0..<Int.random(in: 1...40, using: &random)).map { "d\($0 % 3)/f\($0)" }.shuffled(using: &random)
        // With every other seed some of them come twice, and the last counts.
        let again = seed % 2 == 0 ? [] : names.prefix(5).map { ScanMember.file($0, "again \($0)") }
        let facts = try await ScanImage([names.map { .file($0, "of \($0)") } + again]).analyse().layers[0].facts
        let files = facts.contents.entries.indices.filter { facts.contents.entries[$0].isFile }
        #expect(files.map { facts.contents.entries[$0].path } == names.map { BytePath(cleaning: $0) }.sorted())
        let twice = Set(again.map(\.name))
        for file in files {
            let name = facts.contents.entries[file].path.description
            let text = twice.contains(name) ? "again \(name)" : "of \(name)"
            #expect(facts.facts[file]?.digest == SHA256.digest(of: text))
            #expect(facts.contents.entries[file].size == Int64(text.utf8.count))
        }
    }

    @Test("progress ends with all layers and all bytes", arguments: [ScanForm.plain, .gzip])
    func progress(_ form: ScanForm) async throws {
        let source = try ScanImage(Self.layers, form)
        let told = Mutex<[AnalysisProgress]>([])
        _ = try await ImageAnalyser(store: nil).analyse(source) { step in told.withLock { $0.append(step) } }
        let steps = told.withLock { $0 }
        let size = source.image.layers.reduce(0) { $0 + Int64($1.size) }
        #expect(steps.first == AnalysisProgress(layersDone: 0, layers: 3, bytesDone: 0, bytes: size))
        #expect(steps.last == AnalysisProgress(layersDone: 3, layers: 3, bytesDone: size, bytes: size))
    }
}
