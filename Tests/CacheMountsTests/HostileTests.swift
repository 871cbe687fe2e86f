import Archive
import CacheMounts
import ContentStore
import Core
import Glibc
import HostOS
import OCI
import SampanTestSupport
import Testing

@Suite("Cache mounts that are out for harm")
struct HostileTests {
    private static let content = bytes("content")

    /// An index with one pack and the given entries.
    private func index(
        _ entries: [CacheMountIndex.Entry], pack: CacheMountIndex.Pack? = nil, size: Int64? = nil
    ) -> CacheMountIndex {
        let pack = pack ?? .init(digest: SHA256.digest(of: "pack"), size: 1, unpackedSize: 4096)
        return CacheMountIndex(
            root: folder, packs: [pack],
            contents: [
                .init(digest: SHA256.digest(of: Self.content), size: size ?? Int64(Self.content.count), pack: 0)
            ],
            entries: entries)
    }

    private static func entry(_ path: String, _ kind: CacheMountIndex.Kind = .file(content: 0), mode: UInt32 = 0o644)
        -> CacheMountIndex.Entry
    {
        .init(
            BytePath(normalized: bytes(path)), kind,
            .init(mode: mode, modified: FileTime(seconds: 1_700_000_000)))
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var entries: [CacheMountIndex.Entry]
        var message: String
        var testDescription: String { message }
    }

    @Test(
        "an index that names what no snapshot makes is refused",
        arguments: [
            Case(entries: [entry("../escape")], message: "'../escape' is not a path inside of the cache"),
            Case(entries: [entry("a/../../x")], message: "'a/../../x' is not a path inside of the cache"),
            Case(entries: [entry("/etc/passwd")], message: "'/etc/passwd' is not a path inside of the cache"),
            Case(entries: [entry("a//b")], message: "'a//b' is not a path inside of the cache"),
            Case(entries: [entry(".")], message: "'.' is not a path inside of the cache"),
            Case(entries: [entry("")], message: "'' is not a path"),
            Case(entries: [entry("a\0b")], message: "'a\0b' is not a path"),
            Case(entries: [entry("dir/file")], message: "'dir/file' lies in no directory of the index"),
            Case(
                entries: [entry("link", .symlink(target: bytes("/etc"))), entry("link/passwd")],
                message: "'link/passwd' lies in no directory of the index"),
            Case(entries: [entry("f"), entry("f/below")], message: "'f/below' lies in no directory of the index"),
            Case(entries: [entry("b"), entry("a")], message: "'a' is out of order"),
            Case(entries: [entry("a"), entry("a")], message: "'a' is out of order"),
            Case(entries: [entry("su", mode: 0o4755)], message: "'su' has the mode 04755, which no cache needs"),
            Case(entries: [entry("sg", mode: 0o2755)], message: "'sg' has the mode 02755, which no cache needs"),
            Case(
                entries: [entry("dev", mode: 0o20644)], message: "'dev' has the mode 020644, which no cache needs"),
            Case(
                entries: [entry("h", .hardlink(target: "elsewhere"))],
                message: "'h' is a name for 'elsewhere', which is no file before it"),
            Case(
                entries: [entry("d", .directory, mode: 0o755), entry("h", .hardlink(target: "d"))],
                message: "'h' is a name for 'd', which is no file before it"),
            Case(entries: [entry("s", .symlink(target: []))], message: "'s' is a link to nothing that has a name"),
        ])
    func refusesEntries(item: Case) throws {
        let bench = try Bench()
        let index = index(item.entries)
        let out = try bench.place.directory("out")
        let error = try #require(failure { try bench.archive.restore(index, into: out) })
        #expect(error.diagnostic.message == "the index of a cache mount is refused: " + item.message)
        #expect(try Shell.run("ls -A '\(out)'") == "")
        // The same when it comes as a document.
        #expect(failure { _ = try CacheMountIndex(decoding: index.encoded()) } == error)
    }

    @Test("sizes that are not true are refused before anything is made")
    func refusesSizes() throws {
        var limits = CacheMountLimits()
        limits.bytes = 1 << 20
        let huge = index([Self.entry("f")], size: 4097)
        #expect(
            failure { try huge.check(limits) }
                == .malformedIndex("the content \(SHA256.digest(of: Self.content)) lies in no pack"))
        let bomb = index(
            [Self.entry("f")], pack: .init(digest: SHA256.digest(of: "x"), size: 9, unpackedSize: .max))
        #expect(failure { try bomb.check(limits) } == .tooLarge(what: "bytes", limit: 1 << 20))
        let pack = CacheMountIndex.Pack(digest: SHA256.digest(of: "x"), size: 9, unpackedSize: 1 << 20)
        let copies = index((0..<3).map { Self.entry("f\($0)") }, pack: pack, size: 1 << 19)
        #expect(failure { try copies.check(limits) } == .tooLarge(what: "bytes", limit: 1 << 20))
        limits.entries = 2
        #expect(failure { try copies.check(limits) } == .tooLarge(what: "files", limit: 2))
    }

    @Test("a pack that is not what the index says is refused")
    func refusesPacks() throws {
        let good = member(Self.content)
        let digest = SHA256.digest(of: Self.content)
        var wrong = good
        wrong.content = bytes("CONTENT")
        var longer = good
        longer.header.size = 8
        longer.content = bytes("contents")
        var link = good
        (link.header.kind, link.header.linkName, link.header.size, link.content) = (.symlink, bytes("/etc"), 0, [])
        var device = good
        (device.header.kind, device.header.size, device.content) = (.characterDevice, 0, [])
        var climbing = good
        climbing.header.name = bytes("../../" + digest.hex)
        let cases: [(members: [(header: TarHeader, content: [UInt8])], reason: String)] = [
            ([], "the content \(digest) is missing"),
            ([wrong], "the content \(digest) is \(SHA256.digest(of: "CONTENT"))"),
            ([longer], "\(digest) has 8 bytes and not 7"),
            ([link], "'\(digest.hex)' is no content"),
            ([device], "'\(digest.hex)' is no content"),
            ([climbing], "'../../\(digest.hex)' is no content"),
            ([member(bytes("other"))], "the content \(digest) is missing"),
        ]
        for item in cases {
            let bench = try Bench()
            let pack = try bench.pack(item.members)
            let out = try bench.place.directory("out")
            let error = failure { try bench.archive.restore(index([Self.entry("f")], pack: pack), into: out) }
            #expect(error == .malformedPack(pack.digest, item.reason))
        }
        // What the index does not know is passed over.
        let bench = try Bench()
        let pack = try bench.pack([member(bytes("other")), good, good])
        let out = try bench.restore(index([Self.entry("f")], pack: pack))
        #expect(try Shell.run("cat '\(out)/f'; ls '\(out)' | wc -l") == "content1\n")
    }

    @Test("a pack that unpacks to more than announced is not unpacked further")
    func bomb() throws {
        let bench = try Bench()
        var pack = try bench.pack([member(Self.content), member([UInt8](repeating: 0, count: 50 << 20))])
        #expect(pack.size < 10_000)
        pack.unpackedSize = 4096
        let out = try bench.place.directory("out")
        #expect(throws: ArchiveError.tooLong("the pack \(pack.digest) of a cache mount", limit: 4096)) {
            try bench.archive.restore(index([Self.entry("f")], pack: pack), into: out)
        }
    }

    @Test("damaged and missing packs are told apart")
    func damaged() throws {
        let bench = try Bench()
        try bench.random("f", count: 100_000, seed: 1)
        let index = try bench.snapshot().index
        let path = bench.store.blobPath(index.packs[0].digest)
        var blob = try WholeFile.read(path)
        blob[blob.count / 2] ^= 0xff
        try AtomicFile.write(blob, to: path)
        let out = try bench.place.directory("out")
        #expect(throws: (any Error).self) { try bench.archive.restore(index, into: out) }
        try AtomicFile.write(Array(blob.prefix(1000)), to: path)
        try CacheMountArchive.clear(out)
        let error = #expect(throws: (any Error).self) { try bench.archive.restore(index, into: out) }
        #expect(error.map { Diagnostic(explaining: $0).code } == "store.corrupt-blob")
        unlink(path)
        try CacheMountArchive.clear(out)
        let missing = #expect(throws: (any Error).self) { try bench.archive.restore(index, into: out) }
        #expect(missing.map { Diagnostic(explaining: $0).code } == "store.blob-missing")
    }

    @Test(
        "a document that is no index is told from one of another version",
        arguments: [
            ("{}", "the index of a cache mount is malformed: 'version' is missing"),
            ("[]", "the index of a cache mount is malformed: an object was expected"),
            ("nonsense", "the index of a cache mount is malformed: The given data was not valid JSON."),
            (#"{"version":2,"rest":"unknown"}"#, "the index of a cache mount has version 2; 1 is supported"),
            (#"{"version":1}"#, "the index of a cache mount is malformed: 'root' is missing"),
            (
                #"{"version":1,"root":{"mode":493,"modified":"1.5"},"packs":[],"contents":[],"entries":[]}"#,
                "the index of a cache mount is malformed: .root.modified: a time is seconds, a point and nine digits"
            ),
            (
                """
                {"version":1,"root":{"mode":493,"modified":"1.000000000"},"packs":[],"contents":[],
                "entries":[{"path":"a","kind":"device","mode":1,"modified":"1.000000000"}]}
                """,
                "the index of a cache mount is malformed: .entries[0].kind: 'device' is no kind of file"
            ),
            (
                """
                {"version":1,"root":{"mode":493,"modified":"1.000000000"},"packs":[],"contents":[],
                "entries":[{"path":"a%2Fb","mode":1,"modified":"1.000000000"}]}
                """,
                "the index of a cache mount is malformed: .entries[0].path: the name is not percent-encoded as it "
                    + "has to be"
            ),
            (
                """
                {"version":1,"root":{"mode":493,"modified":"1.000000000"},"packs":[],"contents":[],
                "entries":[{"path":"a","content":0,"mode":1,"modified":"1.000000000"}]}
                """,
                "the index of a cache mount is malformed: 'a' has a content that is not there"
            ),
            (
                #"{"version":1,"root":{"mode":2541,"modified":"1.000000000"},"packs":[],"contents":[],"entries":[]}"#,
                "the index of a cache mount is refused: '/' has the mode of no directory"
            ),
        ])
    func documents(text: String, message: String) throws {
        let error = failure { _ = try CacheMountIndex(decoding: bytes(text)) }
        #expect(error?.diagnostic.message == message)
    }

    @Test("an index that unpacks to more than is taken is refused")
    func indexBomb() throws {
        var limits = CacheMountLimits()
        limits.index = 1 << 20
        let zeros = [UInt8](repeating: UInt8(ascii: " "), count: 2 << 20)
        let bomb = try zeros.withUnsafeBytes { try MemberCompressor(.zstd(level: 3)).compress($0) }
        #expect(throws: ArchiveError.tooLong("the index of a cache mount", limit: 1 << 20)) {
            try CacheMountIndex(decoding: bomb, limits: limits)
        }
    }

    @Test("no random change of an index or a pack makes anything outside of the directory")
    func fuzz() throws {
        let bench = try Bench()
        for number in 0..<5 { try bench.file("d\(number)/f", "content \(number)") }
        let index = try bench.snapshot().index
        let json = try Compression.open(BytesSource(index.encoded())).source.readAll(limit: 1 << 20)
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<400 {
            var copy = json
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                copy[Int.random(in: copy.indices, using: &generator)] = [
                    UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "0"), UInt8(ascii: "9"), UInt8(ascii: "-"),
                ].randomElement(using: &generator)!
            }
            guard let changed = try? CacheMountIndex(decoding: copy) else { continue }
            let out = try bench.place.directory("out/inner/cache")
            _ = try? bench.archive.restore(changed, into: out)
            #expect(try Directory.names(.open(bench.place.path("out/inner"), O_RDONLY)) == [bytes("cache")])
            try CacheMountArchive.clear(bench.place.path("out"))
        }
    }
}
