// https://github.com/codeclimate/platform/blob/master/spec/analyzers/SPEC.md#issues
import Core

extension LintReportWriter {
    /// One object a finding, each ended by a NUL.
    var codeclimate: [UInt8] {
        issues.flatMap { Array($0.line.utf8) + [0] }
    }

    /// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    var gitlab: OrderedJSON { .array(issues) }

    private var issues: [OrderedJSON] {
        let prints = fingerprints
        return zip(entries, prints).map { entry, fingerprint in
            let (file, finding, place) = entry
            return [
                "type": "issue", "check_name": .string(finding.code), "description": .string(finding.message),
                "categories": ["Bug Risk"], "severity": .string(Self.severity(finding)),
                "fingerprint": .string(fingerprint),
                "location": [
                    "path": .string(reported(file)),
                    "lines": ["begin": .int(place.line), "end": .int(max(place.line, place.endLine))],
                ],
            ]
        }
    }

    private static func severity(_ finding: Finding) -> String {
        switch finding.severity {
        case .error: "blocker"
        case .warning: "major"
        case .info: "info"
        case .style, .ignore: "minor"
        }
    }

    /// What tells a finding from others and stays while lines around it come and go: file, code, the text it is about,
    /// and the number among its equals.
    var fingerprints: [String] {
        var seen: [String: Int] = [:]
        return entries.map { file, finding, _ in
            let start = min(max(0, finding.range.start), file.source.bytes.count)
            let end = min(max(start, finding.range.end), file.source.bytes.count)
            let parts = [reported(file), finding.code, finding.message, file.source.text(SourceRange(start, end))]
            let key = parts.map { "\($0.utf8.count):\($0)" }.joined()
            let number = seen[key, default: 0]
            seen[key] = number + 1
            return SHA256.digest(of: "\(key)#\(number)").hex
        }
    }
}
