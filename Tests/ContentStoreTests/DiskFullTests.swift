import ContentStore
import Core
import Glibc
import HostOS
import Testing

/// A small file system of its own; only root may mount one.
private final class SmallDisk {
    let path: String

    init(kilobytes: Int) throws {
        path = "/tmp/sampan-full-\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        try Directory.create(path)
        let options = "size=\(kilobytes)k"
        try check("mount", path) { mount("tmpfs", path, "tmpfs", 0, options) }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }

    /// Takes all room that is left, with a file `filler`.
    func fill() throws {
        let filler = try FileDescriptor.open(path + "/filler", O_WRONLY | O_CREAT)
        while (try? filler.write([UInt8](repeating: 0, count: 512))) != nil {}
    }

    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        return (try? SmallDisk(kilobytes: 64)) != nil
    }()
}

@Suite("A full disk", .enabled(if: SmallDisk.isPossible, "only root may mount a small file system"))
struct DiskFullTests {
    private func isDiskFull(_ error: (any Error)?) -> Bool {
        if case .diskFull? = error as? ContentStoreError { return true }
        return false
    }

    @Test("a blob that does not fit fails clearly, leaves no room taken, and loses nothing")
    func blob() throws {
        let disk = try SmallDisk(kilobytes: 4096)
        let store = try Store.open(StoreLocation(home: disk.path))
        let kept = try store.putBlob([UInt8](repeating: 1, count: 100_000))
        let error = #expect(throws: ContentStoreError.self) {
            let writer = try store.makeBlobWriter()
            for _ in 0..<200 { try writer.write([UInt8](repeating: 2, count: 50_000)) }
        }
        #expect(isDiskFull(error))
        #expect(
            error?.diagnostic.hint
                == "free some space (sampan cache prune) or set SAMPAN_HOME to a directory on a larger disk; "
                + "what was finished is kept")
        try store.verifyBlob(kept)
        // The unfinished one gave its room back.
        let next = try store.putBlob([UInt8](repeating: 3, count: 100_000))
        store.close()
        let again = try Store.open(StoreLocation(home: disk.path))
        #expect(try again.blobs().map(\.digest).sorted() == [kept, next].sorted())
        #expect(try again.verify() == [])
        again.close()
    }

    @Test("records that do not fit fail clearly; what was recorded stays, and pruning makes room")
    func records() throws {
        let disk = try SmallDisk(kilobytes: 4096)
        let store = try Store.open(StoreLocation(home: disk.path))
        var recorded = 0
        let error = #expect(throws: ContentStoreError.self) {
            while true {
                try store.recordStep(
                    NewStep(
                        key: id("\(recorded)"), shape: id("s"), description: "\(recorded)",
                        result: [UInt8](repeating: 0, count: 10_000)))
                recorded += 1
            }
        }
        #expect(isDiskFull(error))
        #expect(recorded > 5)
        #expect(try store.steps().count == recorded)
        store.close()

        let again = try Store.open(StoreLocation(home: disk.path))
        #expect(try again.steps().count == recorded)
        #expect(
            isDiskFull(
                #expect(throws: ContentStoreError.self) {
                    try again.recordStep(
                        NewStep(
                            key: id("more"), shape: id("s"), description: "",
                            result: [UInt8](repeating: 0, count: 3_000_000)))
                }))
        _ = try again.prune()
        #expect(try again.steps().isEmpty)
        // Pages of the index that were freed serve the next records.
        try again.recordStep(
            NewStep(key: id("more"), shape: id("s"), description: "", result: [UInt8](repeating: 0, count: 10_000)))
        again.close()
    }

    @Test("opening a store on a disk without any room fails clearly")
    func open() throws {
        let disk = try SmallDisk(kilobytes: 4096)
        try disk.fill()
        let error = #expect(throws: ContentStoreError.self) { try Store.open(StoreLocation(home: disk.path)) }
        #expect(isDiskFull(error), "\(String(describing: error))")
        unlink(disk.path + "/filler")
        let store = try Store.open(StoreLocation(home: disk.path))
        #expect(try store.images().isEmpty)
        store.close()
    }

    @Test("pruning frees a full disk")
    func prune() throws {
        let disk = try SmallDisk(kilobytes: 4096)
        let store = try Store.open(StoreLocation(home: disk.path))
        try store.putBlob([UInt8](repeating: 1, count: 400_000))
        store.close()
        try disk.fill()
        let again = try Store.open(StoreLocation(home: disk.path))
        #expect(try again.prune().bytes == 400_000)
        #expect(try again.blobs().isEmpty)
        #expect(access(disk.path + "/reserve", F_OK) == 0)
        again.close()
    }
}
