import Archive
import Binaries
import ContentStore
import Core
import HostOS
import Layers
import OCI
import SampanTestSupport
import Synchronization
import Testing

@testable import ImageAnalysis

@Suite("Records of layers") struct ScanRecordTests {
    /// Every field of it has a value of its own.
    static let program: BinaryFacts = {
        var facts = BinaryFacts(
            kind: .positionIndependent, bits: 64, isLittleEndian: true, architecture: "amd64", isDynamic: true)
        facts.isCutOff = true
        facts.interpreter = "/lib64/ld-linux-x86-64.so.2"
        facts.needed = ["libc.so.6", "libm.so.6"]
        facts.soname = "libx.so.1"
        facts.rpath = ["/a", "$ORIGIN/b"]
        facts.runpath = ["/c"]
        facts.versionNeeds = [.init(library: "libc.so.6", versions: ["GLIBC_2.34", "GLIBC_2.2.5"])]
        facts.versionDefinitions = ["X_1"]
        facts.relro = .full
        facts.hasExecutableStack = true
        facts.hasStackProtector = true
        facts.symbols = .debugInfo
        facts.symbolBytes = 12_345
        facts.debugBytes = 1 << 40
        facts.buildID = "00ff"
        var go = GoBuild(version: "go1.22.1")
        go.path = "example.org/cmd"
        go.main = .init(path: "example.org", version: "v1.0.0", sum: "h1:x")
        go.dependencies = [
            .init(.init(path: "a.b/c", version: "v2", sum: "h1:y"), replacement: .init(path: "../c", version: "")),
            .init(.init(path: "d", version: "v0")),
        ]
        go.settings = [.init(key: "CGO_ENABLED", value: "0")]
        go.packagesWithC = ["net"]
        facts.go = go
        facts.rust = RustBuild(
            compiler: "rustc 1.80",
            crates: [
                .init(name: "serde", version: "1.0", source: "crates.io", isBuildOnly: true, isRoot: false),
                .init(name: "app", version: "0.1", source: "local", isBuildOnly: false, isRoot: true),
            ])
        facts.swift = SwiftBuild(isRuntimeStatic: true, compiler: "Swift 6.3")
        facts.needs = Set(BinaryFacts.Need.allCases)
        return facts
    }()

    static let layer: LayerFacts = {
        let archive = LayerFacts.unopened()
        func span(_ offset: Int64, _ length: Int64) -> FileContent {
            .span(TarSpan(file: archive, offset: offset, length: length))
        }
        let entries = [
            Entry.whiteout("a/gone"), .directory("a", mode: 0o1777, uid: 5, gid: .max),
            Entry("a/opaque", .directory(opaque: true), mode: 0o700),
            Entry(
                "bin/p", .file, mode: 0o4755, uid: 1, gid: 2,
                attributes: [ExtendedAttribute(name: "security.capability", value: [1, 0, 255])],
                modified: FileTime(seconds: -5, nanoseconds: 999_999_999), size: 77, content: span(512, 77)),
            Entry("bin/q", .hardlink(target: "bin/p"), mode: 0o4755), .symlink("bin/r", to: "../x"),
            Entry("dev/c", .characterDevice(major: 1, minor: 3), mode: 0o666),
            Entry("dev/d", .blockDevice(major: .max, minor: 0), mode: 0o660), Entry("dev/f", .fifo, mode: 0o600),
            Entry("e", .file, mode: 0), Entry("s", .file, mode: 0o600, size: 1 << 50, content: span(2048, 1 << 50)),
        ]
        let contents = LayerContents(entries)
        var program = ContentFacts(kind: .program, digest: SHA256.digest(of: "p"))
        program.binary = Self.program
        var secret = ContentFacts(kind: .privateKey, digest: SHA256.digest(of: "s"))
        secret.secrets = [
            SecretFinding(rule: "private-key", title: "A key", line: 3),
            SecretFinding(rule: "token", title: "", line: nil),
        ]
        secret.captured = [1, 2, 3]
        secret.interpreter = ["/bin/sh", "-e"]
        let facts: [BytePath: ContentFacts] = ["bin/p": program, "e": ContentFacts(kind: .empty), "s": secret]
        return LayerFacts(
            diffID: SHA256.digest(of: "layer"), archiveSize: 1 << 52, contentBytes: 1 << 51, contents: contents,
            facts: contents.entries.map { facts[$0.path] }, archive: archive, remarks: ["something", "else"])
    }()

    /// All that a layer's facts say, to compare.
    static func described(_ layer: LayerFacts) -> [String] {
        var lines = ["\(layer.diffID) \(layer.archiveSize) \(layer.contentBytes) \(layer.remarks)"]
        for (entry, facts) in zip(layer.contents.entries, layer.facts) {
            var place = ""
            if case .span(let span) = entry.content {
                place = "\(span.offset) \(span.length) \(span.file === layer.archive)"
            }
            var program = facts?.binary
            program?.needs = []
            lines.append(
                "\(entry.path) \(entry.kind) \(entry.mode) \(entry.uid) \(entry.gid) \(entry.attributes) "
                    + "\(entry.modified) \(entry.size) \(place) \(facts?.kind.rawValue ?? "-") "
                    + "\(facts?.digest?.hex ?? "-") \(facts?.interpreter ?? []) \(facts?.secrets ?? []) "
                    + "\(facts?.captured ?? []) \(program.map { "\($0)" } ?? "-")")
        }
        return lines
    }

    @Test("a record gives back all that went in")
    func roundTrip() throws {
        let read = try LayerRecord.decode(#require(try LayerRecord.encode(Self.layer)))
        #expect(Self.described(read) == Self.described(Self.layer))
        #expect(read.facts == Self.layer.facts)
        #expect(read.facts.compactMap { $0?.binary } == [Self.program])
    }

    /// A field that is added to these values has to be added to the record, and here.
    @Test("the record knows every field of the values in it")
    func fields() throws {
        func names(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }
        #expect(
            names(Self.program) == [
                "kind", "bits", "isLittleEndian", "architecture", "isDynamic", "isCutOff", "interpreter", "needed",
                "soname", "rpath", "runpath", "versionNeeds", "versionDefinitions", "relro", "hasExecutableStack",
                "hasStackProtector", "symbols", "symbolBytes", "debugBytes", "buildID", "go", "rust", "swift", "needs",
            ])
        let go = try #require(Self.program.go)
        #expect(names(go) == ["version", "path", "main", "dependencies", "settings", "packagesWithC"])
        #expect(names(go.dependencies[0]) == ["module", "replacement"])
        #expect(names(go.dependencies[0].module) == ["path", "version", "sum"])
        let rust = try #require(Self.program.rust)
        #expect(names(rust) == ["compiler", "crates"])
        #expect(names(rust.crates[0]) == ["name", "version", "source", "isBuildOnly", "isRoot"])
        let swift = try #require(Self.program.swift)
        #expect(names(swift) == ["isRuntimeStatic", "compiler"])
        #expect(names(Self.program.versionNeeds[0]) == ["library", "versions"])
        #expect(
            names(ContentFacts(kind: .data)) == [
                "digest", "kind", "rare",
            ])
        var content = ContentFacts(kind: .data)
        #expect(Mirror(reflecting: content).descendant("rare", "some") == nil)
        content.captured = []
        let rare = try #require(Mirror(reflecting: content).descendant("rare", "some", "values"))
        #expect(names(rare) == ["binary", "interpreter", "secrets", "captured"])
        content.captured = nil
        #expect(content == ContentFacts(kind: .data))
        #expect(names(SecretFinding(rule: "", title: "", line: 1)) == ["rule", "title", "line"])
        #expect(
            names(Self.layer) == [
                "diffID", "archiveSize", "contentBytes", "contents", "facts", "archive", "remarks",
            ])
        #expect(
            names(Self.layer.contents.entries[0]) == [
                "path", "kind", "mode", "uid", "gid", "attributes", "modified", "size", "content",
            ])
    }

    @Test("damaged records are refused or harmless, never fatal")
    func damaged() throws {
        var writer = RecordWriter()
        writer.write(Self.layer)
        let good = writer.bytes
        var random = SeededGenerator(seed: 5)
        func read(_ bytes: [UInt8]) {
            _ = try? bytes.withUnsafeBytes { bytes in
                var reader = RecordReader(bytes)
                return try reader.layerFacts()
            }
        }
        for length in good.indices { read(Array(good[..<length])) }
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            read(bytes)
        }
        let packed = try #require(try LayerRecord.encode(Self.layer))
        for length in packed.indices { #expect((try? LayerRecord.decode(Array(packed[..<length]))) == nil) }
        var bent = packed
        bent[packed.count / 2] ^= 1
        #expect((try? LayerRecord.decode(bent)) == nil)
        let empty = try #require(try RecordForm.pack { _ in })
        #expect((try? LayerRecord.decode(empty)) == nil)
        let more = try #require(
            try RecordForm.pack {
                $0.write(Self.layer)
                $0.write(true)
            })
        #expect((try? LayerRecord.decode(more)) == nil)
    }

    @Test(
        "sizes that can't be are damage",
        arguments: [
            { $0.archiveSize = -1 }, { $0.archiveSize = .max }, { $0.contentBytes = .min },
            { $0.contentBytes = (1 << 50) + 76 }, { $0.contents = resized($0, -1) },
            { $0.contents = resized($0, .max) },
        ] as [@Sendable (inout LayerFacts) -> Void])
    func sizes(_ change: @Sendable (inout LayerFacts) -> Void) throws {
        var layer = Self.layer
        layer.contentBytes = (1 << 50) + 77
        #expect(try LayerRecord.decode(#require(try LayerRecord.encode(layer))).contentBytes == layer.contentBytes)
        change(&layer)
        let record = try #require(try LayerRecord.encode(layer))
        #expect((try? LayerRecord.decode(record)) == nil)
    }

    /// With a first file of another size.
    private static func resized(_ layer: LayerFacts, _ size: Int64) -> LayerContents {
        var entries = layer.contents.entries
        if let file = entries.firstIndex(where: { $0.size > 0 }) { entries[file].size = size }
        return LayerContents(entries)
    }

    @Test("numbers of every size come back")
    func numbers() throws {
        let numbers: [Int64] = [0, 1, -1, 63, 64, -64, -65, 1 << 31, .max, .min, .max - 1]
        var writer = RecordWriter()
        for number in numbers { writer.write(number) }
        writer.write(UInt64.max)
        let read = try writer.bytes.withUnsafeBytes { bytes in
            var reader = RecordReader(bytes)
            let read = try (numbers.map { _ in try reader.signed() }, reader.number())
            #expect(reader.isAtEnd)
            return read
        }
        #expect(read.0 == numbers)
        #expect(read.1 == .max)
        let tooLong = [UInt8](repeating: 0xff, count: 11)
        tooLong.withUnsafeBytes { bytes in
            var reader = RecordReader(bytes)
            #expect((try? reader.number()) == nil)
        }
    }

    @Test("a second look reads no layer and says the same", arguments: [ScanForm.plain, .gzip])
    func second(_ form: ScanForm) async throws {
        let place = try TemporaryDirectory("scan-store")
        let source = try ScanImage(
            [
                [.file("a", "one"), .file("etc/passwd", "root"), .directory("d"), .hardlink("b", "a")],
                [.file("c", "three"), .file(".wh.a", "")],
            ], form)
        let first: AnalysedImage
        do {
            let store = try Store.open(StoreLocation(home: place.path))
            defer { store.close() }
            first = try await source.analyse(store)
        }
        #expect(source.asked.load(ordering: .relaxed) == 2)
        let store = try Store.open(StoreLocation(home: place.path))
        defer { store.close() }
        let second = try await source.analyse(store)
        #expect(source.asked.load(ordering: .relaxed) == 2)
        #expect(second.layers.map { Self.described($0.facts) } == first.layers.map { Self.described($0.facts) })
        #expect(try lines(second) == lines(first))
        let node = try #require(try second.tree.lookup("b"))
        #expect(try await ImageFiles(second, source: source).open(node).readAll(limit: 10) == Array("one".utf8))
    }

    @Test(
        "a record that can't be read, is cut off or has another form is made anew",
        arguments: [
            { _, _ in [1, 2, 3] }, { _, _ in [] }, { record, _ in Array(record.dropLast()) },
            { record, _ in Array(record[..<(record.count / 2)]) },
            { record, form in
                form = "layer-0"
                return record
            },
        ] as [@Sendable ([UInt8], inout String) -> [UInt8]])
    func renewed(_ damage: @Sendable ([UInt8], inout String) -> [UInt8]) async throws {
        let place = try TemporaryDirectory("scan-store")
        let store = try Store.open(StoreLocation(home: place.path))
        defer { store.close() }
        let source = try ScanImage([[.file("a", "one")]])
        _ = try await source.analyse(store)
        let layer = source.image.layers[0].digest
        var form = RecordForm.layer
        let record = damage(try #require(try store.analysis(of: layer, form: form)), &form)
        try store.recordAnalysis(of: layer, form: form, record)
        let again = try await source.analyse(store)
        #expect(try lines(again) == ["a file 3"])
        #expect(source.asked.load(ordering: .relaxed) == 2)
        _ = try await source.analyse(store)
        #expect(source.asked.load(ordering: .relaxed) == 2)
    }

    @Test("a record of a layer that the configuration describes otherwise is no excuse")
    func otherDiffID() async throws {
        let place = try TemporaryDirectory("scan-store")
        let store = try Store.open(StoreLocation(home: place.path))
        defer { store.close() }
        let archive = try ScanMember.archive([.file("a", "one")])
        _ = try await ScanImage([archive]).analyse(store)
        let lying = try ScanImage([archive]) { _, _, diffID in diffID = SHA256.digest(of: "other") }
        func analyse() async throws { _ = try await lying.analyse(store) }
        await #expect(
            throws: LayerError.diffIDMismatch(
                expected: SHA256.digest(of: "other"), actual: SHA256.digest(of: archive))
        ) { try await analyse() }
    }
}
