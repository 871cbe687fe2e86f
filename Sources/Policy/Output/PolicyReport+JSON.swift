package import Core

extension PolicyReport {
    /// For programs: every rule with its outcome.
    package var json: OrderedJSON {
        let excepted = verdict.count { if case .excepted = $0 { true } else { false } }
        return [
            "image": .string(image), "digest": .string(digest.description),
            "platform": .string(platformText), "passed": .bool(verdict.isPassed),
            "counts": [
                "failed": .int(verdict.failures), "warned": .int(verdict.warnings), "excepted": .int(excepted),
                "notJudged": .int(verdict.unjudged), "passed": .int(verdict.count { $0 == .passed }),
            ],
            "results": .array(verdict.results.map(Self.json)),
        ]
    }

    private static func json(_ result: PolicyResult) -> OrderedJSON {
        var exception: OrderedJSON = .null
        if case .excepted(let reason, let owner, let expires) = result.outcome {
            exception = ["reason": .string(reason), "owner": .string(owner), "expires": .string(expires)]
        }
        let object: OrderedJSON = [
            "rule": .string(result.rule), "outcome": .string(result.outcome.word),
            "judged": result.isUnjudged ? .bool(false) : .null,
            "message": .string(SafeText.printable(result.message)), "hint": .text(result.hint.map(SafeText.printable)),
            "path": .text(result.path.map(SafeText.path)), "count": result.count > 1 ? .int(result.count) : .null,
            "place": json(result.place),
            "policy": json(result.policyPlace), "exception": exception,
        ]
        return object.withoutNulls
    }

    private static func json(_ place: PolicyResult.Place?) -> OrderedJSON {
        guard let place else { return .null }
        return ["file": .string(place.file), "line": .int(place.firstLine), "lastLine": .int(place.lastLine)]
    }

    // https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    /// For GitLab's merge requests.
    package var gitlab: OrderedJSON {
        let findings = findings
        return .array(
            zip(findings, Self.fingerprints(findings)).map { finding, fingerprint in
                let severity =
                    switch finding.outcome {
                    case .failed: "major"
                    case .warned: "minor"
                    case .passed, .excepted: "info"
                    }
                let hint = finding.hint.map { ": " + SafeText.printable($0) } ?? ""
                let place = Self.place(finding)
                return [
                    "description": .string(Self.text(finding) + hint), "check_name": .string(finding.rule),
                    "fingerprint": .string(fingerprint), "severity": .string(severity),
                    "location": [
                        "path": .string(place.file),
                        "lines": ["begin": .int(place.firstLine)],
                    ],
                ]
            })
    }

    /// Where a finding is shown: readers of SARIF and of GitLab's format refuse one without a file, so what was judged
    /// without a Dockerfile and without a policy's file is shown where the policy would be.
    static func place(_ finding: PolicyResult) -> PolicyResult.Place {
        finding.place ?? PolicyResult.Place(file: "sampan.yaml", firstLine: 1, lastLine: 1)
    }
}
