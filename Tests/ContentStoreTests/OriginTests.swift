import Core
import Testing

@testable import ContentStore

@Suite("Where blobs can be had")
struct OriginTests {
    let home: Home

    init() throws { home = try Home() }

    private func origin(_ name: String) -> BlobOrigin { BlobOrigin(registry: "registry.test", repository: name) }

    @Test("the repository seen last comes first, and each is told once")
    func order() throws {
        let store = try home.open()
        for name in ["a", "b", "a"] {
            try store.recordOrigins([id("x"), id("y")], origin(name))
            usleepMilliseconds(2)
        }
        #expect(try store.origins(of: id("x")) == [origin("a"), origin("b")])
        #expect(try store.origins(of: id("y")) == [origin("a"), origin("b")])
        #expect(try store.origins(of: id("z")) == [])
    }

    @Test("of many repositories the eight seen last are remembered, over a restart too")
    func limit() throws {
        let store = try home.open()
        for number in 0..<11 {
            try store.recordOrigins([id("x")], origin("r\(number)"))
            usleepMilliseconds(2)
        }
        store.close()
        #expect(try home.open().origins(of: id("x")) == (3...10).reversed().map { origin("r\($0)") })
    }

    @Test("a repository that lost a blob is forgotten for that blob alone")
    func forget() throws {
        let store = try home.open()
        try store.recordOrigins([id("x"), id("y")], origin("a"))
        try store.forgetOrigin(of: id("x"), origin("a"))
        #expect(try store.origins(of: id("x")) == [])
        #expect(try store.origins(of: id("y")) == [origin("a")])
    }

    @Test("a store made before origins were known learns them")
    func migration() throws {
        let database = try Database(path: home.path + "/index.sqlite", timeout: 1000)
        _ = try Schema.prepare(database, migrations: Array(Schema.migrations.prefix(1))) {
            () throws(ContentStoreError) in
            guard let lock = try LockFile.acquire(home.path + "/lock") else { throw .closed }
            return lock
        }
        let store = try home.open()
        try store.recordOrigins([id("x")], origin("a"))
        #expect(try store.origins(of: id("x")) == [origin("a")])
    }
}
