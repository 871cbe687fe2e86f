import Archive
import Core
import HostOS
import Layers
import SampanTestSupport
import Testing

@Suite struct RoundTripTests {
    @Test("a random tree survives scanning, writing, indexing and unpacking", arguments: 0..<12)
    func roundTrip(_ seed: UInt64) throws {
        let place = try TemporaryDirectory("roundtrip")
        var random = SeededGenerator(seed: seed)
        let input = try HostDirectory.open(place.directory("in"))
        let made = RandomTree.make(&random)
        let options = LayerUnpacker.Options(overlay: .none, owners: isRoot)
        try LayerUnpacker(into: input, options: options).unpack(made)

        let contents = try LayerScanner.scanLayer(input, overlay: .none)
        if isRoot { #expect(try contents.contentID() == made.contentID()) }
        let sink = BytesSink()
        let written = try LayerWriter(.init(timestamps: .keep)).write(contents, to: sink)
        let indexed = try TarIndexer.index(
            BytesSource(sink.bytes), into: place.scratchFile(), expecting: written.diffID)
        #expect(try indexed.contents.contentID() == contents.contentID())
        #expect(indexed.contents.entries.map(\.modified.seconds) == contents.entries.map(\.modified.seconds))

        let output = try HostDirectory.open(place.directory("out"))
        try LayerUnpacker(into: output, options: options).unpack(indexed.contents)
        #expect(try LayerScanner.scanLayer(output, overlay: .none).contentID() == contents.contentID())

        let streamed = try HostDirectory.open(place.directory("streamed"))
        let unpacked = try LayerUnpacker(into: streamed, options: options).unpack(
            blob: BytesSource(sink.bytes), expecting: written.diffID)
        #expect(try unpacked.contents.contentID() == contents.contentID())
        #expect(try LayerScanner.scanLayer(streamed, overlay: .none).contentID() == contents.contentID())

        let again = BytesSink()
        #expect(try LayerWriter(.init(timestamps: .keep)).write(unpacked.contents, to: again) == written)
        #expect(again.bytes == sink.bytes)
    }
}

/// Random root file systems, with everything that a layer can hold.
enum RandomTree {
    static func make(_ random: inout SeededGenerator) -> LayerContents {
        var directories: [BytePath] = [""]
        var files: [BytePath] = []
        var entries: [Entry] = []
        for index in 0..<80 {
            let parent = directories[Int(random.next() % UInt64(directories.count))]
            let name = index % 9 == 0 ? Array("\u{fc}\(index)".utf8) + [0xff] : Array("n\(index)".utf8)
            let path = parent.appending(name)
            var entry: Entry
            switch random.next() % 8 {
            case 0, 1:
                entry = .directory(path, mode: [0o755, 0o700, 0o1777, 0o2750][Int(random.next() % 4)])
                directories.append(path)
            case 2: entry = .symlink(path, to: String(repeating: "../t", count: Int(random.next() % 50) + 1))
            case 3 where !files.isEmpty:
                entry = Entry(path, .hardlink(target: files[Int(random.next() % UInt64(files.count))]), mode: 0)
            case 4: entry = Entry(path, .fifo, mode: 0o622)
            default:
                entry = .file(
                    path, bytes: random.bytes(Int(random.next() % 3000)), mode: [0o644, 0o4755, 0o400][index % 3])
                if index % 5 == 0 { entry.attributes = [ExtendedAttribute(name: "user.note", value: random.bytes(5))] }
                files.append(path)
            }
            if isRoot, index % 4 == 0 { (entry.uid, entry.gid) = (UInt32(random.next() % 70_000), 5) }
            entry.modified = FileTime(seconds: Int64(random.next() % 2_000_000_000))
            entries.append(entry)
        }
        return LayerContents(entries)
    }
}
