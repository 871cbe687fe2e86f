import Core
import Policy

/// A verdict for people.
struct CheckTable {
    private let report: PolicyReport

    init(_ report: PolicyReport) { self.report = report }

    var text: String {
        var lines = ["\(SafeText.text(report.image))  \(report.platformText)  \(report.digest.description)", ""]
        let width = report.verdict.results.map(\.rule.utf8.count).max() ?? 0
        let results = report.shown
        for (index, result) in results.enumerated() {
            let rule = result.rule + String(repeating: " ", count: max(0, width - result.rule.utf8.count))
            lines.append("\(word(result.outcome))  \(rule)  \(SafeText.text(result.message))")
            guard result.outcome != .passed else { continue }
            let indent = String(repeating: " ", count: width + 10)
            if case .excepted(let reason, let owner, let expires) = result.outcome {
                lines.append(indent + SafeText.text("allowed until \(expires) by \(owner): \(reason)"))
            }
            if let excerpt = result.excerpt {
                lines += Self.lines(of: excerpt).map { indent + $0 }
            } else if let place = result.place {
                lines.append("\(indent)--> \(SafeText.text(place.file)):\(place.firstLine)")
            }
            // What helps against several findings is told once, behind them.
            let next = results.indices.contains(index + 1) ? results[index + 1] : nil
            if let hint = result.hint, next?.rule != result.rule || next?.hint != hint {
                lines.append(indent + "hint: " + SafeText.text(hint))
            }
        }
        return (lines + ["", report.summary]).joined(separator: "\n")
    }

    /// The place and the line of a file, as the program shows them for mistakes.
    private static func lines(of span: SourceSpan) -> [String] {
        let text = DiagnosticRenderer(width: 80).render(Diagnostic(.warning, code: "check.exception", "", at: span))
        return text.split(separator: "\n").dropFirst().map { SafeText.text(String($0)) }
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
