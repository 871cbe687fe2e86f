import Core
import HostOS
import SampanTestSupport
import Testing

@testable import ContentStore

@Suite("What is known of layers") struct AnalysisTests {
    private let home: Home

    init() throws { home = try Home() }

    @Test("what is known of a layer is given back in its form alone")
    func forms() throws {
        let store = try home.open()
        #expect(try store.analysis(of: id("layer"), form: "1") == nil)
        try store.recordAnalysis(of: id("layer"), form: "1", [1, 2, 3])
        #expect(try store.analysis(of: id("layer"), form: "1") == [1, 2, 3])
        #expect(try store.analysis(of: id("layer"), form: "2") == nil)
        #expect(try store.analysis(of: id("other"), form: "1") == nil)
        try store.recordAnalysis(of: id("layer"), form: "2", [])
        #expect(try store.analysis(of: id("layer"), form: "1") == nil)
        #expect(try store.analysis(of: id("layer"), form: "2") == [])
        try store.forgetAnalysis(of: id("layer"))
        #expect(try store.analysis(of: id("layer"), form: "2") == nil)
    }

    @Test("it outlives the process, and its use is marked once a day")
    func age() throws {
        let first = try home.open()
        try first.recordAnalysis(of: id("a"), form: "1", [1])
        try first.recordAnalysis(of: id("b"), form: "1", [2])
        let day: Int64 = 86_400_000
        for (name, age) in [("a", 2 * day), ("b", 89 * day)] { try first.age(id(name), by: age) }
        first.close()
        let second = try home.open()
        #expect(try second.analysis(of: id("a"), form: "1") == [1])
        let used = try second.usage().items.filter { $0.kind == .analysis }.compactMap {
            $0.lastUsed.map(IndexTime.milliseconds)
        }
        #expect(used.filter { $0 > IndexTime.now() - day }.count == 1)
        try second.age(id("b"), by: 2 * day)
        try second.recordAnalysis(of: id("c"), form: "1", [3])
        #expect(try second.analysis(of: id("b"), form: "1") == nil)
        #expect(try second.analysis(of: id("a"), form: "1") == [1])
    }

    @Test("pruning by age takes what was not asked for, and gives its bytes back")
    func prune() throws {
        let store = try home.open()
        try store.recordAnalysis(of: id("a"), form: "1", [UInt8](repeating: 1, count: 1 << 20))
        try store.recordAnalysis(of: id("b"), form: "1", [UInt8](repeating: 2, count: 1 << 20))
        try store.age(id("a"), by: 10 * 86_400_000)
        let before = try store.usage()
        #expect(before.bytes(.analysis) == 2 << 20)
        #expect(before.total == (try apparentSize(home.path)))
        let report = try store.prune(PruneOptions(olderThan: .seconds(7 * 86_400)))
        #expect(report.removed.map(\.id) == [id("a").hex])
        #expect(report.bytes == 1 << 20)
        #expect(try store.analysis(of: id("a"), form: "1") == nil)
        #expect(try store.analysis(of: id("b"), form: "1")?.count == 1 << 20)
        let after = try store.usage()
        #expect(after.total == (try apparentSize(home.path)))
        #expect(after.total < before.total - 1 << 19)
    }
}

extension Store {
    /// Makes a record look as if it was asked for so much earlier.
    fileprivate func age(_ layer: Digest, by milliseconds: Int64) throws {
        try write { (index) throws(ContentStoreError) in
            _ = try index.database.run("UPDATE analyses SET used = used - ? WHERE layer = ?", milliseconds, layer)
        }
    }
}
