import ContentStore
import Core
import Glibc
import HostOS
import OCI
import Testing

@Suite("Layers")
struct LayerTests {
    let home: Home
    let store: Store

    init() throws {
        home = try Home()
        store = try home.open()
    }

    /// A directory of a session with one file.
    func directory(_ content: String, in store: Store) throws -> String {
        let path = try store.session().makeDirectory("layer")
        try AtomicFile.write(bytes(content), to: path + "/file")
        return path
    }

    @Test("records grow and never lose what is known")
    func upsert() throws {
        let blob = Descriptor(mediaType: .ociLayerZstd, digest: id("blob"), size: 42)
        try store.upsertLayer(LayerRecord(id: id("l"), diffID: id("diff"), unpackedSize: 100, entryCount: 3))
        try store.upsertLayer(LayerRecord(id: id("l"), blob: blob, contentID: id("content"), isMaterialised: true))
        #expect(
            try store.layer(id("l"))
                == LayerRecord(
                    id: id("l"), diffID: id("diff"), blob: blob, contentID: id("content"), unpackedSize: 100,
                    entryCount: 3))
        #expect(try store.layer(diffID: id("diff"))?.id == id("l"))
        #expect(try store.layer(diffID: id("none")) == nil)
    }

    @Test("a published directory and tar lie where the store says")
    func publish() throws {
        #expect(try store.layerPath(id("l")) == nil)
        let path = try store.publishLayer(id("l"), directory: directory("x", in: store))
        #expect(path == home.path + "/layers/\(id("l").hex)/fs")
        #expect(try store.layerPath(id("l")) == path)
        #expect(try WholeFile.read(path + "/file") == bytes("x"))
        let tar = try store.session().makePath("tar")
        try AtomicFile.write(bytes("tar"), to: tar)
        #expect(try store.publishLayerTar(id("l"), file: tar) == home.path + "/layers/\(id("l").hex)/tar")
        #expect(try store.layerTarPath(id("l")) != nil)
        let record = try #require(try store.layer(id("l")))
        #expect(record.isMaterialised)
        #expect(record.hasTar)
    }

    @Test("of two that publish one layer the first stays, and the loser's copy goes")
    func race() throws {
        let other = try home.open()
        let late = try directory("second", in: other)
        let path = try store.publishLayer(id("l"), directory: directory("first", in: store))
        #expect(try other.publishLayer(id("l"), directory: late) == path)
        #expect(try WholeFile.read(path + "/file") == bytes("first"))
        #expect(access(late, F_OK) != 0)
    }

    @Test("a directory whose record never came is replaced")
    func leftover() throws {
        try home.write(bytes("old"), to: "layers/\(id("l").hex)/fs/file")
        #expect(try store.layerPath(id("l")) == nil)
        let path = try store.publishLayer(id("l"), directory: directory("new", in: store))
        #expect(try WholeFile.read(path + "/file") == bytes("new"))
    }

    @Test("a materialised layer that was removed by hand is not materialised, and can be again")
    func removedByHand() throws {
        let path = try store.publishLayer(id("l"), directory: directory("x", in: store))
        try Directory.removeTree(path)
        #expect(try store.layerPath(id("l")) == nil)
        #expect(try store.publishLayer(id("l"), directory: directory("y", in: store)) == path)
        #expect(try store.layerPath(id("l")) == path)
    }

    @Test("a compressed blob is found by what it holds and how it is packed, while it is there")
    func diffs() throws {
        let digest = try store.putBlob(bytes("packed"))
        let blob = Descriptor(mediaType: .ociLayerGzip, digest: digest, size: 6)
        try store.recordBlob(blob, diffID: id("diff"), codec: "gzip-6")
        #expect(try store.blob(diffID: id("diff"), codec: "gzip-6") == blob)
        #expect(try store.blob(diffID: id("diff"), codec: "zstd-3") == nil)
        #expect(try store.diffID(ofBlob: digest) == id("diff"))
        unlink(store.blobPath(digest))
        #expect(try store.blob(diffID: id("diff"), codec: "gzip-6") == nil)
        #expect(try store.diffID(ofBlob: digest) == id("diff"))
    }

    @Test("compressed members are remembered and vanish with their blob")
    func members() throws {
        let blob = try store.putBlob(bytes("members"))
        let other = try store.putBlob(bytes("other"))
        try store.recordMembers([
            (key: id("a"), location: MemberLocation(blob: blob, offset: 0, length: 3)),
            (key: id("b"), location: MemberLocation(blob: other, offset: 1, length: 2)),
            (key: id("c"), location: MemberLocation(blob: id("not here"), offset: 1, length: 2)),
        ])
        #expect(
            try store.members([id("b"), id("x"), id("a"), id("c")]) == [
                MemberLocation(blob: other, offset: 1, length: 2), nil,
                MemberLocation(blob: blob, offset: 0, length: 3), nil,
            ])
        try store.recordMembers([(key: id("a"), location: MemberLocation(blob: other, offset: 0, length: 4))])
        #expect(try store.members([id("a")]) == [MemberLocation(blob: other, offset: 0, length: 4)])
        try store.discardBlob(other)
        #expect(try store.members([id("a"), id("b")]) == [nil, nil])
        #expect(try store.members([]) == [])
    }
}
