import ContentStore
import Core
import HostOS
import SampanTestSupport
import Testing

@Suite("Remembered file digests")
struct FileDigestTests {
    let home: Home
    let store: Store
    let now = FileTime(seconds: 1_000_000, nanoseconds: 500)

    init() throws {
        home = try Home()
        store = try home.open()
    }

    func stamp(
        device: UInt64 = 1, inode: UInt64 = 1, size: Int64 = 10, modified: Int64 = 1000, changed: Int64 = 1000
    ) -> FileStamp {
        FileStamp(
            device: device, inode: inode, size: size, modified: FileTime(seconds: modified),
            changed: FileTime(seconds: changed))
    }

    @Test("a file with the recorded stamps has the recorded digest; any other stamp has none")
    func stamps() throws {
        #expect(try store.recordFileDigests([(stamp(), id("x"))], observed: now) == 1)
        #expect(try store.fileDigests([stamp()]) == [id("x")])
        let others = [
            stamp(device: 2), stamp(inode: 2), stamp(size: 11), stamp(modified: 1001), stamp(changed: 999),
            FileStamp(
                device: 1, inode: 1, size: 10, modified: FileTime(seconds: 1000, nanoseconds: 1),
                changed: FileTime(seconds: 1000)),
        ]
        #expect(try store.fileDigests(others) == others.map { _ in nil })
        #expect(try store.fileDigests([]) == [])
    }

    @Test(
        "a file touched within two seconds of the look is not trusted",
        arguments: [
            (999_997, 999_997, true), (999_998, 0, true), (999_999, 0, false), (0, 999_999, false),
            (1_000_000, 0, false),
            (2_000_000, 0, false), (0, 2_000_000, false),
        ] as [(Int64, Int64, Bool)])
    func racy(modified: Int64, changed: Int64, isKept: Bool) throws {
        let stamp = stamp(modified: modified, changed: changed)
        #expect(try store.recordFileDigests([(stamp, id("x"))], observed: now) == (isKept ? 1 : 0))
        #expect(try store.fileDigests([stamp]) == [isKept ? id("x") : nil])
    }

    @Test("order, repeats, gaps, devices and numbers of the upper half are kept apart")
    func batches() throws {
        let inodes: [UInt64] = [1, 2, 17, 18, 40, 1000, UInt64(Int64.max), UInt64(Int64.max) + 1, .max - 1, .max]
        var items: [(stamp: FileStamp, digest: Digest)] = []
        for device in [0, 7, UInt64.max] {
            for inode in inodes { items.append((stamp(device: device, inode: inode), id("\(device) \(inode)"))) }
        }
        #expect(try store.recordFileDigests(items, observed: now) == items.count)
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20 {
            let asked = (0..<50).map { _ in items.randomElement(using: &generator)! }
            #expect(try store.fileDigests(asked.map(\.stamp)) == asked.map(\.digest))
        }
        let mixed = [stamp(inode: 3), items[1].stamp, stamp(inode: 39), items[4].stamp]
        #expect(try store.fileDigests(mixed) == [nil, items[1].digest, nil, items[4].digest])
    }

    @Test("a new digest replaces the old")
    func replace() throws {
        try store.recordFileDigests([(stamp(), id("old"))], observed: now)
        try store.recordFileDigests([(stamp(size: 11), id("new"))], observed: now)
        #expect(try store.fileDigests([stamp(), stamp(size: 11)]) == [nil, id("new")])
    }

    @Test("stamps of a real file match until it changes")
    func realFile() throws {
        try home.write(bytes("one"), to: "files/a")
        let path = home.path + "/files/a"
        let stamp = FileStamp(try #require(try FileInfo.of(path)))
        // Looked at long after the change.
        let later = FileTime(seconds: stamp.changed.seconds + 10)
        #expect(try store.recordFileDigests([(stamp, id("one"))], observed: later) == 1)
        #expect(try store.fileDigests([FileStamp(try #require(try FileInfo.of(path)))]) == [id("one")])
        try home.write(bytes("two"), to: "files/a")
        #expect(try store.fileDigests([FileStamp(try #require(try FileInfo.of(path)))]) == [nil])
    }
}
