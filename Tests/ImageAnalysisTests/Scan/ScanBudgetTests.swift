import Binaries
import ContentStore
import Core
import HostOS
import SampanTestSupport
import Synchronization
import Testing

@testable import ImageAnalysis

@Suite("Memory of an analysis") struct ScanBudgetTests {
    /// Three layers, each with something that is kept.
    private static let layers: [[ScanMember]] = ["etc/group", "etc/passwd", "etc/shells"].map {
        [.file($0, bytes: [UInt8](repeating: 0x61, count: 60))]
    }

    private func kept(_ image: AnalysedImage) -> [Int] {
        image.layers.flatMap(\.facts.facts).compactMap { $0?.captured?.count }
    }

    @Test("all layers of an image share what may be kept of contents", arguments: ScanForm.allCases)
    func layersShare(_ form: ScanForm) async throws {
        var limits = AnalysisLimits()
        limits.captured = 200
        let image = try await ScanImage(Self.layers, form).analyse(nil, limits)
        // 60 bytes and what an array takes.
        #expect(kept(image) == [60, 60])
        #expect(image.remarks.count == 1)
        #expect(
            image.remarks.allSatisfy {
                $0.hasSuffix(" was not looked into: the image has more of such files than are kept")
            })
        limits.captured = 3 * 92
        let whole = try await ScanImage(Self.layers, form).analyse(nil, limits)
        #expect(kept(whole) == [60, 60, 60] && whole.remarks.isEmpty)
    }

    @Test("what was left out for want of room is not remembered, and known layers count too")
    func known() async throws {
        let place = try TemporaryDirectory("budget")
        let store = try Store.open(StoreLocation(home: place.path))
        var limits = AnalysisLimits()
        limits.captured = 50
        let source = try ScanImage(Self.layers)
        #expect(kept(try await source.analyse(store, limits)).isEmpty)
        #expect(kept(try await source.analyse(store)) == [60, 60, 60])
        limits.captured = 200
        let asked = source.asked.load(ordering: .relaxed)
        let image = try await source.analyse(store, limits)
        #expect(source.asked.load(ordering: .relaxed) == asked)
        #expect(image.layers.map { $0.facts.facts.compactMap { $0?.captured?.count } }.filter(\.isEmpty).count == 1)
        #expect(
            image.remarks == ["/etc/shells was not looked into: the image has more of such files than are kept"])
        #expect(kept(try await source.analyse(store)) == [60, 60, 60])
    }

    @Test("the texts of programs count, wherever they stand")
    func programs() {
        var facts = BinaryFacts(
            kind: .executable, bits: 64, isLittleEndian: true, architecture: "amd64", isDynamic: false)
        let text = String(repeating: "x", count: 1000)
        var last = facts.memoryCost
        func grows(_ change: (inout BinaryFacts) -> Void) -> Bool {
            change(&facts)
            defer { last = facts.memoryCost }
            return facts.memoryCost >= last + 1000
        }
        #expect(grows { $0.interpreter = text })
        #expect(grows { $0.needed = [text] })
        #expect(grows { $0.runpath = [text] })
        #expect(grows { $0.versionNeeds = [.init(library: "l", versions: [text])] })
        #expect(grows { $0.versionDefinitions = [text] })
        #expect(grows { $0.go = GoBuild(version: text) })
        #expect(grows { $0.go?.dependencies = [.init(.init(path: text, version: ""))] })
        #expect(grows { $0.go?.settings = [.init(key: "k", value: text)] })
        #expect(
            grows {
                $0.rust = RustBuild(crates: [
                    .init(name: text, version: "", source: "", isBuildOnly: false, isRoot: false)
                ])
            })
        var limits = AnalysisLimits()
        limits.programs = facts.memoryCost * 2
        let budget = AnalysisBudget(limits)
        #expect(budget.take(facts) && budget.take(facts) && !budget.isExceeded)
        #expect(!budget.take(facts) && budget.isExceeded)
    }
}
