/// Collects what a rule finds. Beyond its limits findings are counted and not made: an image of millions of bad files must
/// not take memory for each of them.
struct FindingList {
    /// Findings of one rule that are made. As many results of a run are shown where SARIF is read most.
    static let limit = 5000
    /// Bytes of the messages of one rule: paths may be of 4096 bytes.
    static let textLimit = 1 << 20

    private(set) var findings: [PolicyFinding] = []
    private var text = 0
    private var isLastMade = false

    /// - Parameter finding: evaluated only when there is room for it.
    mutating func add(_ finding: @autoclosure () -> PolicyFinding) {
        isLastMade = findings.count < Self.limit && text < Self.textLimit
        if isLastMade {
            findings.append(finding())
            text += findings[findings.count - 1].message.utf8.count
        } else {
            findings[findings.count - 1].others += 1
        }
    }

    /// Makes what was added last heavier, by something that lies in it.
    mutating func weigh(_ bytes: Int64) { if isLastMade { findings[findings.count - 1].weight += bytes } }
}
