package import Core

/// A verdict with what it is about, ready to be written in the formats that others read.
///
/// Names in an image are anybody's: characters that are not seen as themselves are escaped in all of them.
package struct PolicyReport: Sendable {
    /// The image as the user named it.
    package var image: String
    package var digest: Digest
    /// One, or all whose verdicts were joined.
    package var platforms: [Platform]
    package var verdict: PolicyVerdict
    /// Of the program that judged.
    package var version: String

    package init(image: String, digest: Digest, platform: Platform, verdict: PolicyVerdict, version: String) {
        self.image = image
        self.digest = digest
        platforms = [platform]
        self.verdict = verdict
        self.version = version
    }

    /// What rules found, without those that hold.
    var findings: [PolicyResult] { verdict.results.filter { $0.outcome != .passed } }

    /// The platforms as one text.
    package var platformText: String { platforms.map(\.description).joined(separator: ", ") }

    /// One line of what came out: `failed: 2 rules broken, 1 warning`.
    package var summary: String {
        func count(_ number: Int, _ one: String, _ many: String) -> String? {
            number == 0 ? nil : "\(number) \(number == 1 ? one : many)"
        }
        let excepted = verdict.count { if case .excepted = $0 { true } else { false } }
        let held = Set(verdict.results.filter { $0.outcome == .passed }.map(\.rule)).count
        func unjudged(_ outcome: PolicyResult.Outcome) -> Int {
            verdict.results.count { $0.isUnjudged && $0.outcome == outcome }
        }
        let parts = [
            count(verdict.failures - unjudged(.failed), "finding", "findings"),
            count(verdict.warnings - unjudged(.warned), "warning", "warnings"),
            count(unjudged(.failed) + unjudged(.warned), "not judged", "not judged"),
            count(excepted, "exception", "exceptions"), count(held, "rule holds", "rules hold"),
        ]
        return (verdict.isPassed ? "passed: " : "failed: ") + parts.compactMap { $0 }.joined(separator: ", ")
    }

    /// Which finding is which from run to run: by what it is about, not by its line or by figures that change.
    static func fingerprints(_ findings: [PolicyResult]) -> [String] {
        var seen: [String: Int] = [:]
        return findings.map { finding in
            let about =
                finding.path.map(SafeText.path)
                ?? finding.message.filter { !$0.isNumber && $0 != "." }
            let key = [finding.rule, about].map { "\($0.utf8.count):\($0)" }.joined()
            let count = seen[key, default: 0]
            seen[key] = count + 1
            return String(SHA256.digest(of: key + "#\(count)").hex.prefix(32))
        }
    }

    /// A message with its exception, when it has one.
    static func text(_ result: PolicyResult) -> String {
        var text = SafeText.printable(result.message)
        if case .excepted(let reason, let owner, let expires) = result.outcome {
            text += SafeText.printable(" (allowed until \(expires) by \(owner): \(reason))")
        }
        return text
    }
}

extension PolicyResult.Outcome {
    /// One word for programs.
    package var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .warned: "warned"
        case .excepted: "excepted"
        }
    }
}
