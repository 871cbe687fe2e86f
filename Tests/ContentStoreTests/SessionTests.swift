import Core
import Glibc
import HostOS
import Synchronization
import Testing

@testable import ContentStore

@Suite("Sessions and leases")
struct SessionTests {
    let home: Home

    init() throws { home = try Home() }

    @Test("a session's directory lives as long as its store is open")
    func lifetime() throws {
        let store = try home.open()
        let session = try store.session()
        #expect(session.directory == home.path + "/tmp/" + session.id)
        #expect(try store.session() === session)
        let work = try session.makeDirectory("work")
        #expect(work.hasPrefix(session.directory + "/work-"))
        #expect(try session.makeDirectory("work") != work)
        let other = try home.open()
        _ = try other.collectGarbage()
        #expect(access(work, F_OK) == 0)
        store.close()
        #expect(access(session.directory, F_OK) != 0)
        #expect(!home.exists("locks/session-" + session.id))
    }

    @Test("looking alone makes no session")
    func noSession() throws {
        let store = try home.open()
        _ = try store.images()
        _ = try store.lookupStep(id("k"))
        _ = try store.containsBlob(id("b"))
        _ = try store.usage()
        #expect(try Directory.names(.open(home.path + "/tmp", O_RDONLY)).isEmpty)
    }

    @Test("what a dead session left is swept when the store is opened, after the hook had its turn")
    func sweep() throws {
        try home.open().close()
        try home.write(bytes("x"), to: "tmp/12-dead/layer-1/deep/file")
        try home.write([], to: "locks/session-12-dead")
        try home.write([], to: "locks/session-13-without-directory")
        let seen = Mutex<[String]>([])
        var options = StoreOptions()
        let place = home.path
        options.beforeSweep = { directory in
            let isThere = access(place + "/tmp/12-dead/layer-1/deep/file", F_OK) == 0
            seen.withLock { $0.append("\(directory.dropFirst(place.count)) \(isThere)") }
        }
        let store = try Store.open(home.location, options: options)
        #expect(seen.withLock { $0 } == ["/tmp/12-dead true"])
        #expect(!home.exists("tmp/12-dead"))
        #expect(
            try Directory.names(.open(home.path + "/locks", O_RDONLY)).map { String(decoding: $0, as: UTF8.self) } == [
                "index"
            ])
        store.close()
    }

    @Test("sweeping stops when its time is up and goes on the next time")
    func budget() throws {
        try home.open().close()
        for number in 0..<10 { try home.write(bytes("x"), to: "tmp/\(number)-dead/file") }
        var options = StoreOptions()
        options.sweepBudget = .zero
        _ = try Store.open(home.location, options: options)
        #expect(home.exists("tmp/0-dead/file"))
        _ = try home.open()
        #expect(try Directory.names(.open(home.path + "/tmp", O_RDONLY)).isEmpty)
    }

    @Test("a download that died with its process is given back")
    func rescuedPartial() throws {
        try home.open().close()
        let digest = id("0123456789")
        try home.write(bytes("012345"), to: "tmp/12-dead/partial-\(digest.hex)-4")
        let store = try home.open()
        let writer = try store.resumeBlob(digest)
        #expect(writer.count == 6)
        try writer.write(bytes("6789"))
        #expect(try writer.commit(expected: digest).digest == digest)
    }

    @Test("what a directory could not lose stays for the next sweep")
    func stubborn() throws {
        try home.open().close()
        try home.write(bytes("x"), to: "tmp/12-dead/kept/file")
        struct Refused: Error {}
        var options = StoreOptions()
        options.removeTree = { _ in throw Refused() }
        let store = try Store.open(home.location, options: options)
        #expect(home.exists("tmp/12-dead/kept/file"))
        let report = try store.usage()
        #expect(report.items.filter { $0.kind == .deadTemporary }.map(\.id) == ["tmp/12-dead"])
        _ = try home.open()
        #expect(!home.exists("tmp/12-dead"))
    }

    @Test("what a live session looked up or wrote is not pruned; once it ends, it is")
    func leases() throws {
        let builder = try home.open()
        let blob = try builder.putBlob(bytes("blob"))
        let directory = try builder.session().makeDirectory("l")
        _ = try builder.publishLayer(id("l"), directory: directory)
        try builder.recordStep(
            NewStep(key: id("k"), shape: id("s"), description: "RUN", result: [], layers: [id("l")], blobs: [blob]))
        builder.close()

        let user = try home.open()
        #expect(try user.lookupStep(id("k")) != nil)
        let pruner = try home.open()
        let first = try pruner.prune(PruneOptions(all: true))
        #expect(first.removed.isEmpty)
        #expect(first.skippedLeased == 2)
        #expect(try user.lookupStep(id("k")) != nil)
        #expect(try user.layerPath(id("l")) != nil)
        user.close()
        let second = try pruner.prune(PruneOptions(all: true))
        #expect(Set(second.removed.map(\.kind)) == [.cacheBlob, .layer])
        #expect(try pruner.steps().isEmpty)
        #expect(!home.exists("blobs/sha256/" + blob.hex))
        #expect(!home.exists("layers/" + id("l").hex))
    }

    @Test("an explicit lease holds too")
    func explicitLease() throws {
        let store = try home.open()
        let blob = try store.putBlob(bytes("blob"))
        store.close()
        let user = try home.open()
        try user.lease([.blob(blob), .layer(id("l"))])
        let pruner = try home.open()
        #expect(try pruner.collectGarbage().skippedLeased == 1)
        #expect(try user.readBlob(blob) == bytes("blob"))
    }

    @Test("leases of a session that died count no more")
    func deadLeases() throws {
        let store = try home.open()
        let blob = try store.putBlob(bytes("blob"))
        try leaseAs("99-dead", blob)
        store.close()
        let pruner = try home.open()
        #expect(try pruner.collectGarbage().removed.map(\.id) == [blob.hex])
    }

    /// Writes a lease as another session.
    private func leaseAs(_ session: String, _ blob: Digest) throws {
        let database = try Database(path: home.path + "/index.sqlite", timeout: 1000)
        try database.run("INSERT INTO leases (session, kind, id) VALUES (?, 0, ?)", session, blob)
    }
}
