import Archive
import Core
import HostOS
import Layers
import SampanTestSupport
import Testing

@Suite struct RoundTripTests {
    @Test("a directory survives scanning, writing, indexing and unpacking")
    func roundTrip() throws {
        let place = try TemporaryDirectory("roundtrip")
        try place.file("in/a/b/file", "hello", mode: 0o4755)
        try place.file("in/a.b", "text")
        try place.file("in/big", Array(repeating: 7, count: 3_000_000))
        try place.symlink("in/link", to: "../../etc")
        try place.directory("out")
        let contents = try LayerScanner.scanLayer(HostDirectory.open(place.path("in")), overlay: .none)
        let sink = BytesSink()
        let written = try LayerWriter(.init(timestamps: .keep)).write(contents, to: sink)
        #expect(written.size == Int64(sink.bytes.count))
        #expect(written.digest == SHA256.digest(of: sink.bytes))
        let tar = try place.scratchFile()
        let indexed = try TarIndexer.index(BytesSource(sink.bytes), into: tar, expecting: written.diffID)
        #expect(try indexed.contents.contentID() == contents.contentID())
        let out = try HostDirectory.open(place.path("out"))
        try LayerUnpacker(into: out).unpack(indexed.contents)
        let again = try LayerScanner.scanLayer(out, overlay: .trusted)
        #expect(try again.contentID() == contents.contentID())
        let streamed = try HostDirectory.open(place.directory("streamed"))
        let unpacked = try LayerUnpacker(into: streamed).unpack(
            blob: BytesSource(sink.bytes), expecting: written.diffID)
        #expect(try unpacked.contents.contentID() == contents.contentID())
        #expect(try LayerScanner.scanLayer(streamed, overlay: .trusted).contentID() == contents.contentID())
    }
}
