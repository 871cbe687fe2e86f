import ContentStore
import Core
import Glibc
import HostOS
import Testing

@Suite("Blobs")
struct BlobTests {
    let home: Home
    let store: Store

    init() throws {
        home = try Home()
        store = try home.open()
    }

    @Test("bytes come back under their digest, read-only and in place")
    func roundTrip() throws {
        let digest = try store.putBlob(bytes("hello"))
        #expect(digest == SHA256.digest(of: "hello"))
        #expect(try store.readBlob(digest) == bytes("hello"))
        #expect(try store.blobSize(digest) == 5)
        #expect(store.blobPath(digest) == home.path + "/blobs/sha256/" + digest.hex)
        let info = try #require(try FileInfo.of(store.blobPath(digest)))
        #expect(info.mode == 0o444)
        #expect(try store.blobs().map(\.digest) == [digest])
    }

    @Test("an empty blob is a blob")
    func empty() throws {
        let digest = try store.putBlob([])
        #expect(try store.readBlob(digest) == [])
        #expect(try store.blobSize(digest) == 0)
    }

    @Test("a writer hashes what it is given and publishes on commit only")
    func writer() throws {
        let writer = try store.makeBlobWriter()
        try writer.write(bytes("ab"))
        try writer.write(bytes("c"))
        #expect(writer.count == 3)
        #expect(try !store.containsBlob(id("abc")))
        let (digest, size) = try writer.commit(expected: id("abc"), size: 3)
        #expect(digest == id("abc"))
        #expect(size == 3)
        #expect(try store.containsBlob(digest))
        #expect(throws: ContentStoreError.closed) { try writer.write([1]) }
        #expect(throws: ContentStoreError.closed) { try writer.commit() }
    }

    @Test("content that is not what was expected is refused and dropped")
    func mismatch() throws {
        let writer = try store.makeBlobWriter()
        try writer.write(bytes("evil"))
        #expect(throws: ContentStoreError.digestMismatch(expected: id("good"), actual: id("evil"))) {
            try writer.commit(expected: id("good"))
        }
        let short = try store.makeBlobWriter()
        try short.write(bytes("evil"))
        #expect(throws: ContentStoreError.sizeMismatch(expected: 5, actual: 4)) { try short.commit(size: 5) }
        #expect(throws: ContentStoreError.digestMismatch(expected: id("x"), actual: id("y"))) {
            try store.putBlob(bytes("y"), expected: id("x"))
        }
        #expect(try store.blobs().isEmpty)
        #expect(try Directory.names(.open(store.session().directory, O_RDONLY)).isEmpty)
    }

    @Test("a writer that is dropped leaves nothing")
    func dropped() throws {
        do {
            let writer = try store.makeBlobWriter()
            try writer.write(bytes("half"))
        }
        #expect(try Directory.names(.open(store.session().directory, O_RDONLY)).isEmpty)
    }

    @Test("the same blob twice is one file, and the second copy goes")
    func duplicate() throws {
        let first = try store.putBlob(bytes("same"))
        let inode = try FileInfo.of(store.blobPath(first))?.inode
        let writer = try store.makeBlobWriter()
        try writer.write(bytes("same"))
        #expect(try writer.commit().digest == first)
        #expect(try FileInfo.of(store.blobPath(first))?.inode == inode)
        #expect(try Directory.names(.open(store.session().directory, O_RDONLY)).isEmpty)
    }

    @Test("a finished file is taken over")
    func adopt() throws {
        let path = try store.session().makePath("file")
        try AtomicFile.write(bytes("made elsewhere"), to: path)
        try store.adoptBlob(path, digest: id("made elsewhere"), size: 14)
        #expect(try store.readBlob(id("made elsewhere")) == bytes("made elsewhere"))
        #expect(access(path, F_OK) != 0)
    }

    @Test("an interrupted download goes on where it stopped, in another process too")
    func resume() throws {
        let digest = id("0123456789")
        let first = try store.resumeBlob(digest)
        #expect(first.count == 0)
        try first.write(bytes("0123"))
        first.keepPartial(digest)
        #expect(home.exists("partial/" + digest.hex))
        store.close()

        let other = try home.open()
        let second = try other.resumeBlob(digest)
        #expect(second.count == 4)
        #expect(!home.exists("partial/" + digest.hex))
        try second.write(bytes("456789"))
        #expect(try second.commit(expected: digest, size: 10).size == 10)
        #expect(try other.readBlob(digest) == bytes("0123456789"))
    }

    @Test("of two interrupted downloads the longer one is kept")
    func longerPartial() throws {
        let digest = id("0123456789")
        let long = try store.resumeBlob(digest)
        let short = try store.resumeBlob(digest)
        try long.write(bytes("01234"))
        try short.write(bytes("01"))
        long.keepPartial(digest)
        short.keepPartial(digest)
        #expect(try store.resumeBlob(digest).count == 5)
    }

    @Test("a wrong partial download is found out at commit and not kept")
    func wrongPartial() throws {
        let digest = id("right")
        let first = try store.resumeBlob(digest)
        try first.write(bytes("wro"))
        first.keepPartial(digest)
        let second = try store.resumeBlob(digest)
        try second.write(bytes("ng"))
        #expect(throws: ContentStoreError.digestMismatch(expected: digest, actual: id("wrong"))) {
            try second.commit(expected: digest)
        }
        #expect(try store.resumeBlob(digest).count == 0)
    }

    @Test("a missing blob says so")
    func missing() throws {
        #expect(throws: ContentStoreError.blobMissing(id("no"))) { try store.openBlob(id("no")) }
        #expect(try store.blobSize(id("no")) == nil)
        let there = try store.putBlob(bytes("yes"))
        #expect(try store.missingBlobs(of: [id("no"), there, id("nor")]) == [id("no"), id("nor")])
    }

    @Test("a blob whose file was taken away or cut short is not there")
    func damaged() throws {
        let gone = try store.putBlob(bytes("gone"))
        unlink(store.blobPath(gone))
        #expect(try !store.containsBlob(gone))
        #expect(throws: ContentStoreError.blobMissing(gone)) { try store.openBlob(gone) }
        #expect(try store.putBlob(bytes("gone")) == gone)
        #expect(try store.readBlob(gone) == bytes("gone"))

        let cut = try store.putBlob(bytes("cut short"))
        chmod(store.blobPath(cut), 0o644)
        truncate(store.blobPath(cut), 3)
        #expect(try !store.containsBlob(cut))
        #expect(throws: ContentStoreError.corruptBlob(cut, actual: nil)) { try store.openBlob(cut) }
    }

    @Test("verification finds content that is not what the name says")
    func verify() throws {
        let good = try store.putBlob(bytes("good"))
        let bad = try store.putBlob(bytes("fine"))
        chmod(store.blobPath(bad), 0o644)
        try FileDescriptor.open(store.blobPath(bad), O_WRONLY).write(bytes("Fine"))
        try store.verifyBlob(good)
        #expect(try store.verify() == [.corruptBlob(bad, actual: id("Fine"))])
        #expect(throws: ContentStoreError.corruptBlob(bad, actual: id("Fine"))) { try store.readBlob(bad) }
        try store.discardBlob(bad)
        #expect(try store.verify() == [])
        #expect(try store.blobs().map(\.digest) == [good])
        #expect(!home.exists("blobs/sha256/" + bad.hex))
    }

    @Test("a limit on reading holds")
    func limit() throws {
        let digest = try store.putBlob([UInt8](repeating: 7, count: 100))
        #expect(throws: ContentStoreError.blobTooLarge(digest, limit: 99)) { try store.readBlob(digest, limit: 99) }
        #expect(try store.readBlob(digest, limit: 100).count == 100)
    }

    @Test("a closed store refuses work and closing again is harmless")
    func closed() throws {
        let session = try store.session().directory
        store.close()
        store.close()
        #expect(access(session, F_OK) != 0)
        #expect(throws: ContentStoreError.closed) { try store.blobs() }
        #expect(throws: ContentStoreError.closed) { try store.putBlob([1]) }
        #expect(throws: ContentStoreError.closed) { try store.session() }
    }
}
