/// Collects what a rule finds. Beyond the limit findings are counted and not made: an image of millions of bad files must not
/// take memory for each of them.
struct FindingList {
    /// Findings of one rule that are told; more of the same help nobody.
    static let limit = 100

    private(set) var findings: [PolicyFinding] = []

    /// - Parameter finding: evaluated only when there is room for it.
    mutating func add(_ finding: @autoclosure () -> PolicyFinding) {
        if findings.count < Self.limit { findings.append(finding()) } else { findings[Self.limit - 1].others += 1 }
    }
}
