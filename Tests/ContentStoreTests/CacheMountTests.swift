import ContentStore
import Core
import Glibc
import HostOS
import Synchronization
import Testing

@Suite("Cache mounts")
struct CacheMountTests {
    let home: Home
    let store: Store
    let other: Store

    init() throws {
        home = try Home()
        store = try home.open()
        other = try home.open()
    }

    @Test("content persists, and the first user fills it")
    func persists() throws {
        do {
            let mount = try #require(try store.acquireCache("go-build", sharing: .shared))
            #expect(mount.isNew)
            try AtomicFile.write(bytes("x"), to: mount.path + "/x")
            try mount.markPopulated()
            #expect(!mount.isNew)
        }
        let again = try #require(try other.acquireCache("go-build", sharing: .locked))
        #expect(!again.isNew)
        #expect(try WholeFile.read(again.path + "/x") == bytes("x"))
    }

    @Test("a cache whose filling was cut off is new again")
    func unfinished() throws {
        do { _ = try #require(try store.acquireCache("c", sharing: .shared)) }
        #expect(try #require(try store.acquireCache("c", sharing: .shared)).isNew)
    }

    @Test("shared users have one directory at the same time")
    func shared() throws {
        let first = try #require(try store.acquireCache("c", sharing: .shared))
        let second = try #require(try other.acquireCache("c", sharing: .shared))
        #expect(first.path == second.path)
    }

    @Test("a private user gets a fresh directory when the first is taken, and the first when it is free")
    func privateUse() throws {
        let first = try #require(try store.acquireCache("c", sharing: .private))
        let second = try #require(try other.acquireCache("c", sharing: .private))
        #expect(first.path != second.path)
        #expect(second.isNew)
        first.release()
        #expect(try #require(try other.acquireCache("c", sharing: .private)).path == first.path)
    }

    @Test("a locked cache is waited for, and waiting can be cancelled")
    func locked() throws {
        let first = try #require(try store.acquireCache("c", sharing: .locked))
        let asked = Mutex(0)
        let waited = try other.acquireCache("c", sharing: .locked) {
            asked.withLock {
                $0 += 1
                return $0 == 3
            }
        }
        #expect(waited == nil)
        #expect(asked.withLock { $0 } == 3)
        let second = try other.acquireCache("c", sharing: .locked) {
            first.release()
            return false
        }
        #expect(second?.path == first.path)
    }

    @Test("names do not meet, whatever is in them", arguments: ["", "/", "../x", "a\u{0}b", "日本"])
    func names(name: String) throws {
        let mount = try #require(try store.acquireCache(name, sharing: .shared))
        #expect(mount.path.hasPrefix(home.path + "/caches/"))
        #expect(try #require(try store.acquireCache(name + "x", sharing: .shared)).path != mount.path)
    }
}
