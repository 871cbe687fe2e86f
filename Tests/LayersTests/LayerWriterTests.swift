import Archive
import Core
import HostOS
import Layers
import SampanTestSupport
import Synchronization
import Testing

/// Remembers the members of one blob in a file.
private final class Memory: MemberCache {
    private let file: FileDescriptor
    private let places = Mutex<[Digest: MemberLocation]>([:])
    let hits = Atomic<Int>(0)

    init(_ blob: [UInt8], _ members: [WrittenMember], _ place: TemporaryDirectory) throws {
        file = try place.scratchFile()
        try file.write(blob)
        for member in members {
            let location = MemberLocation(file: file, offset: member.offset, length: member.length)
            places.withLock { $0[member.key] = location }
        }
    }

    func lookup(_ key: Digest) -> MemberLocation? {
        let found = places.withLock { $0[key] }
        if found != nil { hits.add(1, ordering: .relaxed) }
        return found
    }
}

private func write(
    _ contents: LayerContents, _ options: LayerWriter.Options = .init(), cache: (any MemberCache)? = nil
) throws -> ([UInt8], WrittenLayer) {
    let sink = BytesSink()
    let layer = try LayerWriter(options, cache: cache).write(contents, to: sink)
    return (sink.bytes, layer)
}

/// A few hundred small files, some large ones, and one that is split.
private let sample: LayerContents = {
    var random = SeededGenerator(seed: 1)
    var entries: [Entry] = []
    for index in 0..<300 {
        let path = BytePath(cleaning: "d\(index % 17)/file\(index)")
        entries.append(.file(path, bytes: random.text(Int(random.next() % 20_000))))
    }
    for index in 0..<17 { entries.append(.directory(BytePath(cleaning: "d\(index)"))) }
    entries.append(.file("d3/large", bytes: random.text(400_000)))
    entries.append(.file("d9/huge", bytes: random.text(2_500_000)))
    entries.append(.file("d9/noise", bytes: random.bytes(300_000)))
    return LayerContents(entries)
}()

@Suite struct LayerWriterTests {
    @Test("the blob is what the result says it is", arguments: LayerCompression.allCases)
    func result(_ compression: LayerCompression) throws {
        let contents = sample
        let (bytes, layer) = try write(contents, .init(compression: compression))
        #expect(layer.digest == SHA256.digest(of: bytes))
        #expect(layer.size == Int64(bytes.count))
        #expect(layer.mediaType == compression.mediaType)
        #expect(layer.entryCount == contents.entries.count)
        let tar = try Compression.open(BytesSource(bytes)).source.readAll(limit: 1 << 24)
        #expect(layer.diffID == SHA256.digest(of: tar))
        #expect(layer.uncompressedSize == Int64(tar.count))
        let plain = BytesSink()
        let (diffID, size) = try LayerWriter().writeTar(contents, to: plain)
        #expect(plain.bytes == tar)
        #expect((diffID, size) == (layer.diffID, layer.uncompressedSize))
    }

    @Test("threads and cache change nothing in the bytes", arguments: [LayerCompression.gzip, .zstd])
    func deterministic(_ compression: LayerCompression) throws {
        let place = try TemporaryDirectory("writer")
        let contents = sample
        let (bytes, layer) = try write(contents, .init(compression: compression, threads: 1))
        #expect(layer.members.isEmpty)
        for threads in [2, 3, 8] {
            #expect(try write(contents, .init(compression: compression, threads: threads)).0 == bytes)
        }
        let empty = try Memory([], [], place)
        let (cold, coldLayer) = try write(contents, .init(compression: compression, threads: 2), cache: empty)
        #expect(cold == bytes)
        let memory = try Memory(cold, coldLayer.members, place)
        let (warm, warmLayer) = try write(contents, .init(compression: compression, threads: 2), cache: memory)
        #expect(warm == bytes)
        #expect(warmLayer == coldLayer)
        #expect(memory.hits.load(ordering: .relaxed) == coldLayer.members.count)
    }

    @Test("members follow each other without a gap and hold the archive")
    func members() throws {
        let place = try TemporaryDirectory("members")
        let (bytes, layer) = try write(sample, cache: Memory([], [], place))
        var offset: Int64 = 0
        var total = 0
        for member in layer.members {
            #expect(member.offset == offset)
            #expect(member.uncompressedLength <= 1 << 20)
            let one = Array(bytes[Int(offset)..<Int(offset) + member.length])
            #expect(
                try Compression.gzip.decompressing(BytesSource(one)).readAll(limit: 1 << 21).count
                    == member.uncompressedLength)
            offset += Int64(member.length)
            total += member.uncompressedLength
        }
        #expect(offset == layer.size)
        #expect(Int64(total) == layer.uncompressedSize)
        #expect(layer.members.count > 8)
    }

    @Test("a new file changes the members next to it and no others")
    func insertion() throws {
        let place = try TemporaryDirectory("insertion")
        let before = sample
        let (_, old) = try write(before, cache: Memory([], [], place))
        let known = Set(old.members.map(\.key))
        for name in ["d0/aaa", "d5/new", "zzz"] {
            let added = LayerContents(before.entries + [.file(BytePath(cleaning: name), bytes: [1, 2, 3])])
            let (_, new) = try write(added, cache: Memory([], [], place))
            let changed = new.members.filter { !known.contains($0.key) }
            #expect(changed.count <= 3, "\(name) changed \(changed.count) of \(new.members.count)")
        }
    }

    @Test("a large file that is replaced leaves all else alone")
    func replacedLarge() throws {
        let place = try TemporaryDirectory("large")
        let before = sample
        let (_, old) = try write(before, cache: Memory([], [], place))
        let known = Set(old.members.map(\.key))
        var random = SeededGenerator(seed: 99)
        let replaced = LayerContents(before.entries + [.file("d3/large", bytes: random.text(390_000))])
        let (_, new) = try write(replaced, cache: Memory([], [], place))
        #expect(new.members.filter { !known.contains($0.key) }.count == 1)
    }

    @Test("a stored member that was damaged is made anew")
    func damagedCache() throws {
        let place = try TemporaryDirectory("damaged")
        let contents = sample
        let (bytes, layer) = try write(contents, cache: Memory([], [], place))
        let zeros = try Memory([UInt8](repeating: 0, count: bytes.count), layer.members, place)
        #expect(try write(contents, cache: zeros).0 == bytes)
        let short = try Memory(Array(bytes.prefix(1000)), layer.members, place)
        #expect(try write(contents, cache: short).0 == bytes)
    }

    @Test("time stamps follow the policy")
    func timestamps() throws {
        var entry = Entry.file("a", bytes: [])
        entry.modified = FileTime(seconds: 1000, nanoseconds: 7)
        let table: [(TimestampPolicy, Int64)] = [
            (.fixed(0), 0), (.fixed(5), 5), (.clamp(500), 500), (.clamp(2000), 1000), (.keep, 1000),
        ]
        for (policy, seconds) in table {
            let (bytes, _) = try write(LayerContents([entry]), .init(compression: .none, timestamps: policy))
            #expect(try TarReader(BytesSource(bytes)).next()?.modified == FileTime(seconds: seconds))
        }
    }

    @Test("whiteouts and opaque directories are written as the specification says")
    func marks() throws {
        let contents = LayerContents([
            .whiteout("d/gone"), Entry("d", .directory(opaque: true), mode: 0o755), .whiteout("top"),
        ])
        let (bytes, _) = try write(contents, .init(compression: .none))
        let reader = TarReader(BytesSource(bytes))
        var names: [String] = []
        while let header = try reader.next() { names.append(String(decoding: header.name, as: UTF8.self)) }
        #expect(names == ["d", "d/.wh..wh..opq", "d/.wh.gone", ".wh.top"])
    }

    @Test("a file whose name would be a whiteout is refused")
    func reserved() {
        #expect(throws: LayerError.reservedName(path: "d/.wh.x")) {
            try write(LayerContents([.file("d/.wh.x", bytes: [])]))
        }
    }

    @Test("a hard link without its file is refused")
    func dangling() {
        let contents = LayerContents([Entry("b", .hardlink(target: "a"), mode: 0)])
        #expect(throws: LayerError.danglingHardlink(path: "b", target: "a")) { try write(contents) }
    }

    @Test("a source file that changed since it was looked at is named")
    func changed() throws {
        let place = try TemporaryDirectory("changed")
        let changes: [(String, () throws -> Void)] = [
            ("shrinks", { try place.file("f", "shrt") }), ("grows", { try place.file("f", "longer than before") }),
            ("goes", { try Shell.run("rm \(place.path("f"))") }),
            ("is a link", { try Shell.run("rm \(place.path("f")) && ln -s /etc/passwd \(place.path("f"))") }),
            ("is a pipe", { try Shell.run("rm \(place.path("f")) && mkfifo \(place.path("f"))") }),
            ("is touched", { try Shell.run("touch -d @1 \(place.path("f"))") }),
        ]
        for (what, change) in changes {
            try Shell.run("rm -f \(place.path("f"))")
            try place.file("f", "before")
            let contents = try LayerScanner.scanFiles(HostDirectory.open(place.path))
            try change()
            #expect(throws: LayerError.changed(path: place.path("f")), "\(what)") { try write(contents) }
        }
    }

    @Test("an error of the sink ends the work", arguments: [1, 2])
    func brokenSink(_ threads: Int) throws {
        final class Broken: ByteSink {
            var count = 0
            func write(_ bytes: UnsafeRawBufferPointer) throws {
                count += bytes.count
                if count > 100_000 { throw SystemError(28, "write") }
            }
        }
        #expect(throws: SystemError(28, "write")) {
            try LayerWriter(.init(threads: threads)).write(sample, to: Broken())
        }
    }

    @Test("work on every thread of the pool at once does not hold itself up")
    func busyPool() async throws {
        let expected = try write(sample, .init(threads: 1)).1.digest
        try await withThrowingTaskGroup(of: Digest.self) { group in
            for _ in 0..<8 {
                group.addTask { try await BlockingPool.compute.run { try write(sample, .init(threads: 4)).1.digest } }
            }
            for try await digest in group { #expect(digest == expected) }
        }
    }

    @Test("an archive is compressed as it is, whatever it holds")
    func recompress() throws {
        var random = SeededGenerator(seed: 5)
        let tar = random.text(2_500_000)
        let sink = BytesSink()
        let layer = try LayerWriter().recompress(tar: BytesSource(tar), to: sink)
        #expect(layer.diffID == SHA256.digest(of: tar))
        #expect(layer.digest == SHA256.digest(of: sink.bytes))
        #expect(try Compression.open(BytesSource(sink.bytes)).source.readAll(limit: 1 << 22) == tar)
        let empty = BytesSink()
        let none = try LayerWriter().recompress(tar: BytesSource([]), to: empty)
        #expect(none.uncompressedSize == 0)
    }

    @Test("gzip and tar of the system read the blob")
    func peers() throws {
        let place = try TemporaryDirectory("peers")
        let contents = sample
        try place.file("layer.tar.gz", try write(contents).0)
        let count = try Shell.run("gzip -dc \(place.path("layer.tar.gz")) | tar -t | wc -l")
        #expect(Int(count.filter(\.isNumber)) == contents.entries.count)
    }
}
