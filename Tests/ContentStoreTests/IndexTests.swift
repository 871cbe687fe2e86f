import Core
import Glibc
import HostOS
import Testing

@testable import ContentStore

@Suite("The index file")
struct IndexTests {
    let home: Home

    init() throws { home = try Home() }

    private var path: String { home.path + "/index.sqlite" }

    @Test("an index of a newer sampan is refused by name and left alone")
    func newer() throws {
        try home.open().close()
        let database = try Database(path: path, timeout: 1000)
        try database.execute("PRAGMA user_version = 99")
        let error = ContentStoreError.newerSchema(found: 99, known: Schema.version, path: path)
        #expect(throws: error) { try home.open() }
        #expect(
            error.diagnostic.description == """
                error: the store '\(path)' was written by a newer sampan (format 99, known is \(Schema.version))
                hint: update sampan, or set SAMPAN_HOME to another directory

                """)
    }

    @Test("a file that is no database is refused with the remedy, and the remedy keeps the blobs")
    func corrupt() throws {
        let store = try home.open()
        let blob = try store.putBlob(bytes("precious"))
        store.close()
        try home.write([UInt8](repeating: 0x55, count: 8192), to: "index.sqlite")
        unlink(path + "-wal")
        unlink(path + "-shm")
        let error = #expect(throws: ContentStoreError.self) { try home.open() }
        guard case .corruptIndex(path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.diagnostic.hint?.hasPrefix("remove it with its -wal and -shm files") == true)
        unlink(path)
        let again = try home.open()
        #expect(try again.readBlob(blob) == bytes("precious"))
        #expect(try again.verify() == [])
    }

    @Test("an older index is brought forward, step by step, in one transaction")
    func migration() throws {
        let database = try Database(path: path, timeout: 1000)
        let lock = { () throws(ContentStoreError) -> LockFile in
            guard let lock = try LockFile.acquire(home.path + "/lock") else { throw .closed }
            return lock
        }
        let first = "CREATE TABLE one (x); INSERT INTO one VALUES (1)"
        let second = "ALTER TABLE one ADD COLUMN y DEFAULT 2"
        #expect(try Schema.prepare(database, migrations: [first], lock: lock))
        #expect(throws: ContentStoreError.self) {
            try Schema.prepare(database, migrations: [first, "DROP TABLE one", "nonsense"], lock: lock)
        }
        #expect(try Schema.prepare(database, migrations: [first, second], lock: lock) == false)
        #expect(try database.first("SELECT x + y FROM one") { $0.int(0) } == 3)
        #expect(try database.first("PRAGMA user_version") { $0.int(0) } == 2)
    }

    @Test("a failed transaction leaves nothing behind")
    func rollback() throws {
        let database = try Database(path: path, timeout: 1000)
        try database.execute("CREATE TABLE t (x)")
        #expect(throws: ContentStoreError.closed) {
            try database.transaction { () throws(ContentStoreError) in
                try database.run("INSERT INTO t VALUES (?)", 1)
                throw .closed
            }
        }
        #expect(try database.exists("SELECT 1 FROM t") == false)
    }

    @Test("values come back as they went in")
    func values() throws {
        let database = try Database(path: path, timeout: 1000)
        try database.execute("CREATE TABLE t (a, b, c, d, e, f)")
        let text = "with \u{0} and é"
        try database.run(
            "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", Int64.min, text, "", [UInt8]([0, 255]), id("d"), String?.none)
        let isSame = try database.first("SELECT * FROM t") { (row) throws(ContentStoreError) in
            row.int(0) == .min && row.text(1) == text && row.text(2) == "" && !row.isNull(2)
                && row.bytes(3) == [0, 255]
                && row.optionalDigest(4) == id("d") && row.isNull(5) && row.optionalDigest(3) == nil
        }
        #expect(isSame == true)
        #expect(throws: ContentStoreError.corruptIndex(path: path, detail: "a digest in it has not 32 bytes")) {
            _ = try database.first("SELECT d FROM t") { (row) throws(ContentStoreError) in try row.digest(0) }
        }
    }

    @Test("a writer that waits too long is told who is in the way")
    func busy() throws {
        let one = try Database(path: path, timeout: 0)
        let two = try Database(path: path, timeout: 0)
        try one.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x); BEGIN IMMEDIATE")
        #expect(throws: ContentStoreError.busy(path: path)) { try two.run("BEGIN IMMEDIATE") }
    }

    @Test("an index that can't be opened says why")
    func unopenable() throws {
        try Directory.create(path)
        #expect(throws: ContentStoreError.system(SystemError(EISDIR, "open", path))) { try home.open() }
    }

    @Test("a home that can't be made says why")
    func impossibleHome() throws {
        try home.write([], to: "file")
        #expect(throws: ContentStoreError.self) {
            try Store.open(StoreLocation(home: home.path + "/file/store"))
        }
    }
}
