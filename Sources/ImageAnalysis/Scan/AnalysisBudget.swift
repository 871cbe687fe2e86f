internal import Binaries
internal import Core
internal import Layers
internal import Synchronization

/// What is left of the memory that the findings about all layers of one image may take together.
///
/// Layers are read side by side: which of them is refused something first is chance, but of an image within its limits
/// nothing is ever refused.
final class AnalysisBudget: Sendable {
    private struct State {
        var captured: Int
        var programs: Int
        var isExceeded = false
    }

    private let state: Mutex<State>

    /// Bytes that an array takes beside its elements.
    private static let arrayCost = 32

    init(_ limits: AnalysisLimits) {
        state = Mutex(State(captured: limits.captured, programs: limits.programs))
    }

    /// Whether anything was refused so far. What was found out about a layer meanwhile may not be all.
    var isExceeded: Bool { state.withLock { $0.isExceeded } }

    /// - Returns: whether a content may be kept.
    func take(_ captured: [UInt8]) -> Bool { take(captured.count + Self.arrayCost, of: \.captured) }

    /// - Returns: whether what a program says of itself may be kept.
    func take(_ program: BinaryFacts) -> Bool { take(program.memoryCost, of: \.programs) }

    private func take(_ bytes: Int, of left: any WritableKeyPath<State, Int> & Sendable) -> Bool {
        state.withLock { state in
            guard bytes <= state[keyPath: left] else {
                state.isExceeded = true
                return false
            }
            state[keyPath: left] -= bytes
            return true
        }
    }
}

extension LayerFacts {
    /// Takes what a known layer holds from a budget, and leaves out what doesn't fit.
    mutating func charge(to budget: AnalysisBudget, _ limits: AnalysisLimits) {
        for index in facts.indices {
            if let captured = facts[index]?.captured, !budget.take(captured) {
                facts[index]?.captured = nil
                remark(contents.entries[index].path.absolute, limits)
            }
            if let program = facts[index]?.binary, !budget.take(program) {
                facts[index]?.binary = nil
                remark(contents.entries[index].path.absolute, limits)
            }
        }
    }

    private mutating func remark(_ path: String, _ limits: AnalysisLimits) {
        if remarks.count < limits.remarks { remarks.append(ContentExaminer.leftOut(path)) }
    }
}

extension BinaryFacts {
    /// About how many bytes of memory it takes.
    var memoryCost: Int {
        var cost = 512
        func add(_ text: String?) {
            let count = text?.utf8.count ?? 0
            // Longer ones lie on the heap.
            cost += 16 + (count > 15 ? count + 32 : 0)
        }
        func add(_ module: GoBuild.Module?) {
            add(module?.path)
            add(module?.version)
            add(module?.sum)
        }
        for text in [architecture, interpreter, soname, buildID, swift?.compiler, rust?.compiler] { add(text) }
        for texts in [needed, rpath, runpath, versionDefinitions] {
            for text in texts { add(text) }
        }
        for need in versionNeeds {
            add(need.library)
            for text in need.versions { add(text) }
        }
        if let go {
            add(go.version)
            add(go.path)
            add(go.main)
            for dependency in go.dependencies {
                add(dependency.module)
                add(dependency.replacement)
            }
            for setting in go.settings {
                add(setting.key)
                add(setting.value)
            }
        }
        for crate in rust?.crates ?? [] {
            add(crate.name)
            add(crate.version)
            add(crate.source)
        }
        return cost
    }
}
