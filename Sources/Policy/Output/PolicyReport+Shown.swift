import Core

extension PolicyReport {
    /// Findings of one rule that people are shown; programs get all.
    private static let limit = 10

    /// The results as people are shown them: of a rule with many findings the weightiest, and how many there are beside.
    package var shown: [PolicyResult] {
        var out: [PolicyResult] = []
        var rest = verdict.results[...]
        while let first = rest.first {
            // What is said of the policy stands behind all rules, and is no finding of its rule.
            let run = rest.prefix { $0.rule == first.rule && ($0.excerpt == nil) == (first.excerpt == nil) }
            out += Self.shown(Array(run))
            rest = rest.dropFirst(run.count)
        }
        return out
    }

    private static func shown(_ run: [PolicyResult]) -> [PolicyResult] {
        // What stands for many has no weight of its own.
        guard run.count > limit || run.contains(where: { $0.count > 1 }) else { return run }
        let order = run.indices.sorted { left, right in
            let (one, other) = (run[left], run[right])
            if one.count > 1 || other.count > 1 { return one.count < other.count }
            if one.outcome.rank != other.outcome.rank { return one.outcome.rank < other.outcome.rank }
            if one.isUnjudged != other.isUnjudged { return one.isUnjudged }
            return one.weight != other.weight ? one.weight > other.weight : left < right
        }
        let shown = order.prefix(limit).map { run[$0] }.filter { $0.count == 1 }
        let others = order.dropFirst(shown.count).map { run[$0] }
        guard var more = others.min(by: { $0.outcome.rank < $1.outcome.rank }) else { return shown }
        let listed = run.count { $0.count == 1 }
        let all = others.contains { $0.count > 1 } ? "\(listed)" : "all"
        let count = others.reduce(0) { $0 + $1.count }
        more = PolicyResult(
            rule: more.rule, outcome: more.outcome, message: "and \(count) more: --format json lists \(all)",
            policyPlace: more.policyPlace)
        more.count = count
        return shown + [more]
    }
}

extension PolicyResult.Outcome {
    /// What is worse comes first.
    fileprivate var rank: Int {
        switch self {
        case .failed: 0
        case .warned: 1
        case .excepted: 2
        case .passed: 3
        }
    }
}
