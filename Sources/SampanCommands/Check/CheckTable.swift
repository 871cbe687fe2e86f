import Core
import Policy

/// A verdict for people.
struct CheckTable {
    private let report: PolicyReport

    init(_ report: PolicyReport) { self.report = report }

    var text: String {
        var lines = ["\(SafeText.text(report.image))  \(report.platform)  \(report.digest.description)", ""]
        let width = report.verdict.results.map(\.rule.utf8.count).max() ?? 0
        for result in report.verdict.results {
            let rule = result.rule + String(repeating: " ", count: max(0, width - result.rule.utf8.count))
            lines.append("\(word(result.outcome))  \(rule)  \(SafeText.text(result.message))")
            guard result.outcome != .passed else { continue }
            let indent = String(repeating: " ", count: width + 10)
            if case .excepted(let reason, let owner, let expires) = result.outcome {
                lines.append(indent + SafeText.text("allowed until \(expires) by \(owner): \(reason)"))
            }
            if let place = result.place { lines.append("\(indent)--> \(place.file):\(place.firstLine)") }
            if let hint = result.hint { lines.append(indent + "hint: " + SafeText.text(hint)) }
        }
        return (lines + ["", report.summary]).joined(separator: "\n")
    }

    /// Of six letters each.
    private func word(_ outcome: PolicyResult.Outcome) -> String {
        switch outcome {
        case .passed: "ok    "
        case .failed: "FAILED"
        case .warned: "warned"
        case .excepted: "except"
        }
    }
}
